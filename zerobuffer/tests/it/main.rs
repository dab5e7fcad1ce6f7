//! Behavior of the crate through its public interface, with real shared memory and processes.
#![expect(clippy::unwrap_used, reason = "a failed step of a test is a failed test")]

mod support;

mod bad_input;
mod batched_counters;
mod crash_campaign;
mod doc_example;
mod duplex;
mod duplex_python;
mod duplex_sessions;
mod foreign_writer;
mod forked;
mod frames;
mod hazards;
mod hostile_memory;
mod inspection;
mod lifecycle;
mod loom_model;
mod occupancy;
mod orderings;
mod other_user;
mod polling;
mod processes;
mod python_environment;
mod python_peer;
mod reading;
mod signals;
mod stale;
mod test_doubles;
mod tokio;
mod torn_writer;
mod waiting;
mod writer_handover;
