//! Runs the scenarios: `cargo run -p async-service -- run examples/async-service/features`.
#![forbid(unsafe_code)]

use async_service as _;

harmony_bdd::main!();
