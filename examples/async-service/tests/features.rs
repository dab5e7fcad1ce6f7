//! Runs each scenario as a test of `cargo test`.

use async_service as _;

harmony_bdd::test_main!();
