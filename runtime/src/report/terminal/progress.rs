//! The report for long runs: one line with the progress, and the failures at the end.
//!
//! On a terminal the line is relast_draw; in a file or a pipe it is a character for each scenario.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::format::{format_duration, summary};
use super::output_filter::OutputFilter;
use super::pretty::{write_failures, write_run_failures};
use super::rerun_command::RerunCommand;
use super::style::is_dumb_terminal;
use crate::model::{Event, Scenario};
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Style, Totals};

/// The minimum time between two redraws of the line.
const REDRAW_INTERVAL: Duration = Duration::from_millis(50);
/// The maximum length of the line: more than the width of any terminal.
const MAX_LINE_CHARS: usize = 500;
/// The number of marks on one line of a file or a pipe.
const MARKS_PER_LINE: usize = 80;

/// The output that a [`Progress`] report is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressOutput {
    /// A terminal, where the line is relast_draw.
    Terminal,
    /// A file or a pipe, where each scenario is one character.
    Stream,
}

impl ProgressOutput {
    /// Returns the kind of output that `stream` is.
    pub fn for_stream(stream: &impl IsTerminal) -> Self {
        let is_live = stream.is_terminal() && !is_dumb_terminal();
        if is_live { Self::Terminal } else { Self::Stream }
    }
}

/// Writes a run as one line.
#[derive(Debug)]
pub struct Progress<W> {
    out: OutputFilter<W>,
    style: Style,
    output: ProgressOutput,
    rerun: RerunCommand,
    totals: Totals,
    selected: usize,
    started: Instant,
    last_draw: Option<Instant>,
    /// Sorted by the number of the scenario.
    running: Vec<(usize, Arc<Scenario>)>,
    failed: Vec<Arc<ScenarioRecord>>,
    flaky: Vec<Arc<ScenarioRecord>>,
}

impl<W: Write> Progress<W> {
    /// Creates a report written to `out`; failures show the `rerun` command.
    pub fn new(
        out: W,
        style: Style,
        output: ProgressOutput,
        rerun: impl Into<RerunCommand>,
    ) -> Self {
        Self {
            out: OutputFilter::new(out, style),
            style,
            output,
            rerun: rerun.into(),
            totals: Totals::default(),
            selected: 0,
            started: Instant::now(),
            last_draw: None,
            running: Vec::new(),
            failed: Vec::new(),
            flaky: Vec::new(),
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        if self.output == ProgressOutput::Stream {
            return Ok(());
        }
        let now = Instant::now();
        if self.last_draw.is_some_and(|last_draw| now - last_draw < REDRAW_INTERVAL) {
            return Ok(());
        }
        self.last_draw = Some(now);
        let names: Vec<_> =
            self.running.iter().map(|(_, scenario)| scenario.name.as_str()).collect();
        let line = live_line(&self.totals, self.selected, self.started.elapsed(), &names);
        let line: String = line.chars().filter(|c| !c.is_control()).take(MAX_LINE_CHARS).collect();
        // With automatic wrapping off the terminal truncates the line.
        let out = self.out.unfiltered();
        write!(out, "\r\x1b[K\x1b[?7l{line}\x1b[?7h")?;
        out.flush()
    }

    fn mark(&mut self, status: ScenarioStatus) -> io::Result<()> {
        let mark = match status {
            ScenarioStatus::Passed => ".",
            ScenarioStatus::Skipped => "-",
            ScenarioStatus::Flaky => "~",
            ScenarioStatus::Failed => "F",
        };
        write!(self.out, "{mark}")?;
        if self.totals.scenarios().is_multiple_of(MARKS_PER_LINE) {
            writeln!(self.out, " {}/{}", self.totals.scenarios(), self.selected)?;
        }
        self.out.flush()
    }
}

impl<W: Write> Report for Progress<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { scenarios, .. } => {
                self.selected = *scenarios;
                self.started = Instant::now();
                self.draw()
            }
            Event::ScenarioStarted { number, scenario, .. } => {
                let at = self.running.partition_point(|(running, _)| running < number);
                self.running.insert(at, (*number, Arc::clone(scenario)));
                self.draw()
            }
            Event::ScenarioFinished { number, .. } => {
                self.running.retain(|(running, _)| running != number);
                self.draw()
            }
            Event::Tick => self.draw(),
            _ => Ok(()),
        }
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.totals.count(record);
        match record.status() {
            ScenarioStatus::Failed => self.failed.push(Arc::clone(record)),
            ScenarioStatus::Flaky => self.flaky.push(Arc::clone(record)),
            ScenarioStatus::Passed | ScenarioStatus::Skipped => {}
        }
        match self.output {
            ProgressOutput::Terminal => self.draw(),
            ProgressOutput::Stream => self.mark(record.status()),
        }
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        match self.output {
            ProgressOutput::Terminal => write!(self.out.unfiltered(), "\r\x1b[K")?,
            ProgressOutput::Stream => writeln!(self.out)?,
        }
        // Scenarios finish in any order; the failures are written in the order of the selection.
        self.failed.sort_by_key(|record| record.number);
        self.flaky.sort_by_key(|record| record.number);
        write_failures(&mut self.out, &self.failed, &self.flaky, &self.rerun, self.style)?;
        write_run_failures(&mut self.out, totals, self.style)?;
        writeln!(self.out, "\n{}", summary(totals, duration, self.style))?;
        self.out.flush()
    }
}

/// Returns a line such as `12/40  11 passed, 1 failed  3.4 s  running: A scenario, Another`.
fn live_line(totals: &Totals, selected: usize, elapsed: Duration, running: &[&str]) -> String {
    let mut line = format!("{}/{selected}  {} passed", totals.scenarios(), totals.passed);
    for (count, word) in
        [(totals.failed, "failed"), (totals.flaky, "flaky"), (totals.skipped, "skipped")]
    {
        if count > 0 {
            line.push_str(&format!(", {count} {word}"));
        }
    }
    line.push_str(&format!("  {}", format_duration(elapsed)));
    if !running.is_empty() {
        line.push_str("  running: ");
        line.push_str(&running.join(", "));
    }
    line
}
