//! The integration tests of the runtime, in one binary.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod architecture;
mod book;
mod expressions;
mod gherkin;
mod harmony;
mod linking;
mod message_combinations;
mod messages;
mod new_suite;
#[path = "../peers/npm.rs"]
mod npm;
mod packages;
mod plain_english;
mod readme_links;
mod recipes;
mod recorded;
mod registry;
mod steps;
mod target_traps;
mod ui;
