//! Execution of a selection: scenarios on a few threads, hooks around them, events for the reports.
//!
//! It executes no step itself (see [`crate::engine`]) and writes no report.
//!
//! Imports between the files go one way: `runner` -> `worker` -> `attempt` -> `message` ->
//! `hung_attempt` -> `attempt_shared` -> `state` -> `features`, `leak_monitor`, `options` ->
//! `output_capture` -> `output_ledger`. Any of them may import `failures` and `step_result`.

mod attempt;
mod attempt_shared;
mod detached;
mod failures;
mod features;
mod hung_attempt;
mod leak_monitor;
mod message;
mod options;
mod output_capture;
mod output_ledger;
mod runner;
mod state;
mod step_result;
mod worker;

pub use options::{Isolation, RunOptions};
pub use output_capture::{OutputCapture, RealOutput};
pub(super) use runner::run;
