//! The command line of a suite, as a process of its own.
//!
//! A binary beside `it`, whose hooks run for every scenario and fail on purpose.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod check;
mod hooks;
mod interrupting;
mod libtest;
mod merging;
#[path = "../peers/npm.rs"]
mod npm;
mod observing;
mod recording;
mod reports;
mod reruns;
mod resources;
mod scheduling;
mod selection;
mod serving;
mod settings;
mod steps;
mod suite;
#[cfg(feature = "opentelemetry")]
mod telemetry;
mod terminal;
mod told;
