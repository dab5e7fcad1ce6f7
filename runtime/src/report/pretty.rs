//! The report for people: scenarios in the order of the selection, failures in full at the end.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::failure::explain;
use super::{Report, Style, Totals};
use crate::model::{Event, LogLevel, Outcome, Scenario, StepResult};

/// How much the report says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Failures and the summary.
    Quiet,
    /// A line for each scenario, steps of those that did not pass, failures and the summary.
    #[default]
    Normal,
    /// Every step with its time and its log.
    Verbose,
}

/// Writes a run as text. Scenarios that run side by side are held back until it is their turn.
#[derive(Debug)]
pub struct Pretty<W> {
    out: W,
    style: Style,
    verbosity: Verbosity,
    totals: Totals,
    stories: BTreeMap<usize, Story>,
    next: usize,
    current_file: Option<Arc<str>>,
    failures: Vec<String>,
}

/// One scenario so far.
#[derive(Debug)]
struct Story {
    scenario: Arc<Scenario>,
    results: Vec<StepResult>,
    duration: Option<Duration>,
}

impl<W: Write> Pretty<W> {
    /// A report written to `out`.
    pub fn new(out: W, style: Style, verbosity: Verbosity) -> Self {
        Self {
            out,
            style,
            verbosity,
            totals: Totals::default(),
            stories: BTreeMap::new(),
            next: 0,
            current_file: None,
            failures: Vec::new(),
        }
    }

    /// The counts so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    fn tell_finished(&mut self) -> io::Result<()> {
        while let Some(story) = self.stories.get(&self.next)
            && story.duration.is_some()
        {
            if let Some(story) = self.stories.remove(&self.next) {
                self.tell(&story)?;
            }
            self.next += 1;
        }
        Ok(())
    }

    fn tell(&mut self, story: &Story) -> io::Result<()> {
        let verdict = story.verdict();
        let red = verdict.is_some_and(Outcome::is_red);
        if red {
            let (index, result) = story.decisive();
            self.failures.push(explain(&story.scenario, index, result, self.style));
        }
        if self.verbosity == Verbosity::Quiet {
            return Ok(());
        }
        self.tell_file(&story.scenario)?;
        let time = self.style.faint(readable(story.duration.unwrap_or_default()));
        let mark =
            if story.scenario.steps.is_empty() { self.style.odd("-") } else { self.mark(verdict) };
        write!(self.out, "  {mark} {}", story.scenario.name)?;
        if let Some(row) = &story.scenario.example {
            write!(self.out, " {}", self.style.faint(format_args!("(row at line {})", row.line)))?;
        }
        write!(self.out, "  {time}")?;
        if story.scenario.steps.is_empty() {
            write!(self.out, "  {}", self.style.odd("no steps"))?;
        }
        if let Some(Outcome::Skipped { reason: Some(reason) }) = verdict {
            write!(self.out, "  {}", self.style.odd(format_args!("skipped: {reason}")))?;
        }
        writeln!(self.out)?;
        if red || self.verbosity == Verbosity::Verbose {
            self.tell_steps(story)?;
        }
        self.out.flush()
    }

    fn tell_file(&mut self, scenario: &Scenario) -> io::Result<()> {
        if self.current_file.as_ref() == Some(&scenario.place.path) {
            return Ok(());
        }
        if self.current_file.is_some() {
            writeln!(self.out)?;
        }
        let heading = self.style.strong(format_args!("Feature: {}", scenario.feature));
        writeln!(self.out, "{heading}  {}", self.style.faint(&scenario.place.path))?;
        self.current_file = Some(Arc::clone(&scenario.place.path));
        Ok(())
    }

    fn tell_steps(&mut self, story: &Story) -> io::Result<()> {
        for (step, result) in story.scenario.steps.iter().zip(&story.results) {
            let mark = self.mark(Some(&result.outcome));
            write!(self.out, "      {mark} {} {}", step.keyword_text, step.text)?;
            if self.verbosity == Verbosity::Verbose && result.outcome.is_passed() {
                write!(self.out, "  {}", self.style.faint(readable(result.duration)))?;
            }
            writeln!(self.out)?;
            if self.verbosity == Verbosity::Verbose {
                for record in &result.logs {
                    let line = format!("        {} {}", level(record.level), record.message);
                    writeln!(self.out, "{}", self.style.faint(line))?;
                }
            }
        }
        Ok(())
    }

    fn mark(&self, outcome: Option<&Outcome>) -> String {
        match outcome {
            None | Some(Outcome::Passed) => self.style.good("✓"),
            Some(Outcome::Skipped { .. }) => self.style.odd("-"),
            Some(_) => self.style.bad("✗"),
        }
    }

    fn sum_up(&mut self, duration: Duration) -> io::Result<()> {
        for failure in &self.failures {
            writeln!(self.out, "\n{failure}")?;
        }
        let totals = &self.totals;
        let mut scenarios = vec![format!("{} passed", totals.passed)];
        if totals.failed > 0 {
            scenarios.push(self.style.bad(format_args!("{} failed", totals.failed)));
        }
        if totals.skipped > 0 {
            scenarios.push(self.style.odd(format_args!("{} skipped", totals.skipped)));
        }
        let steps: Vec<_> =
            totals.steps.iter().map(|(word, count)| format!("{count} {word}")).collect();
        let count = totals.passed + totals.failed + totals.skipped;
        let step_count: usize = totals.steps.iter().map(|(_, count)| count).sum();
        let gap = if self.verbosity == Verbosity::Quiet { "" } else { "\n" };
        writeln!(
            self.out,
            "{gap}{}, {} in {}",
            detailed(&counted(count, "scenario"), &scenarios),
            detailed(&counted(step_count, "step"), &steps),
            readable(duration)
        )?;
        if totals.interrupted {
            writeln!(self.out, "{}", self.style.bad("stopped before all scenarios had run"))?;
        }
        self.out.flush()
    }
}

impl<W: Write> Report for Pretty<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.totals.event(event);
        match event {
            Event::RunStarted { .. } => Ok(()),
            Event::ScenarioStarted { number, scenario } => {
                let story = Story {
                    scenario: Arc::clone(scenario),
                    results: Vec::with_capacity(scenario.steps.len()),
                    duration: None,
                };
                self.stories.insert(*number, story);
                Ok(())
            }
            Event::StepFinished { number, result, .. } => {
                if let Some(story) = self.stories.get_mut(number) {
                    story.results.push((**result).clone());
                }
                Ok(())
            }
            Event::ScenarioFinished { number, duration } => {
                if let Some(story) = self.stories.get_mut(number) {
                    story.duration = Some(*duration);
                }
                self.tell_finished()
            }
            Event::RunFinished { duration, .. } => {
                // A stopped run leaves gaps in the numbers; what did run is still told.
                for (_, story) in std::mem::take(&mut self.stories) {
                    if story.duration.is_some() {
                        self.tell(&story)?;
                    }
                }
                self.sum_up(*duration)
            }
        }
    }
}

impl Story {
    /// The outcome that decides: the first that did not pass.
    fn verdict(&self) -> Option<&Outcome> {
        self.results.iter().map(|r| &r.outcome).find(|o| !o.is_passed())
    }

    /// The step that decides.
    fn decisive(&self) -> (usize, Option<&StepResult>) {
        let index = self.results.iter().position(|r| !r.outcome.is_passed()).unwrap_or(0);
        (index, self.results.get(index))
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn detailed(what: &str, details: &[String]) -> String {
    if details.is_empty() { what.to_owned() } else { format!("{what} ({})", details.join(", ")) }
}

fn level(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Trace => "trace",
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

/// A duration with the unit that leaves one to three digits before the point.
pub(super) fn readable(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    if micros < 1e3 {
        format!("{micros:.0} µs")
    } else if micros < 1e6 {
        format!("{:.1} ms", micros / 1e3)
    } else if micros < 60e6 {
        format!("{:.2} s", micros / 1e6)
    } else {
        format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}
