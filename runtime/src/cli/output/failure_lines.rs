//! The reasons of failures, one line each, for tools that search standard error for them.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::report::{Report, ScenarioRecord, ScenarioStatus, Totals};

/// Collects the reason of each failed scenario.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct FailureLines(Rc<RefCell<Vec<String>>>);

impl FailureLines {
    /// Writes the reasons as Rust's `main` writes an error: nextest copies such a line into its JUnit
    /// report.
    ///
    /// # Errors
    /// Returns an error if `out` cannot be written.
    pub(in crate::cli) fn write_to(&self, mut out: impl Write) -> io::Result<()> {
        self.0.borrow().iter().try_for_each(|line| writeln!(out, "Error: {line}"))
    }
}

impl Report for FailureLines {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        if record.status() == ScenarioStatus::Flaky && record.fails_run() {
            self.0.borrow_mut().push("passed on a retry, which fails this run".to_owned());
        }
        if record.status() == ScenarioStatus::Failed {
            let step = record.deciding_step().map(|(_, result)| result.outcome.to_string());
            let failures = record.last().into_iter().flat_map(|attempt| &attempt.failures);
            let reasons = step.into_iter().chain(failures.map(|failure| failure.message.clone()));
            let reason = reasons.map(|r| r.lines().next().unwrap_or_default().to_owned()).next();
            self.0.borrow_mut().push(reason.unwrap_or_else(|| "failed".to_owned()));
        }
        Ok(())
    }

    fn on_run_finished(&mut self, _totals: &Totals, _duration: Duration) -> io::Result<()> {
        Ok(())
    }
}
