//! The commands: each file runs one of them.
//!
//! A command reads no arguments: its options arrive as the typed structs of `settings`, and it writes
//! through `output`. The work is done by [`crate::local`], [`crate::harmony`] and [`crate::report`].
//!
//! Imports go one way: `entry` -> the commands -> `mutate_processes`, `mutate_progress`, `interrupt`, `watch`,
//! `rerun_command`, `rerun_combinations`, `compat_selection`, `process_findings`, `error`.

mod bound_test;
mod check;
mod compat_selection;
mod completions;
mod config_show;
mod coverage;
mod entry;
mod error;
mod faults;
mod finding_text;
mod fmt;
mod harmony;
mod interrupt;
#[cfg(feature = "lsp")]
mod language_server;
mod libtest_arguments;
mod man;
mod mutate;
mod mutate_processes;
mod mutate_progress;
mod process_findings;
mod replay;
mod report_flaky;
mod report_merge;
mod rerun_combinations;
mod rerun_command;
mod run;
mod run_setup;
mod serve;
mod start_progress;
mod steps;
mod test_names;
mod test_target;
mod test_target_options;
mod watch;
mod watch_keys;
mod watch_loop;

pub use bound_test::{BoundTest, run_bound_test};
pub use entry::{main, main_with, run_with};
pub use run_setup::RunSetup;
pub use test_target::{test_main, test_main_with};
