//! The Harmony server and runner, from their messages.

mod child;
mod misbehaving_peer;
mod rule_breaker;
mod serve_io;
mod steps;

mod frame_fuzz;
mod runner;
mod runner_faults;
mod runner_matrix;
mod runner_resources;
mod runner_routing;
mod runner_rules;
mod serve_frames;
mod serve_hooks;
mod serve_limits;
mod serve_process;
mod serve_requests;
mod serve_rules;
mod serve_steps;
mod trace_file;
