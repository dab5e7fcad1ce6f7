//! The report for long runs in a file or a pipe: a character for each scenario, and the failures at the
//! end.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::closing::{Closing, ClosingNotes};
use super::diagnostic::render_failure;
use super::live_block::stop_notice;
use super::output_filter::OutputFilter;
use super::pretty::write_run_failures;
use super::rerun_command::RerunCommand;
use super::shared_output::write_shared_output;
use super::start_notices::StartNotices;
use crate::model::{Event, RunningScenario};
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Style, Totals};

/// The number of marks on one line.
const MARKS_PER_LINE: usize = 80;

/// Writes a run as one character for each scenario.
#[derive(Debug)]
pub struct Progress<W> {
    out: OutputFilter<W>,
    style: Style,
    rerun: RerunCommand,
    notes: ClosingNotes,
    totals: Totals,
    closing: Closing,
    is_stopping: bool,
    starts: StartNotices,
}

impl<W: Write> Progress<W> {
    /// Creates a report written to `out`; failures show the `rerun` command.
    pub fn new(out: W, style: Style, rerun: impl Into<RerunCommand>) -> Self {
        Self {
            out: OutputFilter::new(out, style),
            style,
            rerun: rerun.into(),
            notes: ClosingNotes::default(),
            totals: Totals::default(),
            closing: Closing::default(),
            is_stopping: false,
            starts: StartNotices::default(),
        }
    }

    /// Adds notes to the end of the report.
    #[must_use]
    pub fn closing_notes(mut self, notes: ClosingNotes) -> Self {
        self.notes = notes;
        self
    }

    /// Writes the lines about starts that are due, below the marks that are there.
    fn write_start_notices(
        &mut self,
        elapsed: Duration,
        running: &[RunningScenario],
    ) -> io::Result<()> {
        let lines = self.starts.due(elapsed, running);
        if !lines.is_empty() && !self.totals.scenarios().is_multiple_of(MARKS_PER_LINE) {
            writeln!(self.out)?;
        }
        for line in lines {
            writeln!(self.out, "{}", self.style.dim(line))?;
        }
        Ok(())
    }
}

impl<W: Write> Report for Progress<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { scenarios, .. } => self.totals.selected = *scenarios,
            Event::Tick { elapsed, running, stopping } => {
                self.write_start_notices(*elapsed, running)?;
                if *stopping && !self.is_stopping {
                    self.is_stopping = true;
                    writeln!(self.out, "\n{}", stop_notice(&self.totals, *elapsed, running))?;
                }
                self.out.flush()?;
            }
            _ => {}
        }
        Ok(())
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.totals.count(record);
        self.closing.add(record);
        let mark = match record.status() {
            ScenarioStatus::Passed => ".",
            ScenarioStatus::Skipped => "-",
            ScenarioStatus::Interrupted => "!",
            ScenarioStatus::Flaky => "~",
            ScenarioStatus::Failed => "F",
        };
        write!(self.out, "{mark}")?;
        if self.totals.scenarios().is_multiple_of(MARKS_PER_LINE) {
            writeln!(self.out, " {}/{}", self.totals.scenarios(), self.totals.selected)?;
        }
        self.out.flush()
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        self.write_start_notices(duration, &[])?;
        let Self { out, style, rerun, notes, closing, .. } = self;
        writeln!(out)?;
        // Scenarios finish in any order; the failures are written in the order of the selection.
        closing.records.sort_by_key(|record| record.number);
        for record in closing.records.iter().filter(|r| r.status() == ScenarioStatus::Failed) {
            writeln!(out, "\n{}", render_failure(record, &rerun.of(record), *style, None))?;
        }
        write_run_failures(out, totals, *style, None)?;
        write_shared_output(out, totals, &closing.records, false, *style)?;
        out.write_all(&notes.take_sections())?;
        out.write_all(closing.render(totals, duration, rerun, notes, *style, None).as_bytes())?;
        out.flush()
    }
}
