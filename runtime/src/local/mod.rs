//! The local runner: selects scenarios, runs them on a few threads and emits events.
//!
//! ```text
//!  SelectOptions ── select ──> Selection
//!  Selection ────── run ─────> events
//!  Selection ────── check ───> findings
//!  trials ───────── mutate ──> events
//! ```
//!
//! [`crate::report`] turns the events into reports. Only `crash` starts a process: this program again,
//! so that its death is reported.
//!
//! Imports between the rooms: `check` -> `select`, and `mutate` -> `run` -> `crash`.

pub mod check;
mod crash;
mod mutate;
mod run;
mod select;

pub use crash::{RunOutput, record_exit, record_interrupt, supervise};
pub use mutate::LocalTrials;
pub use run::{OutputCapture, RealOutput, RunOptions, run};
pub use select::{
    InvalidShard, RerunEntry, SelectError, SelectOptions, Selection, Shard, feature_files,
    read_rerun_file, select,
};
