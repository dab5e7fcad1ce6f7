//! Runs the scenarios: `cargo run -p cel-expressions -- run`.
#![forbid(unsafe_code)]

// Links the steps.
use cel_expressions as _;

harmony_bdd::main!();
