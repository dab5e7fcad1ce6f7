//! The report for long runs: one line that says how far it is, and the failures at the end.
//!
//! On a terminal the line is drawn again and again; elsewhere it is a character for each scenario.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pretty::{tell_end, tell_outside};
use super::words::{readable, summary};
use super::{Report, Story, Style, Totals, Verdict};
use crate::model::{Event, Scenario};
use crate::sort::sort_by_key;

/// The line is drawn at most this often.
const INTERVAL: Duration = Duration::from_millis(50);
/// More characters than any terminal has columns.
const LONGEST: usize = 500;
/// Marks on one line where there is no terminal.
const MARKS: usize = 80;

/// Writes a run as one line.
#[derive(Debug)]
pub struct Progress<W> {
    out: W,
    style: Style,
    /// Whether the line can be drawn again.
    live: bool,
    rerun: String,
    totals: Totals,
    selected: usize,
    began: Instant,
    drawn: Option<Instant>,
    /// By number.
    running: Vec<(usize, Arc<Scenario>)>,
    failed: Vec<Arc<Story>>,
    flaky: Vec<Arc<Story>>,
}

impl<W: Write> Progress<W> {
    /// A report written to `out`, which is a terminal if `live`; `rerun` is the command that runs
    /// a selector again.
    pub fn new(out: W, style: Style, live: bool, rerun: impl Into<String>) -> Self {
        Self {
            out,
            style,
            live,
            rerun: rerun.into(),
            totals: Totals::default(),
            selected: 0,
            began: Instant::now(),
            drawn: None,
            running: Vec::new(),
            failed: Vec::new(),
            flaky: Vec::new(),
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        if !self.live {
            return Ok(());
        }
        let now = Instant::now();
        if self.drawn.is_some_and(|drawn| now - drawn < INTERVAL) {
            return Ok(());
        }
        self.drawn = Some(now);
        let names: Vec<_> =
            self.running.iter().map(|(_, scenario)| scenario.name.as_str()).collect();
        let line = live_line(&self.totals, self.selected, self.began.elapsed(), &names);
        let line: String = line.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        // Without automatic wrapping the terminal itself cuts what does not fit.
        write!(self.out, "\r\x1b[K\x1b[?7l{line}\x1b[?7h")?;
        self.out.flush()
    }

    fn mark(&mut self, verdict: Verdict) -> io::Result<()> {
        let mark = match verdict {
            Verdict::Passed => ".",
            Verdict::Skipped => "-",
            Verdict::Flaky => "~",
            Verdict::Failed => "F",
        };
        write!(self.out, "{mark}")?;
        if self.totals.scenarios().is_multiple_of(MARKS) {
            writeln!(self.out, " {}/{}", self.totals.scenarios(), self.selected)?;
        }
        self.out.flush()
    }
}

impl<W: Write> Report for Progress<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { scenarios, .. } => {
                self.selected = *scenarios;
                self.began = Instant::now();
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
            Event::Waiting => self.draw(),
            _ => Ok(()),
        }
    }

    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        self.totals.count(story);
        match story.verdict() {
            Verdict::Failed => self.failed.push(Arc::clone(story)),
            Verdict::Flaky => self.flaky.push(Arc::clone(story)),
            Verdict::Passed | Verdict::Skipped => {}
        }
        if self.live { self.draw() } else { self.mark(story.verdict()) }
    }

    fn finish(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        if self.live {
            write!(self.out, "\r\x1b[K")?;
        } else {
            writeln!(self.out)?;
        }
        // Scenarios end in any order; the failures are told in that of the selection.
        sort_by_key(&mut self.failed, |story| story.number);
        sort_by_key(&mut self.flaky, |story| story.number);
        tell_end(&mut self.out, &self.failed, &self.flaky, &self.rerun, self.style)?;
        tell_outside(&mut self.out, totals, self.style)?;
        writeln!(self.out, "\n{}", summary(totals, duration, self.style))?;
        self.out.flush()
    }
}

/// `12/40  11 passed, 1 failed  3.4 s  running: A scenario, Another`.
fn live_line(totals: &Totals, selected: usize, elapsed: Duration, running: &[&str]) -> String {
    let mut line = format!("{}/{selected}  {} passed", totals.scenarios(), totals.passed);
    for (count, word) in
        [(totals.failed, "failed"), (totals.flaky, "flaky"), (totals.skipped, "skipped")]
    {
        if count > 0 {
            line.push_str(&format!(", {count} {word}"));
        }
    }
    line.push_str(&format!("  {}", readable(elapsed)));
    if !running.is_empty() {
        line.push_str("  running: ");
        line.push_str(&running.join(", "));
    }
    line
}
