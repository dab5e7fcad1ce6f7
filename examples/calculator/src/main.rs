//! Runs the scenarios: `cargo run -p calculator -- run examples/calculator/features`.
#![forbid(unsafe_code)]

// This line links the steps.
use calculator as _;

harmony_bdd::main!();
