//! Annotate a function, run it locally, as a Harmony serve process or across processes.
#![forbid(unsafe_code)]

pub mod engine;
pub mod harmony;
pub mod model;
