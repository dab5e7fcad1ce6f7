//! The report for people: scenarios in the order of the selection, failures in full at the end.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::failure::{explain, explain_hook, explain_leak};
use super::story::InOrder;
use super::words::{self, for_a_shell, level, readable, summary};
use super::{Report, Story, Style, Totals, Verdict};
use crate::model::{Outcome, Scenario};

/// How much the report says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Failures and the summary.
    Quiet,
    /// A line for each scenario, steps of those that did not pass, failures and the summary.
    #[default]
    Normal,
    /// Every step with its time, its log and what it printed.
    Verbose,
}

/// Writes a run as text. Scenarios that run side by side are held back until it is their turn.
#[derive(Debug)]
pub struct Pretty<W> {
    out: W,
    style: Style,
    verbosity: Verbosity,
    rerun: String,
    in_order: InOrder,
    current_file: Option<Arc<str>>,
    failed: Vec<Arc<Story>>,
    flaky: Vec<Arc<Story>>,
}

impl<W: Write> Pretty<W> {
    /// A report written to `out`; `rerun` is the command that runs a selector again.
    pub fn new(out: W, style: Style, verbosity: Verbosity, rerun: impl Into<String>) -> Self {
        Self {
            out,
            style,
            verbosity,
            rerun: rerun.into(),
            in_order: InOrder::default(),
            current_file: None,
            failed: Vec::new(),
            flaky: Vec::new(),
        }
    }

    fn tell(&mut self, story: &Arc<Story>) -> io::Result<()> {
        match story.verdict() {
            Verdict::Failed => self.failed.push(Arc::clone(story)),
            Verdict::Flaky => self.flaky.push(Arc::clone(story)),
            Verdict::Passed | Verdict::Skipped => {}
        }
        if self.verbosity == Verbosity::Quiet {
            return Ok(());
        }
        self.tell_file(&story.scenario)?;
        self.tell_scenario(story)?;
        if story.verdict() == Verdict::Failed || self.verbosity == Verbosity::Verbose {
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

    fn tell_scenario(&mut self, story: &Story) -> io::Result<()> {
        let style = self.style;
        let mark = match story.verdict() {
            Verdict::Passed => style.good("✓"),
            Verdict::Flaky => style.odd("~"),
            Verdict::Skipped => style.odd("-"),
            Verdict::Failed => style.bad("✗"),
        };
        write!(self.out, "  {mark} {}", story.scenario.name)?;
        if let Some(row) = &story.scenario.example {
            write!(self.out, " {}", style.faint(format_args!("(row at line {})", row.line)))?;
        }
        write!(self.out, "  {}", style.faint(readable(story.duration())))?;
        let tries = story.attempts.len();
        match (story.verdict(), story.decisive()) {
            (Verdict::Flaky, _) => {
                write!(self.out, "  {}", style.odd(format_args!("flaky: passed at try {tries}")))?;
            }
            (Verdict::Failed, _) if tries > 1 => {
                write!(self.out, "  {}", style.bad(format_args!("failed {tries} times")))?;
            }
            (Verdict::Skipped, None) => write!(self.out, "  {}", style.odd("no steps"))?,
            (_, Some((_, result))) => {
                if let Outcome::Skipped { reason: Some(reason) } = &result.outcome {
                    write!(self.out, "  {}", style.odd(format_args!("skipped: {reason}")))?;
                }
            }
            _ => {}
        }
        writeln!(self.out)
    }

    fn tell_steps(&mut self, story: &Story) -> io::Result<()> {
        let verbose = self.verbosity == Verbosity::Verbose;
        if verbose {
            self.tell_hooks_of(story, false)?;
        }
        let results = story.last().map(|attempt| &attempt.results[..]).unwrap_or_default();
        for (step, result) in story.scenario.steps.iter().zip(results) {
            let mark = match result.outcome {
                Outcome::Passed => self.style.good("✓"),
                Outcome::Skipped { .. } => self.style.odd("-"),
                _ => self.style.bad("✗"),
            };
            write!(self.out, "      {mark} {} {}", step.keyword_text, step.text)?;
            if verbose && result.outcome.is_passed() {
                write!(self.out, "  {}", self.style.faint(readable(result.duration)))?;
            }
            writeln!(self.out)?;
            if verbose {
                for record in &result.logs {
                    let line = format!("{} {}", level(record.level), record.message);
                    writeln!(self.out, "        {}", self.style.faint(line))?;
                }
                for line in result.output.lines() {
                    writeln!(self.out, "        {}", self.style.faint(format!("| {line}")))?;
                }
            }
        }
        if verbose {
            self.tell_hooks_of(story, true)?;
        }
        Ok(())
    }

    /// The hooks before or after the steps that say something.
    fn tell_hooks_of(&mut self, story: &Story, after: bool) -> io::Result<()> {
        let hooks = story.last().map(|attempt| &attempt.hooks[..]).unwrap_or_default();
        for hook in hooks.iter().filter(|hook| hook.kind.is_after() == after) {
            for line in words::of_hook(hook) {
                writeln!(self.out, "        {}", self.style.faint(line))?;
            }
        }
        Ok(())
    }
}

impl<W: Write> Report for Pretty<W> {
    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        self.in_order.take(story);
        while let Some(story) = self.in_order.ready() {
            self.tell(&story)?;
        }
        Ok(())
    }

    fn finish(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        for story in self.in_order.rest() {
            self.tell(&story)?;
        }
        if self.verbosity == Verbosity::Verbose {
            for hook in totals.hooks.iter().filter(|hook| hook.says_something()) {
                writeln!(self.out, "\n{}", self.style.strong(hook.name()))?;
                for line in words::of_hook(hook) {
                    writeln!(self.out, "  {}", self.style.faint(line))?;
                }
            }
        }
        tell_end(&mut self.out, &self.failed, &self.flaky, &self.rerun, self.style)?;
        tell_outside(&mut self.out, totals, self.style)?;
        let gap = if self.verbosity == Verbosity::Quiet { "" } else { "\n" };
        writeln!(self.out, "{gap}{}", summary(totals, duration, self.style))?;
        self.out.flush()
    }
}

/// What a reader needs to know at the end: why scenarios are flaky, and then what failed.
pub(super) fn tell_end(
    out: &mut impl Write,
    failed: &[Arc<Story>],
    flaky: &[Arc<Story>],
    rerun: &str,
    style: Style,
) -> io::Result<()> {
    for story in flaky {
        if let Some((index, result)) = story.attempts.first().and_then(|first| first.decisive()) {
            let step = story.scenario.steps.get(index).map_or("", |step| &step.text);
            let heading = style.odd("flaky");
            let reason = result.outcome.to_string();
            let reason = reason.lines().next().unwrap_or_default();
            let name = &story.scenario.name;
            let tries = story.attempts.len();
            writeln!(
                out,
                "\n{heading}: {name}: passed at try {tries}, failed first at {step:?}: {reason}"
            )?;
            writeln!(out, " {} {}", style.faint("-->"), story.place())?;
        }
    }
    for story in failed {
        let place = story.place();
        let selector = format!("{}:{}", place.path, place.line);
        let rerun = format!("{rerun} {}", for_a_shell(&selector));
        writeln!(out, "\n{}", explain(story, &rerun, style))?;
    }
    Ok(())
}

/// What went wrong outside of any scenario, and what scenarios left behind.
pub(super) fn tell_outside(out: &mut impl Write, totals: &Totals, style: Style) -> io::Result<()> {
    for failure in &totals.failures {
        writeln!(out, "\n{}", explain_hook(failure, totals.hook_of(failure), style))?;
    }
    for leak in &totals.leaks {
        writeln!(out, "\n{}", explain_leak(leak, style))?;
    }
    Ok(())
}
