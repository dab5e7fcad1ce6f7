//! The integration tests of the runtime, in one binary.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod architecture;
mod expressions;
mod gherkin;
mod harmony;
mod link_traps;
mod linking;
mod messages;
mod pages;
mod registry;
mod steps;
mod ui;
