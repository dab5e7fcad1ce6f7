//! Runs the scenarios: `cargo run -p calculator -- run`.
#![forbid(unsafe_code)]

// Links the steps.
use calculator as _;

harmony_bdd::main!();
