//! The outputs of a command: report files, the result matrix, terminal reports and `tracing`.
//!
//! They are opened before a run begins, so that an output that cannot be written is an error before
//! the first scenario. The formats are those of [`crate::report`]; nothing here runs a scenario.
//!
//! `command` imports this module; it imports `settings` only. Its files are independent, except that
//! all of them use `error`.

mod error;
mod failure_lines;
mod last_mutants;
mod last_rerun;
mod matrix_files;
mod program_file;
mod report_files;
mod step_library;
mod terminal;
mod tracing;

pub(super) use error::OutputError;
pub(super) use failure_lines::FailureLines;
pub(super) use last_mutants::LastMutants;
pub(super) use last_rerun::LastRerun;
pub(super) use matrix_files::MatrixFiles;
pub(super) use report_files::{RealStdio, create_parent, is_stdout, open_report_files};
pub(super) use step_library::LinkedSteps;
pub(super) use terminal::{
    STDOUT, TerminalOptions, add_terminal_reports, print_stdout, stderr_columns, terminal_columns,
};
pub(super) use tracing::{TracingGuard, init_tracing};
