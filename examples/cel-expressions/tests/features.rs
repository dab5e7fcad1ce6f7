//! Runs each scenario as a test of `cargo test`.

use cel_expressions as _;

harmony_bdd::test_main!("tests/features");
