//! Runs each scenario as a test of `cargo test`, reader and writer in one process.

use two_process_ring as _;

harmony_bdd::test_main!();
