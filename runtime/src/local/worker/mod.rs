//! The worker of a run with `--isolation process`: this process runs the scenarios that its parent assigns.
//!
//! ```text
//!  parent ── standard input: a line for each attempt ──────────> worker
//!  parent <── standard output: the journal, with every event ── worker
//! ```
//!
//! The end of the input ends the run of the worker after the running step. It starts no process and selects
//! nothing.

mod assignments;
mod connection;

pub(super) use assignments::Assignments;
pub use connection::is_worker;
pub(super) use connection::{assignment_line, connect, worker_variable};
