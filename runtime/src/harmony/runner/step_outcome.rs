//! The results of a step in its processes, and the outcome of the step.

use std::time::{Duration, Instant, SystemTime};

use super::verdict::{CombinationVerdict, ProcessShare};
use crate::harmony::plan::config::OWN_PLATFORM;
use crate::harmony::plan::label::ProcessLabel;
use crate::harmony::plan::mode::Mode;
use crate::harmony::process::error::{Conduct, ProcessError};
use crate::harmony::process::scenario_context::ScenarioContext;
use crate::model::{
    Failure, FailureKind, LogLevel, LogRecord, Outcome, ProcessStepResult, StepResult, Tag,
};
use crate::schedule::allowed_skip;

/// The result of a step in one process.
#[derive(Debug)]
pub(super) struct ProcessAnswer {
    pub(super) process: ProcessLabel,
    pub(super) platform: String,
    pub(super) outcome: Outcome,
    pub(super) conduct: Conduct,
    pub(super) started: Instant,
    pub(super) duration: Duration,
    pub(super) logs: Vec<LogRecord>,
}

impl ProcessAnswer {
    /// Returns the process with its platform.
    pub(super) fn label(&self) -> String {
        format!("{} ({})", self.process, self.platform)
    }

    pub(super) fn log(&mut self, level: LogLevel, message: String) {
        self.logs.push(LogRecord { time: SystemTime::now(), level, message });
    }
}

/// The outcome of a step.
#[derive(Debug)]
pub(super) struct StepOutcome {
    pub(super) outcome: Outcome,
    /// Empty if the runner itself executed the step.
    answers: Vec<ProcessAnswer>,
    /// The messages of the runner, in addition to the logs of the processes.
    logs: Vec<LogRecord>,
}

impl StepOutcome {
    /// Returns the outcome of a step in these processes: that of the first one that did not pass.
    pub(super) fn from_answers(answers: Vec<ProcessAnswer>) -> Self {
        let failed = answers.iter().find(|answer| !answer.outcome.is_passed());
        let outcome = failed.map_or(Outcome::Passed, |answer| answer.outcome.clone());
        Self { outcome, answers, logs: Vec::new() }
    }

    /// Returns the outcome of a step that the runner executed.
    pub(super) fn from_result(result: Result<(), ProcessError>) -> Self {
        let outcome = result.map_or_else(|error| failure(error.to_string()), |()| Outcome::Passed);
        Self { outcome, answers: Vec::new(), logs: Vec::new() }
    }

    /// Returns the outcome of a step that was not executed, for a reason that does not fail it.
    pub(super) fn not_executed(reason: String) -> Self {
        let mut outcome = Self::from_result(Ok(()));
        outcome.log(LogLevel::Info, reason);
        outcome
    }

    pub(super) fn failed(message: String) -> Self {
        Self { outcome: failure(message), answers: Vec::new(), logs: Vec::new() }
    }

    pub(super) fn log(&mut self, level: LogLevel, message: String) {
        self.logs.push(LogRecord { time: SystemTime::now(), level, message });
    }

    /// Returns whether a process executed it, and not the runner.
    pub(super) fn has_answers(&self) -> bool {
        !self.answers.is_empty()
    }

    /// Returns the answers that did not pass.
    pub(super) fn failures(&self) -> Vec<&ProcessAnswer> {
        self.answers.iter().filter(|answer| !answer.outcome.is_passed()).collect()
    }

    /// Returns whether everything that did not pass failed with this reason.
    pub(super) fn all_failed_with(&self, reason: &str) -> bool {
        let has_reason = |outcome: &Outcome| matches!(outcome, Outcome::Failed(failure) if failure.message.contains(reason));
        has_reason(&self.outcome)
            && self.failures().iter().all(|answer| has_reason(&answer.outcome))
    }

    /// Skips a step that is not implemented, if a scenario with these tags allows it.
    pub(super) fn allow_skipped(&mut self, tags: &[Tag], mode: Mode) {
        if mode == Mode::Strict
            && let Some(reason) = allowed_skip(&self.outcome, tags)
        {
            self.outcome = Outcome::skip(reason);
        }
    }

    /// Marks the step as one that a process does not support.
    pub(super) fn set_unsupported(&mut self, reason: &str) {
        self.outcome = Outcome::Unsupported { reason: reason.to_owned() };
    }

    /// Returns the verdict of a scenario that ends with this step, counted from 0.
    pub(super) fn verdict(&self, step: usize, mode: Mode) -> CombinationVerdict {
        if mode == Mode::Compat {
            // In the reference runner an unsupported step fails like any other.
            return CombinationVerdict::Failed(format!("step {}: {}", step + 1, self.outcome));
        }
        if let Outcome::Skipped { reason: Some(reason) } = &self.outcome
            && self.failures().iter().any(|answer| answer.outcome.kind() != self.outcome.kind())
        {
            return CombinationVerdict::Skipped(format!("step {}: {reason}", step + 1));
        }
        let shares = self.answers.iter().map(|answer| ProcessShare {
            label: answer.label(),
            is_own: answer.platform == OWN_PLATFORM,
            outcome: &answer.outcome,
        });
        CombinationVerdict::of_step(step, &self.outcome, &shares.collect::<Vec<_>>())
    }

    /// Converts the outcome for reports: one part per process, and the logs of all with their labels.
    pub(super) fn into_result(self, started: Instant, context: &ScenarioContext<'_>) -> StepResult {
        let Self { outcome, answers, logs: own } = self;
        let mut logs = Vec::new();
        for answer in &answers {
            let label = answer.label();
            logs.extend(answer.logs.iter().map(|log| LogRecord {
                message: format!("[{label}] {}", log.message),
                ..log.clone()
            }));
        }
        logs.extend(own);
        let parts = answers.into_iter().map(|answer| ProcessStepResult {
            process: context.label_in_lane(&answer.label()).into(),
            started: answer.started.saturating_duration_since(context.run_began),
            duration: answer.duration,
            outcome: answer.outcome,
            logs: answer.logs,
        });
        StepResult {
            duration: started.elapsed(),
            logs,
            per_process: parts.collect(),
            ..StepResult::instant(outcome, started.saturating_duration_since(context.run_began))
        }
    }
}

/// Returns the reason why a step did not pass, as text.
pub(super) fn reason(outcome: &Outcome, text: &str) -> String {
    match outcome {
        Outcome::Failed(failure) => failure.to_string(),
        Outcome::Undefined { .. } => format!("No matching step definition found for: {text}"),
        Outcome::TimedOut { limit } => {
            format!("Step execution timeout after {} ms", limit.as_millis())
        }
        Outcome::Skipped { reason: Some(reason) } | Outcome::Pending { reason: Some(reason) } => {
            format!("{}: {reason}", outcome.as_str())
        }
        other => other.as_str().to_owned(),
    }
}

pub(super) fn failure(message: String) -> Outcome {
    Outcome::Failed(Failure::new(FailureKind::Error, message))
}
