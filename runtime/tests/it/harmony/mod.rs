//! The Harmony ends, from their wire.

mod child;
mod misbehave;
mod steps;

mod frame_fuzz;
mod runner;
mod runner_faults;
mod runner_matrix;
mod runner_resources;
mod runner_rules;
mod serve_hooks;
mod serve_probe;
mod serve_process;
