//! What the processes made of a step, and what the step came to by that.

use std::time::{Duration, Instant, SystemTime};

use super::config::OWN_PLATFORM;
use super::peer::Scene;
use super::verdict::{Share, Verdict};
use crate::model::{Failure, FailureKind, LogLevel, LogRecord, Outcome, StepPart, StepResult};

/// What one process made of a step.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) label: String,
    pub(super) platform: String,
    pub(super) outcome: Outcome,
    pub(super) started: Instant,
    pub(super) duration: Duration,
    pub(super) logs: Vec<LogRecord>,
}

impl Answer {
    /// The process with its platform.
    pub(super) fn who(&self) -> String {
        format!("{} ({})", self.label, self.platform)
    }

    pub(super) fn log(&mut self, level: LogLevel, message: String) {
        self.logs.push(LogRecord { time: SystemTime::now(), level, message });
    }
}

/// What came of a step.
#[derive(Debug)]
pub(super) struct Performed {
    pub(super) outcome: Outcome,
    /// None where the runner itself carried the step out.
    answers: Vec<Answer>,
    /// What the runner has to say beside what the processes logged.
    logs: Vec<LogRecord>,
}

impl Performed {
    /// A step of these processes; its outcome is that of the first that did not pass.
    pub(super) fn by(answers: Vec<Answer>) -> Self {
        let bad = answers.iter().find(|answer| !answer.outcome.is_passed());
        let outcome = bad.map_or(Outcome::Passed, |answer| answer.outcome.clone());
        Self { outcome, answers, logs: Vec::new() }
    }

    pub(super) fn of(result: Result<(), String>) -> Self {
        let outcome = result.map_or_else(failure, |()| Outcome::Passed);
        Self { outcome, answers: Vec::new(), logs: Vec::new() }
    }

    pub(super) fn failed(message: String) -> Self {
        Self::of(Err(message))
    }

    pub(super) fn log(&mut self, level: LogLevel, message: String) {
        self.logs.push(LogRecord { time: SystemTime::now(), level, message });
    }

    /// Those that did not pass.
    pub(super) fn bad(&self) -> Vec<&Answer> {
        self.answers.iter().filter(|answer| !answer.outcome.is_passed()).collect()
    }

    /// Whether this is the reason of all that did not pass.
    pub(super) fn fails_for(&self, reason: &str) -> bool {
        let is_reason = |outcome: &Outcome| matches!(outcome, Outcome::Failed(failure) if failure.message.contains(reason));
        is_reason(&self.outcome) && self.bad().iter().all(|answer| is_reason(&answer.outcome))
    }

    /// The verdict of a scenario that ends with this step, counted from 0.
    pub(super) fn verdict(&self, step: usize) -> Verdict {
        let shares = self.answers.iter().map(|answer| Share {
            who: answer.who(),
            is_own: answer.platform == OWN_PLATFORM,
            outcome: &answer.outcome,
        });
        Verdict::of_step(step, &self.outcome, &shares.collect::<Vec<_>>())
    }

    /// The same for reports: each process told apart, and what all of them logged with their names.
    pub(super) fn into_result(self, started: Instant, scene: &Scene<'_>) -> StepResult {
        let Self { outcome, answers, logs: own } = self;
        let mut logs = Vec::new();
        for answer in &answers {
            let who = answer.who();
            logs.extend(answer.logs.iter().map(|log| LogRecord {
                message: format!("[{who}] {}", log.message),
                ..log.clone()
            }));
        }
        logs.extend(own);
        let parts = answers.into_iter().map(|answer| StepPart {
            process: process_name(&answer, scene.lane).into(),
            started: answer.started.saturating_duration_since(scene.run_began),
            duration: answer.duration,
            outcome: answer.outcome,
            logs: answer.logs,
        });
        StepResult {
            duration: started.elapsed(),
            logs,
            parts: parts.collect(),
            ..StepResult::instant(outcome, started.saturating_duration_since(scene.run_began))
        }
    }
}

/// A process among those of the scenarios side by side.
fn process_name(answer: &Answer, lane: usize) -> String {
    if lane == 0 { answer.who() } else { format!("{} #{}", answer.who(), lane + 1) }
}

/// Why a step did not pass, in words.
pub(super) fn reason(outcome: &Outcome, text: &str) -> String {
    match outcome {
        Outcome::Failed(failure) => failure.to_string(),
        Outcome::Undefined { .. } => format!("No matching step definition found for: {text}"),
        Outcome::TimedOut { limit } => {
            format!("Step execution timeout after {} ms", limit.as_millis())
        }
        Outcome::Skipped { reason: Some(reason) } | Outcome::Pending { reason: Some(reason) } => {
            format!("{}: {reason}", outcome.word())
        }
        other => other.word().to_owned(),
    }
}

pub(super) fn failure(message: String) -> Outcome {
    Outcome::Failed(Failure::new(FailureKind::Error, message))
}
