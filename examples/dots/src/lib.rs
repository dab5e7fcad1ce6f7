//! A reporter that prints one character for each scenario, and what failed at the end.
#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use harmony_bdd::cli::{Report, ScenarioRecord, ScenarioStatus, Totals};

/// The reporter.
pub struct Dots<W> {
    out: W,
    failed: Vec<Arc<ScenarioRecord>>,
}

impl<W: Write> Dots<W> {
    /// Creates a reporter that prints to `out`.
    pub fn new(out: W) -> Self {
        Self { out, failed: Vec::new() }
    }
}

impl<W: Write> Report for Dots<W> {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        let character = match record.status() {
            ScenarioStatus::Passed => '.',
            ScenarioStatus::Flaky => '~',
            ScenarioStatus::Skipped | ScenarioStatus::Interrupted => '-',
            ScenarioStatus::Failed => 'F',
        };
        if record.status() == ScenarioStatus::Failed {
            self.failed.push(Arc::clone(record));
        }
        write!(self.out, "{character}")
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        writeln!(self.out)?;
        for record in &self.failed {
            write!(self.out, "{}: {}", record.location(), record.scenario.name)?;
            if let Some((index, result)) = record.deciding_step() {
                let (step, outcome) = (&record.scenario.steps[index], &result.outcome);
                write!(self.out, ": {:?} {}", step.text, outcome.as_str())?;
            }
            writeln!(self.out)?;
        }
        writeln!(self.out, "{} of {} passed in {duration:.1?}", totals.passed, totals.selected)
    }
}
