//! Behavior of the `zerobuffer` command as a separate process.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a failed step of a test is a failed test")]

mod support;

mod chains;
mod clean;
mod inspect;
mod interruption;
mod progress;
#[path = "../../../tests/it/python_environment.rs"]
mod python_environment;
mod python_peer;
mod usage;
