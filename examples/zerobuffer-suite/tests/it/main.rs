//! Tests of the suite's binary, as a command and as serve processes under a runner.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]
#![expect(clippy::print_stderr, reason = "a skipped test prints the reason")]

mod command_line;
mod completeness;
mod conformance;
mod editors;
mod editors_of_examples;
mod foreign_platform;
mod harmony_command;
mod harmony_run;
mod leftovers;
mod matrix;
mod mutations;
#[path = "../../../../zerobuffer/tests/it/python_environment.rs"]
mod python_environment;
mod reference_features;
mod reference_runner;
mod replaying;
mod script;
mod serve_end;
mod settings;
mod slow_start;
mod timeline;
mod two_processes;
