//! The local runner: selects scenarios, runs them on a few threads and emits events.
//!
//! ```text
//!  SelectOptions ── select ──> Selection
//!  Selection ────── run ─────> events
//!  Selection ────── check ───> findings
//!  trials ───────── mutate ──> events
//! ```
//!
//! [`crate::report`] turns the events into reports. Only `crash` and `processes` start a process: this program
//! again, so that its death is reported, and so that its output is that of one scenario.
//!
//! Imports between the rooms: `check` -> `select`, and `processes`, `mutate` -> `run` -> `crash` -> `worker`.

pub mod check;
mod crash;
mod mutate;
mod processes;
mod run;
mod select;
mod worker;

pub use crash::{RunOutput, is_restartable, record_exit, record_interrupt, supervise};
pub use mutate::LocalTrials;
pub use processes::run;
pub use run::{Isolation, OutputCapture, RealOutput, RunOptions};
pub use select::{
    InvalidShard, RerunEntry, SelectError, SelectOptions, Selection, Shard, feature_files,
    read_rerun_file, select,
};
pub use worker::is_worker;
