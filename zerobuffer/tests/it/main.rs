//! Behaviour of the crate through its public interface, with real shared memory and processes.
#![expect(clippy::unwrap_used, reason = "a failed step of a test is a failed test")]

mod support;

mod asynchronous;
mod bad_input;
mod crash_campaign;
mod doc_example;
mod doubles;
mod duplex;
mod duplex_python;
mod foreign_writer;
mod forked;
mod frames;
mod hazards;
mod hostile_memory;
mod inspection;
mod lazy_counters;
mod lifecycle;
mod loom_model;
mod other_user;
mod processes;
mod python_environment;
mod python_peer;
mod reading;
mod signals;
mod stale;
mod writer_change;
