//! The Harmony ends, from their wire.

mod child;
mod steps;

mod serve_process;
