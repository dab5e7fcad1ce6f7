//! `cargo test` runs each scenario as a test.

use SUITE as _;

harmony_bdd::test_main!();
