//! The default report: each scenario when it ends, and each failure in full below it.
//!
//! On a terminal the results scroll above a few live lines. They are written with the next frame, so
//! that a fast run does not redraw the terminal for each of them.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::closing::{Closing, ClosingNotes};
use super::diagnostic::{render_failure, render_hook_failure, render_leak};
use super::format;
use super::live_block::{LiveBlock, stop_notice};
use super::live_screen::{LiveLines, Terminal};
use super::output_filter::OutputFilter;
use super::rerun_command::RerunCommand;
use super::result_line::result_line;
use super::shared_output::write_shared_output;
use super::start_notices::StartNotices;
use super::steps::write_steps;
use crate::model::{Event, RunningScenario, Scenario};
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Style, Totals};
use crate::text::{cut_end, cut_middle, display_width};

/// The amount of detail in a [`Pretty`] report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Only failures and the summary.
    Quiet,
    /// A line for each scenario, failures and the summary.
    #[default]
    Normal,
    /// Every step with its duration, log and output.
    Verbose,
}

/// Writes a run as text, in the order in which scenarios end.
#[derive(Debug)]
pub struct Pretty<W> {
    out: W,
    /// The text that has not been written yet.
    text: OutputFilter<Vec<u8>>,
    live: Option<Live>,
    style: Style,
    verbosity: Verbosity,
    rerun: RerunCommand,
    notes: ClosingNotes,
    current_file: Option<Arc<str>>,
    totals: Totals,
    closing: Closing,
    is_stopping: bool,
    /// True if the last text is a failure, which a blank line separates from the next result.
    starts: StartNotices,
    needs_gap: bool,
    /// True if a failure is a collapsible section of a CI log.
    sections: bool,
}

/// The live lines and what they need to know.
#[derive(Debug)]
struct Live {
    terminal: Terminal,
    lines: LiveLines,
    /// The scenarios that have started and not finished, by number.
    scenarios: Vec<(usize, Arc<Scenario>)>,
}

impl<W: Write> Pretty<W> {
    /// Creates a report written to `out`; failures show the `rerun` command.
    pub fn new(out: W, style: Style, verbosity: Verbosity, rerun: impl Into<RerunCommand>) -> Self {
        Self {
            out,
            text: OutputFilter::new(Vec::new(), style),
            live: None,
            style,
            verbosity,
            rerun: rerun.into(),
            notes: ClosingNotes::default(),
            current_file: None,
            totals: Totals::default(),
            closing: Closing::default(),
            is_stopping: false,
            starts: StartNotices::default(),
            needs_gap: false,
            sections: false,
        }
    }

    /// Shows what runs in live lines, if `out` is a terminal.
    #[must_use]
    pub fn live(mut self, terminal: Option<Terminal>) -> Self {
        self.live = terminal.map(|terminal| Live {
            terminal,
            lines: LiveLines::default(),
            scenarios: Vec::new(),
        });
        self
    }

    /// Adds notes to the end of the report.
    #[must_use]
    pub fn closing_notes(mut self, notes: ClosingNotes) -> Self {
        self.notes = notes;
        self
    }

    /// Makes each failure a collapsible section, as the log of a GitLab job understands it.
    #[must_use]
    pub fn gitlab_sections(mut self, sections: bool) -> Self {
        self.sections = sections;
        self
    }

    fn columns(&self) -> Option<usize> {
        self.live.as_ref().map(|live| live.terminal.size().0)
    }

    fn write_record(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        let is_failure = record.status() == ScenarioStatus::Failed;
        let is_shown = self.verbosity > Verbosity::Quiet || is_failure;
        if is_shown && std::mem::take(&mut self.needs_gap) {
            writeln!(self.text)?;
        }
        if is_shown {
            self.write_feature(&record.scenario)?;
            let line = result_line(record, self.style, self.columns());
            if is_failure {
                self.write_section_mark("start", record.number)?;
            }
            writeln!(self.text, "{line}")?;
        }
        if self.verbosity == Verbosity::Verbose {
            write_steps(&mut self.text, record, self.style)?;
        }
        if is_failure {
            let rerun = self.rerun.of(record);
            let failure = render_failure(record, &rerun, self.style, self.columns());
            writeln!(self.text, "\n{failure}")?;
            self.write_section_mark("end", record.number)?;
            self.needs_gap = true;
        }
        Ok(())
    }

    /// Writes the start or the end of a section. The line after a start is its title.
    fn write_section_mark(&mut self, side: &str, number: usize) -> io::Result<()> {
        if !self.sections {
            return Ok(());
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.text.flush()?;
        // The filter would remove the control sequences.
        write!(
            self.text.unfiltered(),
            "\x1b[0Ksection_{side}:{}:failure_{number}\r\x1b[0K",
            now.as_secs()
        )?;
        if side == "end" { writeln!(self.text.unfiltered()) } else { Ok(()) }
    }

    fn write_feature(&mut self, scenario: &Scenario) -> io::Result<()> {
        if self.current_file.as_ref() == Some(&scenario.location.path) {
            return Ok(());
        }
        let (heading, path) = (format!("Feature: {}", scenario.feature), &*scenario.location.path);
        let (heading, path) = match self.columns() {
            Some(columns) => {
                let heading = cut_end(&heading, columns);
                let room = columns.saturating_sub(display_width(&heading) + 2);
                (heading.into_owned(), cut_middle(path, room))
            }
            None => (heading, path.into()),
        };
        let (heading, path) = (self.style.bold(heading), self.style.dim(path));
        writeln!(self.text, "{}", format!("{heading}  {path}").trim_end())?;
        self.current_file = Some(Arc::clone(&scenario.location.path));
        Ok(())
    }

    /// Writes the lines about starts that are due. Live lines show starts themselves.
    fn write_start_notices(
        &mut self,
        elapsed: Duration,
        running: &[RunningScenario],
    ) -> io::Result<()> {
        for line in self.starts.due(elapsed, running) {
            if std::mem::take(&mut self.needs_gap) {
                writeln!(self.text)?;
            }
            writeln!(self.text, "{}", self.style.dim(line))?;
        }
        Ok(())
    }

    /// Writes the text now, unless live lines will write it.
    fn show(&mut self) -> io::Result<()> {
        match self.live {
            Some(_) => Ok(()),
            None => self.write_text(),
        }
    }

    fn write_text(&mut self) -> io::Result<()> {
        self.text.flush()?;
        let text = std::mem::take(self.text.unfiltered());
        self.out.write_all(&text)?;
        self.out.flush()
    }

    fn draw(&mut self, elapsed: Duration, running: &[RunningScenario]) -> io::Result<()> {
        let Some(Live { terminal, lines, scenarios }) = &mut self.live else { return Ok(()) };
        let (columns, rows) = terminal.size();
        let block = LiveBlock {
            totals: &self.totals,
            elapsed,
            running,
            scenarios,
            stopping: self.is_stopping,
            style: self.style,
            columns,
            rows,
        };
        self.text.flush()?;
        let text = std::mem::take(self.text.unfiltered());
        let gap = self.needs_gap.then(String::new);
        let block: Vec<_> = gap.into_iter().chain(block.lines()).collect();
        lines.draw(&mut self.out, columns, &text, &block)
    }

    /// Erases the live lines for good.
    fn end_live(&mut self) -> io::Result<()> {
        self.text.flush()?;
        let text = std::mem::take(self.text.unfiltered());
        match &mut self.live {
            Some(live) => {
                let columns = live.terminal.size().0;
                live.lines.draw(&mut self.out, columns, &text, &[])
            }
            None => self.out.write_all(&text),
        }
    }
}

impl<W: Write> Report for Pretty<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { scenarios, .. } => self.totals.selected = *scenarios,
            Event::ScenarioStarted { number, scenario, .. } => {
                if let Some(live) = &mut self.live {
                    live.scenarios.retain(|(known, _)| known != number);
                    live.scenarios.push((*number, Arc::clone(scenario)));
                }
            }
            Event::ScenarioFinished { number, retried: false, .. } => {
                if let Some(live) = &mut self.live {
                    live.scenarios.retain(|(known, _)| known != number);
                }
            }
            Event::Tick { elapsed, running, stopping } => {
                if self.live.is_none() {
                    self.write_start_notices(*elapsed, running)?;
                }
                if *stopping && !self.is_stopping {
                    self.is_stopping = true;
                    if self.live.is_none() {
                        let notice = stop_notice(&self.totals, *elapsed, running);
                        writeln!(self.text, "{}", self.style.warning(notice))?;
                    }
                }
                self.draw(*elapsed, running)?;
                return self.show();
            }
            _ => {}
        }
        Ok(())
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.totals.count(record);
        self.closing.add(record);
        self.write_record(record)?;
        self.show()
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        let (style, columns) = (self.style, self.columns());
        self.write_start_notices(duration, &[])?;
        if self.verbosity == Verbosity::Verbose {
            for hook in totals.hooks.iter().filter(|hook| hook.has_output()) {
                writeln!(self.text, "\n{}", style.bold(hook.name()))?;
                for line in format::hook_lines(hook) {
                    writeln!(self.text, "  {}", style.dim(line))?;
                }
            }
        }
        write_run_failures(&mut self.text, totals, style, columns)?;
        let all = self.verbosity == Verbosity::Verbose;
        write_shared_output(&mut self.text, totals, &self.closing.records, all, style)?;
        self.text.write_all(&self.notes.take_sections())?;
        let closing =
            self.closing.render(totals, duration, &self.rerun, &self.notes, style, columns);
        self.text.write_all(closing.as_bytes())?;
        self.end_live()?;
        self.out.flush()
    }
}

/// Writes the failures outside of any scenario, and the leaks.
pub(super) fn write_run_failures(
    out: &mut impl Write,
    totals: &Totals,
    style: Style,
    columns: Option<usize>,
) -> io::Result<()> {
    for failure in &totals.failures {
        let hook = totals.hook_of(failure);
        writeln!(out, "\n{}", render_hook_failure(failure, hook, style, columns))?;
    }
    for leak in &totals.leaks {
        writeln!(out, "\n{}", render_leak(leak, style, columns))?;
    }
    Ok(())
}
