//! Runs the scenarios: `cargo run -p video-pipeline -- run examples/video-pipeline/features`.
#![forbid(unsafe_code)]

use video_pipeline as _;

harmony_bdd::main!();
