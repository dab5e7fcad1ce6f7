//! Runs the scenarios: `cargo run -p two-process-ring -- harmony
//! examples/two-process-ring/features`.
#![forbid(unsafe_code)]

use two_process_ring as _;

harmony_bdd::main!();
