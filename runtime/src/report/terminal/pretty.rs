//! The default report: scenarios in the order of the selection, and the failures in full at the end.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::diagnostic::{render_failure, render_hook_failure, render_leak};
use super::format::{self, format_duration, summary};
use super::output_filter::OutputFilter;
use super::rerun_command::RerunCommand;
use crate::model::{HookSide, Outcome, Scenario};
use crate::report::scenario_record::Reorder;
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Style, Totals};

/// The amount of detail in a [`Pretty`] report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Only failures and the summary.
    Quiet,
    /// A line for each scenario, the steps of failed ones, failures and the summary.
    #[default]
    Normal,
    /// Every step with its duration, log and output.
    Verbose,
}

/// Writes a run as text. Scenarios that finish early are held back until all before them have finished.
#[derive(Debug)]
pub struct Pretty<W> {
    out: OutputFilter<W>,
    style: Style,
    verbosity: Verbosity,
    rerun: RerunCommand,
    reorder: Reorder,
    current_file: Option<Arc<str>>,
    failed: Vec<Arc<ScenarioRecord>>,
    flaky: Vec<Arc<ScenarioRecord>>,
}

impl<W: Write> Pretty<W> {
    /// Creates a report written to `out`; failures show the `rerun` command.
    pub fn new(out: W, style: Style, verbosity: Verbosity, rerun: impl Into<RerunCommand>) -> Self {
        Self {
            out: OutputFilter::new(out, style),
            style,
            verbosity,
            rerun: rerun.into(),
            reorder: Reorder::default(),
            current_file: None,
            failed: Vec::new(),
            flaky: Vec::new(),
        }
    }

    fn write_record(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        match record.status() {
            ScenarioStatus::Failed => self.failed.push(Arc::clone(record)),
            ScenarioStatus::Flaky => self.flaky.push(Arc::clone(record)),
            ScenarioStatus::Passed | ScenarioStatus::Skipped => {}
        }
        if self.verbosity == Verbosity::Quiet {
            return Ok(());
        }
        self.write_feature(&record.scenario)?;
        self.write_scenario(record)?;
        if record.status() == ScenarioStatus::Failed || self.verbosity == Verbosity::Verbose {
            self.write_steps(record)?;
        }
        self.out.flush()
    }

    fn write_feature(&mut self, scenario: &Scenario) -> io::Result<()> {
        if self.current_file.as_ref() == Some(&scenario.location.path) {
            return Ok(());
        }
        if self.current_file.is_some() {
            writeln!(self.out)?;
        }
        let heading = self.style.bold(format_args!("Feature: {}", scenario.feature));
        writeln!(self.out, "{heading}  {}", self.style.dim(&scenario.location.path))?;
        self.current_file = Some(Arc::clone(&scenario.location.path));
        Ok(())
    }

    fn write_scenario(&mut self, record: &ScenarioRecord) -> io::Result<()> {
        let style = self.style;
        let mark = match record.status() {
            ScenarioStatus::Passed => style.success("✓"),
            ScenarioStatus::Flaky => style.warning("~"),
            ScenarioStatus::Skipped => style.warning("-"),
            ScenarioStatus::Failed => style.failure("✗"),
        };
        write!(self.out, "  {mark} {}", record.scenario.one_line_name())?;
        write!(self.out, "{}", style.dim(record.scenario.example_suffix()))?;
        write!(self.out, "  {}", style.dim(format_duration(record.duration())))?;
        let attempts = record.attempts.len();
        match (record.status(), record.deciding_step()) {
            (ScenarioStatus::Flaky, _) => {
                write!(
                    self.out,
                    "  {}",
                    style.warning(format_args!("flaky: passed on attempt {attempts}"))
                )?;
            }
            (ScenarioStatus::Failed, _) if attempts > 1 => {
                write!(self.out, "  {}", style.failure(format_args!("failed {attempts} times")))?;
            }
            (ScenarioStatus::Skipped, None) => write!(self.out, "  {}", style.warning("no steps"))?,
            (_, Some((_, result))) => {
                if let Outcome::Skipped { reason: Some(reason) } = &result.outcome {
                    write!(self.out, "  {}", style.warning(format_args!("skipped: {reason}")))?;
                }
            }
            _ => {}
        }
        writeln!(self.out)
    }

    fn write_steps(&mut self, record: &ScenarioRecord) -> io::Result<()> {
        let verbose = self.verbosity == Verbosity::Verbose;
        if verbose {
            self.write_hooks(record, HookSide::Before)?;
        }
        let results = record.last().map(|attempt| &attempt.results[..]).unwrap_or_default();
        for (step, result) in record.scenario.steps.iter().zip(results) {
            let mark = match result.outcome {
                Outcome::Passed => self.style.success("✓"),
                Outcome::Skipped { .. } => self.style.warning("-"),
                _ => self.style.failure("✗"),
            };
            write!(self.out, "      {mark} {} {}", step.keyword_text, step.text)?;
            if verbose && result.outcome.is_passed() {
                write!(self.out, "  {}", self.style.dim(format_duration(result.duration)))?;
            }
            writeln!(self.out)?;
            if verbose {
                for entry in &result.logs {
                    let line = format!("{} {}", entry.level.as_str(), entry.message);
                    writeln!(self.out, "        {}", self.style.dim(line))?;
                }
                for line in result.output.lines() {
                    writeln!(self.out, "        {}", self.style.dim(format!("| {line}")))?;
                }
            }
        }
        if verbose {
            self.write_hooks(record, HookSide::After)?;
        }
        Ok(())
    }

    /// Writes the output of the hooks before or after the steps.
    fn write_hooks(&mut self, record: &ScenarioRecord, side: HookSide) -> io::Result<()> {
        let hooks = record.last().map(|attempt| &attempt.hooks[..]).unwrap_or_default();
        for hook in hooks.iter().filter(|hook| hook.kind.side() == side) {
            for line in format::hook_lines(hook) {
                writeln!(self.out, "        {}", self.style.dim(line))?;
            }
        }
        Ok(())
    }
}

impl<W: Write> Report for Pretty<W> {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.reorder.add(record);
        while let Some(record) = self.reorder.next_ready() {
            self.write_record(&record)?;
        }
        Ok(())
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        for record in self.reorder.take_rest() {
            self.write_record(&record)?;
        }
        if self.verbosity == Verbosity::Verbose {
            for hook in totals.hooks.iter().filter(|hook| hook.has_output()) {
                writeln!(self.out, "\n{}", self.style.bold(hook.name()))?;
                for line in format::hook_lines(hook) {
                    writeln!(self.out, "  {}", self.style.dim(line))?;
                }
            }
        }
        write_failures(&mut self.out, &self.failed, &self.flaky, &self.rerun, self.style)?;
        write_run_failures(&mut self.out, totals, self.style)?;
        let gap = if self.verbosity == Verbosity::Quiet { "" } else { "\n" };
        writeln!(self.out, "{gap}{}", summary(totals, duration, self.style))?;
        self.out.flush()
    }
}

/// Writes why scenarios are flaky, and then the failures.
pub(super) fn write_failures(
    out: &mut impl Write,
    failed: &[Arc<ScenarioRecord>],
    flaky: &[Arc<ScenarioRecord>],
    rerun: &RerunCommand,
    style: Style,
) -> io::Result<()> {
    for record in flaky {
        let heading = style.warning("flaky");
        let name = record.scenario.one_line_name();
        let attempts = record.attempts.len();
        write!(out, "\n{heading}: {name}: passed on attempt {attempts}, failed first ")?;
        writeln!(out, "{}", first_failure(record))?;
        writeln!(out, " {} {}", style.dim("-->"), record.location())?;
    }
    for record in failed {
        writeln!(out, "\n{}", render_failure(record, &rerun.of(record), style))?;
    }
    Ok(())
}

/// Describes the failure of the first attempt: that of the step, or else of a hook.
fn first_failure(record: &ScenarioRecord) -> String {
    let first_line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let Some(first) = record.attempts.first() else { return String::new() };
    match (first.deciding_step(), first.failures.first()) {
        (Some((index, result)), failure) if failure.is_none() || result.outcome.is_failure() => {
            let step = record.scenario.steps.get(index).map_or("", |step| &step.text);
            format!("at {step:?}: {}", first_line(&result.outcome.to_string()))
        }
        (_, Some(failure)) => format!("around its steps: {}", first_line(&failure.to_string())),
        (..) => "without a failed step".to_owned(),
    }
}

/// Writes the failures outside of any scenario, and the leaks.
pub(super) fn write_run_failures(
    out: &mut impl Write,
    totals: &Totals,
    style: Style,
) -> io::Result<()> {
    for failure in &totals.failures {
        writeln!(out, "\n{}", render_hook_failure(failure, totals.hook_of(failure), style))?;
    }
    for leak in &totals.leaks {
        writeln!(out, "\n{}", render_leak(leak, style))?;
    }
    Ok(())
}
