//! Extensions of the command `run`.

use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::cli::output::STDOUT;
use crate::engine::Registry;
use crate::local::RunOutput;
use crate::model::Event;
use crate::report::{Report, ReporterSet, ScenarioRecord, Totals};

/// Extends a run of [`run_with`](crate::cli::run_with) by custom reporters.
#[derive(Default)]
pub struct RunSetup {
    registry: Option<Registry>,
    reporters: Vec<(String, SharedReporter)>,
    terminal: Option<AddReporter>,
}

/// Adds a reporter that writes to a file.
type AddReporter = Box<dyn Fn(File, &mut ReporterSet)>;

impl RunSetup {
    /// Adds a reporter, besides those of the command line; errors refer to it by `name`.
    ///
    /// What it prints with `println!` is captured with the output of the steps. A reporter for the
    /// terminal is set by [`terminal_reporter`](Self::terminal_reporter).
    #[must_use]
    pub fn reporter(mut self, name: impl Into<String>, reporter: impl Report + 'static) -> Self {
        self.reporters.push((name.into(), SharedReporter(Rc::new(RefCell::new(reporter)))));
        self
    }

    /// Replaces the report on the terminal by the reporter that `make` returns. Its argument writes to
    /// the real standard output, without a buffer; with `--watch` there is a new reporter for each run.
    ///
    /// ```no_run
    /// use std::io::{self, Write};
    /// use std::sync::Arc;
    /// use std::time::Duration;
    ///
    /// use harmony_bdd::cli::{Report, RunSetup, ScenarioRecord, Totals, run_with};
    ///
    /// struct Names(Box<dyn Write>);
    ///
    /// impl Report for Names {
    ///     fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
    ///         writeln!(self.0, "{:?}: {}", record.status(), record.scenario.name)
    ///     }
    ///     fn on_run_finished(&mut self, totals: &Totals, _: Duration) -> io::Result<()> {
    ///         writeln!(self.0, "{} of {} passed", totals.passed, totals.selected)
    ///     }
    /// }
    ///
    /// fn main() -> std::process::ExitCode {
    ///     let setup = RunSetup::default().terminal_reporter(Names);
    ///     run_with(setup, std::env::args_os().skip(1))
    /// }
    /// ```
    #[must_use]
    pub fn terminal_reporter<R: Report + 'static>(
        mut self,
        make: impl Fn(Box<dyn Write>) -> R + 'static,
    ) -> Self {
        self.terminal = Some(Box::new(move |stdout, reports| {
            reports.add(STDOUT, make(Box::new(RunOutput::new(stdout))));
        }));
        self
    }

    /// Uses the step definitions, hooks and fixtures of `registry` instead of all that are linked.
    #[doc(hidden)]
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Returns the custom registry, if there is one.
    pub(super) fn take_registry(&mut self) -> Option<Registry> {
        self.registry.take()
    }

    /// Adds the custom reporter of the terminal to a run, or calls `add_default` if there is none.
    ///
    /// # Errors
    /// The error of `add_default`.
    pub(super) fn add_terminal_reporter<E>(
        &self,
        stdout: File,
        reports: &mut ReporterSet,
        add_default: impl FnOnce(File, &mut ReporterSet) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.terminal {
            Some(add) => {
                add(stdout, reports);
                Ok(())
            }
            None => add_default(stdout, reports),
        }
    }

    /// Adds the custom reporters to a run.
    pub(super) fn add_reporters(&self, reports: &mut ReporterSet) {
        for (name, reporter) in &self.reporters {
            reports.add(name, reporter.clone());
        }
    }
}

impl fmt::Debug for RunSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.reporters.iter().map(|(name, _)| name).collect();
        f.debug_struct("RunSetup").field("reporters", &names).finish_non_exhaustive()
    }
}

/// A reporter that serves every run of `--watch`.
#[derive(Clone)]
struct SharedReporter(Rc<RefCell<dyn Report>>);

impl Report for SharedReporter {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        self.0.borrow_mut().on_event(event)
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.0.borrow_mut().on_scenario_finished(record)
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        self.0.borrow_mut().on_run_finished(totals, duration)
    }
}
