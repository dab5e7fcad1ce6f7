//! The JSON output of Rust's test harness, which development environments read: one event per line.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::libtest::{PassedOutput, captured_output, failure_text};
use crate::model::Event;
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Style, Totals};
use crate::text::{ControlFilter, filter_control};

/// Writes a run as the JSON events of Rust's test harness.
#[derive(Debug)]
pub struct LibtestJson<W> {
    out: W,
    passed_output: PassedOutput,
    /// The name of each scenario, by its number.
    names: Vec<String>,
    filtered_out: usize,
}

impl<W: Write> LibtestJson<W> {
    /// Creates a report written to `out`. `names` are the names of the selected scenarios, and
    /// `filtered_out` is the number of scenarios that were not selected.
    pub fn new(
        out: W,
        passed_output: PassedOutput,
        names: Vec<String>,
        filtered_out: usize,
    ) -> Self {
        Self { out, passed_output, names, filtered_out }
    }

    fn name(&self, number: usize) -> &str {
        self.names.get(number).map_or("", String::as_str)
    }

    fn write(&mut self, event: &Value) -> io::Result<()> {
        writeln!(self.out, "{event}")?;
        self.out.flush()
    }
}

/// Writes the events that list the tests instead of running them.
///
/// # Errors
/// Returns an error if `out` cannot be written.
pub fn write_libtest_discovery(out: &mut impl Write, names: &[String]) -> io::Result<()> {
    writeln!(out, "{}", json!({ "type": "suite", "event": "discovery" }))?;
    for name in names {
        let event = json!({
            "type": "test",
            "event": "discovered",
            "name": name,
            "ignore": false,
            "ignore_message": "",
        });
        writeln!(out, "{event}")?;
    }
    let count = names.len();
    let event = json!({
        "type": "suite",
        "event": "completed",
        "tests": count,
        "benchmarks": 0,
        "total": count,
        "ignored": 0,
    });
    writeln!(out, "{event}")
}

impl<W: Write> Report for LibtestJson<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { scenarios, .. } => {
                self.write(&json!({ "type": "suite", "event": "started", "test_count": scenarios }))
            }
            Event::ScenarioStarted { number, attempt: 0, .. } => {
                let event =
                    json!({ "type": "test", "event": "started", "name": self.name(*number) });
                self.write(&event)
            }
            _ => Ok(()),
        }
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        let name = self.name(record.number);
        let status = record.status();
        let word = match status {
            ScenarioStatus::Flaky if record.fails_run() => "failed",
            ScenarioStatus::Passed | ScenarioStatus::Flaky => "ok",
            ScenarioStatus::Skipped | ScenarioStatus::Interrupted => "ignored",
            ScenarioStatus::Failed => "failed",
        };
        let mut event = json!({
            "type": "test",
            "name": name,
            "event": word,
            "exec_time": record.duration().as_secs_f64(),
        });
        let stdout = match (record.fails_run(), self.passed_output) {
            // It contains what the failed step printed.
            (true, _) => failure_text(record, name, Style::PLAIN) + "\n",
            (_, PassedOutput::Shown) => captured_output(record),
            (_, PassedOutput::Hidden) => String::new(),
        };
        if !stdout.is_empty() {
            event["stdout"] = filter_control(&stdout, ControlFilter::RemoveAll).into();
        }
        if let Some((_, result)) = record.deciding_step()
            && let Some(reason) = result.outcome.skip_reason()
        {
            event["message"] = reason.to_string().into();
        }
        self.write(&event)
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        let passed = totals.is_without_failure();
        self.write(&json!({
            "type": "suite",
            "event": if passed { "ok" } else { "failed" },
            "passed": totals.passed + totals.flaky + totals.failed - totals.failing(),
            "failed": totals.failing(),
            "ignored": totals.skipped,
            "measured": 0,
            "filtered_out": self.filtered_out,
            "exec_time": duration.as_secs_f64(),
        }))
    }
}
