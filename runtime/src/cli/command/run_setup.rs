//! Extensions of the command `run`.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::Registry;
use crate::model::Event;
use crate::report::{Report, ReporterSet, ScenarioRecord, Totals};

/// Extends a run of [`run_with`](crate::cli::run_with) by custom reporters.
#[derive(Default)]
pub struct RunSetup {
    registry: Option<Registry>,
    reporters: Vec<(String, SharedReporter)>,
}

impl RunSetup {
    /// Adds a reporter, besides those of the command line; errors refer to it by `name`.
    #[must_use]
    pub fn reporter(mut self, name: impl Into<String>, reporter: impl Report + 'static) -> Self {
        self.reporters.push((name.into(), SharedReporter(Rc::new(RefCell::new(reporter)))));
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
