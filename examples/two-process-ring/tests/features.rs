//! Each scenario as a test of `cargo test`, both ends in one process.

use two_process_ring as _;

harmony_bdd::test_main!();
