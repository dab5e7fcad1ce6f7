//! The command line of a suite: its commands, their options and exit codes.
//!
//! ```text
//!  arguments, harmony.toml, environment ── settings ──> a typed command
//!  a typed command ── command ──> local, harmony, report
//!  events ── output ──> terminal, report files
//! ```
//!
//! Exit codes: 0 everything ran and passed; 1 failures, or nothing ran; 2 an error in the command line,
//! a path, a feature file, the configuration or the registry; 130 interrupted by Ctrl-C.
//!
//! Imports go one way: `command` -> `output` -> `settings` -> `exit_code`.

mod command;
mod exit_code;
mod output;
mod settings;

#[doc(hidden)]
pub use command::{BoundTest, run_bound_test, test_main};
pub use command::{RunSetup, main, main_with, run_with, test_main_with};
#[doc(hidden)]
pub use exit_code::{EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE};

pub use crate::report::{AttemptRecord, Report, ScenarioRecord, ScenarioStatus, Totals};
