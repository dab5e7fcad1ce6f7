//! Runs each scenario as a test of `cargo test`.

use video_pipeline as _;

harmony_bdd::test_main!();
