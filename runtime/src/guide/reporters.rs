//! Your own reporter: a type that consumes the events of a run.
//!
//! A reporter implements [`Report`](crate::cli::Report). All types that it receives are public, in
//! [`cli`](crate::cli) and [`model`](crate::model), so that it can be a crate that many suites use; the example
//! `dots` of the repository is one. [`run_with`](crate::cli::run_with) runs scenarios with it:
//!
//! ```
//! use std::io::{self, Write};
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use harmony_bdd::cli::{Report, RunSetup, ScenarioRecord, ScenarioStatus, Totals, run_with};
//! # use harmony_bdd::given;
//! # #[given("nothing")]
//! # fn nothing() {}
//!
//! struct Dots<W> {
//!     out: W,
//! }
//!
//! impl<W: Write> Report for Dots<W> {
//!     fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
//!         let passed = record.status() == ScenarioStatus::Passed;
//!         write!(self.out, "{}", if passed { '.' } else { 'F' })
//!     }
//!
//!     fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
//!         writeln!(self.out, "\n{} of {} in {duration:.1?}", totals.passed, totals.selected)
//!     }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     let setup = RunSetup::default().terminal_reporter(|stdout| Dots { out: stdout });
//! #   let folder = std::env::temp_dir().join(format!("guide-reporters-{}", std::process::id()));
//! #   std::fs::create_dir_all(&folder).unwrap();
//! #   let feature = folder.join("a.feature");
//! #   std::fs::write(&feature, "Feature: f\n  Scenario: s\n    Given nothing\n").unwrap();
//! #   let rerun = format!("--rerun-file={}", folder.join("last.rerun").display());
//! #   let code = run_with(setup, [feature.display().to_string(), rerun]);
//! #   std::fs::remove_dir_all(&folder).unwrap();
//! #   return code;
//!     run_with(setup, std::env::args_os().skip(1))
//! }
//! ```
//!
//! # Where it writes
//!
//! [`RunSetup::terminal_reporter`](crate::cli::RunSetup::terminal_reporter) replaces the report on the terminal,
//! so that `--format` and `--verbose` have no effect. [`RunSetup::reporter`](crate::cli::RunSetup::reporter) adds a
//! reporter to it, for a file, a database or a message to a chat. Report files of `--report` are written in both cases.
//!
//! Do not print with `println!`: a run captures standard output for the steps. A terminal reporter receives the real
//! standard output.
//!
//! # What it receives
//!
//! | method | called with | |
//! |---|---|---|
//! | `on_event` | each [`Event`](crate::model::Event) as it happens | optional; scenarios that run in parallel interleave, and `number` identifies them |
//! | `on_scenario_finished` | a [`ScenarioRecord`](crate::cli::ScenarioRecord): a scenario that has ended, with all its attempts | in the order in which scenarios end |
//! | `on_run_finished` | the [`Totals`](crate::cli::Totals), with the failures of hooks of features and of the run | last, also after a stopped run |
//!
//! All of them are called on the thread that called `run_with`, one at a time; a reporter need not be `Send`. Scenarios
//! go on meanwhile. An error ends this report, not the run: the run then ends with exit code 2 and names the reporter.
