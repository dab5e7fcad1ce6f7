//! The messages of which a run writes most, as types: a tree of JSON values would cost several times as
//! much.

use std::time::Duration;

use serde::Serialize;

use super::lines::{Id, Time, duration, number_as_text};
use crate::model::{Failure, FailureKind, Outcome};

/// The start of an attempt at a test case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestCaseStarted {
    pub(super) id: Id,
    pub(super) test_case_id: Id,
    pub(super) attempt: usize,
    #[serde(serialize_with = "number_as_text")]
    pub(super) worker_id: u64,
    pub(super) timestamp: Time,
}

/// The end of an attempt at a test case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestCaseFinished {
    pub(super) test_case_started_id: Id,
    pub(super) timestamp: Time,
    pub(super) will_be_retried: bool,
}

/// The start of a step or hook of a test case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestStepStarted {
    pub(super) test_case_started_id: Id,
    pub(super) test_step_id: Id,
    pub(super) timestamp: Time,
}

/// The end of a step or hook of a test case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestStepFinished {
    pub(super) test_case_started_id: Id,
    pub(super) test_step_id: Id,
    pub(super) test_step_result: ResultMessage,
    pub(super) timestamp: Time,
}

/// The result of a step or hook.
#[derive(Debug, Serialize)]
pub(super) struct ResultMessage {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<Exception>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<Time>,
}

/// A failure as an exception of the protocol.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Exception {
    #[serde(rename = "type")]
    kind: &'static str,
    message: String,
    /// The full text.
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_trace: Option<String>,
}

impl ResultMessage {
    /// Creates a result that has a status only.
    pub(super) fn new(status: &'static str) -> Self {
        Self { status, message: None, exception: None, duration: None }
    }

    /// Creates the result of an outcome; `location` is appended to the message of a failure.
    pub(super) fn of(outcome: &Outcome, location: &str) -> Self {
        match outcome {
            Outcome::Passed => Self::new("PASSED"),
            Outcome::Failed(failure) => Self::of_failure(failure, format!("{outcome}{location}")),
            Outcome::Skipped { reason } => Self::with_reason("SKIPPED", "skipped", reason.clone()),
            Outcome::Unsupported { reason } => {
                Self::with_reason("SKIPPED", "unsupported", Some(reason.clone()))
            }
            Outcome::Pending { reason } => Self::with_reason("PENDING", "pending", reason.clone()),
            Outcome::Undefined { .. } => Self::new("UNDEFINED"),
            Outcome::Ambiguous { .. } => {
                Self { message: Some(outcome.to_string()), ..Self::new("AMBIGUOUS") }
            }
            Outcome::TimedOut { .. } => {
                Self::with_reason("FAILED", "timed out", Some(outcome.to_string()))
            }
        }
    }

    /// Creates the result of a failure; `message` is its full text.
    pub(super) fn of_failure(failure: &Failure, message: String) -> Self {
        let exception = Some(Exception::new(failure, &message));
        Self { message: Some(message), exception, ..Self::new("FAILED") }
    }

    /// Adds a duration.
    pub(super) fn with_duration(self, took: Duration) -> Self {
        Self { duration: Some(duration(took)), ..self }
    }

    /// Other implementations report a reason as an exception, and readers expect one.
    fn with_reason(status: &'static str, kind: &'static str, reason: Option<String>) -> Self {
        let exception =
            reason.clone().map(|message| Exception { kind, message, stack_trace: None });
        Self { message: reason, exception, ..Self::new(status) }
    }
}

impl Exception {
    /// Creates the exception of a failure; `trace` is the full text.
    pub(super) fn new(failure: &Failure, trace: &str) -> Self {
        let kind = match failure.kind {
            FailureKind::Error => "error",
            FailureKind::Panic => "panic",
            FailureKind::Argument => "argument",
            FailureKind::State => "state",
        };
        Self { kind, message: failure.message.clone(), stack_trace: Some(trace.to_owned()) }
    }
}
