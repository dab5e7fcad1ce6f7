//! All reporters of one run.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::scenario_record::ScenarioCollector;
use super::{FlakyResult, Report, ScenarioRecord, Totals};
use crate::model::Event;

/// All reporters of a run. Passes each event to all of them and counts the results.
#[derive(Default)]
pub struct ReporterSet {
    reports: Vec<NamedReport>,
    collector: ScenarioCollector,
    totals: Totals,
    errors: Vec<String>,
}

struct NamedReport {
    name: String,
    report: Box<dyn Report>,
}

impl ReporterSet {
    /// Creates a set without reporters for a run in which flaky scenarios have this result.
    pub fn with_flaky_result(result: FlakyResult) -> Self {
        let totals = Totals { flaky_fails: result == FlakyResult::Fail, ..Totals::default() };
        let collector = ScenarioCollector::new(result);
        Self { totals, collector, ..Self::default() }
    }

    /// Adds a reporter; errors refer to it by `name`.
    pub fn add(&mut self, name: impl Into<String>, report: impl Report + 'static) {
        self.reports.push(NamedReport { name: name.into(), report: Box::new(report) });
    }

    /// Passes the next event of the run to all reporters.
    pub fn on_event(&mut self, event: &Event) {
        self.for_each(|report| report.on_event(event));
        if let Some(record) = self.collector.on_event(event) {
            self.finish_scenario(record);
        }
        match event {
            Event::RunStarted { scenarios, .. } => self.totals.selected = *scenarios,
            Event::RunHookFailed { failure } => self.totals.failures.push(Arc::clone(failure)),
            Event::HookFinished { number: None, result } => {
                self.totals.hooks.push(Arc::clone(result));
            }
            Event::SharedOutput(output) => self.totals.shared_output.push(Arc::clone(output)),
            Event::ResourcesLeaked(leak) => self.totals.leaks.push(Arc::clone(leak)),
            Event::RunFinished { duration, interrupted } => {
                self.totals.interrupted = *interrupted;
                for record in self.collector.take_interrupted(*duration) {
                    self.finish_scenario(record);
                }
                let totals = self.totals.clone();
                self.for_each(|report| report.on_run_finished(&totals, *duration));
            }
            _ => {}
        }
    }

    /// Returns the counts so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Returns the name of each report that could not be written, with the reason.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    fn finish_scenario(&mut self, record: ScenarioRecord) {
        self.totals.count(&record);
        let record = Arc::new(record);
        self.for_each(|report| report.on_scenario_finished(&record));
    }

    fn for_each(&mut self, mut notify: impl FnMut(&mut dyn Report) -> io::Result<()>) {
        self.reports.retain_mut(|named| match notify(&mut *named.report) {
            Ok(()) => true,
            Err(error) => {
                self.errors.push(format!("{}: {error}", named.name));
                false
            }
        });
    }
}

impl fmt::Debug for ReporterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.reports.iter().map(|named| &named.name).collect();
        f.debug_struct("ReporterSet").field("reports", &names).finish_non_exhaustive()
    }
}
