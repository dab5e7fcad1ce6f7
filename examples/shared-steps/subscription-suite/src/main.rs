//! Runs the scenarios: `cargo run -p subscription-suite -- run examples/shared-steps/subscription-suite/features`.
#![forbid(unsafe_code)]

use subscription_suite as _;

harmony_bdd::main!();
