//! The rerun file: the locations of failed scenarios, one per line, each with its options.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::report::scenario_record::Reorder;
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Totals};

/// Writes the locations of failed and interrupted scenarios as selectors, and those of flaky ones as comments.
#[derive(Debug)]
pub struct Rerun<W> {
    out: W,
    /// The options of each scenario, by its number.
    options: Vec<String>,
    reorder: Reorder,
}

impl<W: Write> Rerun<W> {
    /// Creates a report written to `out`, with the options of each scenario by its number.
    pub fn new(out: W, options: Vec<String>) -> Self {
        Self { out, options, reorder: Reorder::default() }
    }

    fn write_record(&mut self, record: &ScenarioRecord) -> io::Result<()> {
        let location = record.location();
        let prefix = match record.status() {
            ScenarioStatus::Failed | ScenarioStatus::Interrupted => "",
            ScenarioStatus::Flaky => "# flaky: ",
            ScenarioStatus::Passed | ScenarioStatus::Skipped => return Ok(()),
        };
        write!(self.out, "{prefix}{}:{}", location.path, location.line)?;
        match self.options.get(record.number) {
            Some(options) => writeln!(self.out, " {options}"),
            None => writeln!(self.out),
        }
    }
}

impl Rerun<Vec<u8>> {
    /// Takes the text written so far.
    pub fn take_written(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
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
