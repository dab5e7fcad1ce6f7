//! A run whose scenarios run in this process or, with `--isolation process`, in others.
//!
//! ```text
//!  schedule ──> lane ── assignments ──> worker process: this program again
//!               lane <── journal ────── worker process
//!               lane ── events ───────> sink
//! ```
//!
//! There is one worker process for each job. It runs one scenario at a time, so that whatever it and its
//! children print is the output of that scenario, and its death is the failure of that scenario alone.
//!
//! Imports between the files go one way: `run` -> `lane` -> `worker_process` -> `shared`.

mod lane;
mod run;
mod shared;
mod worker_process;

pub use run::run;
