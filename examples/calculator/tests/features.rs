//! Runs each scenario as a test of `cargo test`.

use calculator as _;

harmony_bdd::test_main!();
