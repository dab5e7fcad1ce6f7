//! The command line of a suite, in a separate process.
//!
//! A binary beside `it`, whose hooks run for every scenario and fail on purpose.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod check;
mod ci_reports;
mod command_line;
mod diagnostics;
mod dying;
mod faults;
mod first_contact;
mod formatting;
mod hooks;
mod interrupting;
mod isolation;
mod junit;
mod libtest;
mod live;
#[cfg(feature = "lsp")]
mod lsp;
mod markdown;
mod merging;
mod mutating;
#[path = "../peers/npm.rs"]
mod npm;
mod observing;
mod output;
mod panicking;
mod pid_namespaces;
mod process_debug;
mod process_keep;
mod process_logs;
mod process_roles;
mod process_scheduling;
mod process_wrappers;
mod processes;
mod recording;
mod replaying;
mod reports;
mod rerun_line;
mod reruns;
mod resources;
mod scheduling;
mod scopes;
mod selection;
mod serving;
mod settings;
mod steps;
mod suite;
mod tasks;
#[cfg(feature = "opentelemetry")]
mod telemetry;
mod terminal;
mod test_target;
mod timeline;
