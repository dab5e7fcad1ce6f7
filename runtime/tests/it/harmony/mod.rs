//! The Harmony ends, from their wire.

mod child;
mod steps;

mod frame_fuzz;
mod serve_probe;
mod serve_process;
