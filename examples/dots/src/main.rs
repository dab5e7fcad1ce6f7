//! Runs scenarios with the steps of `calculator`: `cargo run -p dots -- examples/calculator/features`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

// Links the steps.
use calculator as _;
use dots::Dots;
use harmony_bdd::cli::{RunSetup, run_with};

fn main() -> ExitCode {
    let setup = RunSetup::default().terminal_reporter(Dots::new);
    run_with(setup, std::env::args_os().skip(1))
}
