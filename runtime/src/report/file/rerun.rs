//! The rerun file: the locations of failed scenarios, one per line.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::report::scenario_record::Reorder;
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Totals};

/// Writes the locations of failed scenarios as selectors, and those of flaky ones as comments.
#[derive(Debug)]
pub struct Rerun<W> {
    out: W,
    reorder: Reorder,
}

impl<W: Write> Rerun<W> {
    /// Creates a report written to `out`.
    pub fn new(out: W) -> Self {
        Self { out, reorder: Reorder::default() }
    }

    fn write_record(&mut self, record: &ScenarioRecord) -> io::Result<()> {
        let location = record.location();
        match record.status() {
            ScenarioStatus::Failed => writeln!(self.out, "{}:{}", location.path, location.line),
            ScenarioStatus::Flaky => {
                writeln!(self.out, "# flaky: {}:{}", location.path, location.line)
            }
            ScenarioStatus::Passed | ScenarioStatus::Skipped => Ok(()),
        }
    }
}

impl<W: Write> Report for Rerun<W> {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.reorder.add(record);
        while let Some(record) = self.reorder.next_ready() {
            self.write_record(&record)?;
        }
        Ok(())
    }

    fn on_run_finished(&mut self, _totals: &Totals, _duration: Duration) -> io::Result<()> {
        for record in self.reorder.take_rest() {
            self.write_record(&record)?;
        }
        self.out.flush()
    }
}
