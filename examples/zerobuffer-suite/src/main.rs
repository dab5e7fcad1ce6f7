//! The binary that runs `features/` locally, as a serve process or across processes.
#![forbid(unsafe_code)]

use zerobuffer_suite as _;

harmony_bdd::main!();
