//! `cargo run -- run` runs the scenarios of `features/`; `cargo run -- --help` lists the other commands.

// Links the steps.
use SUITE as _;

harmony_bdd::main!();
