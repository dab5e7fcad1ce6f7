//! Runs the scenarios: `cargo run -p loan-suite -- run examples/shared-steps/loan-suite/features`.
#![forbid(unsafe_code)]

use loan_suite as _;

harmony_bdd::main!();
