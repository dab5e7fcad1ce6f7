//! Runs each scenario as a test of `cargo test`.

use subscription_suite as _;

harmony_bdd::test_main!();
