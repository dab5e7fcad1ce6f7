//! The output of Rust's test harness, for tools that read it: each scenario is a test.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::diagnostic::{render_failure, render_hook_failure, render_leak};
use super::output_filter::OutputFilter;
use super::shared_output::write_shared_output;
use crate::model::Event;
use crate::report::problem::reason;
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Style, Totals};
use crate::text::{pluralize, shell_quote};

/// The format of a [`Libtest`] report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LibtestFormat {
    /// A line for each test.
    #[default]
    Pretty,
    /// A character for each test.
    Terse,
}

/// The treatment of what passed scenarios print.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PassedOutput {
    /// It is dropped.
    #[default]
    Hidden,
    /// It is part of the report: `--show-output`.
    Shown,
}

/// Returns what the steps of the last attempt printed.
pub(super) fn captured_output(record: &ScenarioRecord) -> String {
    record.last().into_iter().flat_map(|attempt| &attempt.results).map(|r| &*r.output).collect()
}

/// Returns the failure of the test of this name.
pub(super) fn failure_text(record: &ScenarioRecord, name: &str, style: Style) -> String {
    match record.status() {
        ScenarioStatus::Flaky => {
            let (error, reason) = (style.failure("error:"), reason(record));
            format!("{error} flaky: {reason}\n  = rerun: {}\n", rerun_test(name))
        }
        _ => render_failure(record, &rerun_test(name), style, None),
    }
}

/// Returns the command that runs the test of this name.
fn rerun_test(name: &str) -> String {
    let program = std::env::args().next().unwrap_or_default();
    format!("{} --exact {}", shell_quote(&program), shell_quote(name))
}

/// Writes a run as Rust's test harness does.
#[derive(Debug)]
pub struct Libtest<W> {
    out: OutputFilter<W>,
    style: Style,
    format: LibtestFormat,
    /// The name of each scenario, by its number.
    names: Vec<String>,
    filtered_out: usize,
    failed: Vec<Arc<ScenarioRecord>>,
    passed_output: PassedOutput,
    passed: Vec<Arc<ScenarioRecord>>,
}

impl<W: Write> Libtest<W> {
    /// Creates a report written to `out`. `names` are the names of the selected scenarios, and
    /// `filtered_out` is the number of scenarios that were not selected.
    pub fn new(
        out: W,
        style: Style,
        format: LibtestFormat,
        names: Vec<String>,
        filtered_out: usize,
    ) -> Self {
        Self {
            out: OutputFilter::new(out, style),
            style,
            format,
            names,
            filtered_out,
            failed: Vec::new(),
            passed_output: PassedOutput::default(),
            passed: Vec::new(),
        }
    }

    /// Sets the treatment of what passed scenarios print; it is hidden by default.
    #[must_use]
    pub fn passed_output(mut self, passed_output: PassedOutput) -> Self {
        self.passed_output = passed_output;
        self
    }

    /// Writes what the passed scenarios printed.
    fn write_passed_output(&mut self) -> io::Result<()> {
        self.passed.sort_by_key(|record| record.number);
        if self.passed.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\nsuccesses:")?;
        for record in &self.passed {
            let name = self.names.get(record.number).map_or("", String::as_str);
            writeln!(self.out, "\n---- {name} stdout ----\n{}", captured_output(record))?;
        }
        writeln!(self.out, "\nsuccesses:")?;
        for record in &self.passed {
            writeln!(self.out, "    {}", self.names.get(record.number).map_or("", String::as_str))?;
        }
        Ok(())
    }
}

impl<W: Write> Report for Libtest<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunStarted { scenarios, .. } = event {
            writeln!(self.out, "\nrunning {}", pluralize(*scenarios, "test"))?;
        }
        Ok(())
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        let (word, mark) = match record.status() {
            ScenarioStatus::Passed => (self.style.success("ok"), "."),
            ScenarioStatus::Flaky if record.fails_run() => {
                (self.style.failure("FAILED (flaky)"), "F")
            }
            ScenarioStatus::Flaky => (self.style.warning("ok (flaky)"), "~"),
            ScenarioStatus::Skipped | ScenarioStatus::Interrupted => {
                (self.style.warning("ignored"), "i")
            }
            ScenarioStatus::Failed => (self.style.failure("FAILED"), "F"),
        };
        if record.fails_run() {
            self.failed.push(Arc::clone(record));
        } else if self.passed_output == PassedOutput::Shown && !captured_output(record).is_empty() {
            self.passed.push(Arc::clone(record));
        }
        match self.format {
            LibtestFormat::Pretty => {
                let name = self.names.get(record.number).map_or("", String::as_str);
                write!(self.out, "test {name} ... {word}")?;
                if let Some((_, result)) = record.deciding_step()
                    && let Some(reason) = result.outcome.skip_reason()
                {
                    write!(self.out, ", {reason}")?;
                }
                writeln!(self.out)?;
            }
            LibtestFormat::Terse => write!(self.out, "{mark}")?,
        }
        self.out.flush()
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        if self.format == LibtestFormat::Terse {
            writeln!(self.out)?;
        }
        self.write_passed_output()?;
        self.failed.sort_by_key(|record| record.number);
        if !self.failed.is_empty() {
            writeln!(self.out, "\nfailures:")?;
        }
        for record in &self.failed {
            let name = self.names.get(record.number).map_or("", String::as_str);
            let text = failure_text(record, name, self.style);
            writeln!(self.out, "\n---- {name} ----\n{text}")?;
        }
        let all = self.passed_output == PassedOutput::Shown;
        write_shared_output(&mut self.out, totals, &self.failed, all, self.style)?;
        for failure in &totals.failures {
            writeln!(
                self.out,
                "\n{}",
                render_hook_failure(failure, totals.hook_of(failure), self.style, None)
            )?;
        }
        for leak in &totals.leaks {
            writeln!(self.out, "\n{}", render_leak(leak, self.style, None))?;
        }
        if !self.failed.is_empty() {
            writeln!(self.out, "\nfailures:")?;
        }
        for record in &self.failed {
            writeln!(self.out, "    {}", self.names.get(record.number).map_or("", String::as_str))?;
        }
        if totals.interrupted {
            let count = pluralize(totals.not_run(), "test");
            writeln!(self.out, "\nerror: interrupted before all tests ran: {count} not run")?;
        }
        if totals.has_failing_flaky() {
            writeln!(self.out, "\nerror: flaky tests fail this run: {}", totals.flaky)?;
        }
        let passed = totals.is_without_failure();
        let result = if passed { self.style.success("ok") } else { self.style.failure("FAILED") };
        writeln!(
            self.out,
            "\ntest result: {result}. {} passed; {} failed; {} ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
            totals.passed + totals.flaky + totals.failed - totals.failing(),
            totals.failing(),
            totals.skipped,
            self.filtered_out,
            duration.as_secs_f64()
        )?;
        self.out.flush()
    }
}
