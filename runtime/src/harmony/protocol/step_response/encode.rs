//! Writing the result of `executeStep` as JSON.
//!
//! In addition to the members of the reference protocol there is `data`, an addition of this project
//! that other runners ignore: the outcome as a word and, for a step that timed out or failed, the details
//! one by one. [`step_reply`](crate::harmony::protocol::step_response::decode) reads it.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::model::{Candidate, Failure, FailureKind, LogLevel, LogRecord, Outcome};
use crate::text::format_timestamp_micros;

/// The result of `executeStep`.
#[derive(Debug, Clone)]
pub struct ExecuteStepResult<'a> {
    /// The step's text.
    pub text: &'a str,
    /// The outcome.
    pub outcome: &'a Outcome,
    /// The time it took.
    pub duration: Duration,
    /// The log.
    pub logs: &'a [LogRecord],
    /// The values for later steps.
    pub context: &'a [(String, String)],
}

impl ExecuteStepResult<'_> {
    /// Returns the result as JSON text.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(96);
        out.push_str(if self.outcome.is_passed() {
            r#"{"success":true,"error":null,"context":{"#
        } else {
            r#"{"success":false,"error":"#
        });
        if let Some(error) = error_text(self.text, self.outcome) {
            push_json(&mut out, &error);
            out.push_str(r#","context":{"#);
        }
        for (number, (name, value)) in self.context.iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            push_json(&mut out, name);
            out.push(':');
            push_json(&mut out, value);
        }
        out.push_str(r#"},"logs":["#);
        for (number, record) in self.logs.iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            let _ = write!(
                out,
                r#"{{"timestamp":"{}","level":{},"message":"#,
                format_timestamp_micros(record.time),
                level_number(record.level)
            );
            push_json(&mut out, &record.message);
            out.push('}');
        }
        out.push(']');
        if let Some(data) = data(self.text, self.outcome, self.duration) {
            let _ = write!(out, r#","data":{data}"#);
        }
        out.push('}');
        out
    }
}

/// Returns the reason why a step did not pass; `None` if it passed.
fn error_text(text: &str, outcome: &Outcome) -> Option<String> {
    let mut out = String::new();
    match outcome {
        Outcome::Passed => return None,
        Outcome::Failed(failure) => return Some(failure.to_string()),
        Outcome::Skipped { reason } => with_reason(&mut out, "Step skipped", reason),
        Outcome::Unsupported { reason } => {
            let _ = write!(out, "Step not supported: {reason}");
        }
        Outcome::Pending { reason } => with_reason(&mut out, "Step pending", reason),
        Outcome::TimedOut { limit } => {
            let _ = write!(out, "Step execution timeout after {} ms: {text}", limit.as_millis());
        }
        Outcome::Undefined { suggestions: near, .. } => {
            let _ = write!(out, "No matching step definition found for: {text}");
            if !near.is_empty() {
                out.push_str("; near it: ");
                push_candidates(&mut out, near);
            }
        }
        Outcome::Ambiguous { candidates } => {
            let _ = write!(out, "{} step definitions match: {text}; they are: ", candidates.len());
            push_candidates(&mut out, candidates);
        }
    }
    Some(out)
}

fn with_reason(out: &mut String, what: &str, reason: &Option<String>) {
    out.push_str(what);
    if let Some(reason) = reason {
        out.push_str(": ");
        out.push_str(reason);
    }
}

fn push_candidates(out: &mut String, candidates: &[Candidate]) {
    for (number, candidate) in candidates.iter().enumerate() {
        if number > 0 {
            out.push_str(", ");
        }
        let _ = write!(
            out,
            "{:?} ({} at {})",
            candidate.pattern, candidate.function, candidate.location
        );
    }
}

/// Returns the details of an outcome, for runners that use more than the error text.
fn data(text: &str, outcome: &Outcome, duration: Duration) -> Option<Value> {
    let word = outcome.as_str();
    Some(match outcome {
        Outcome::Passed => return None,
        Outcome::TimedOut { limit } => json!({
            "outcome": word,
            "timeoutType": "STEP_EXECUTION_TIMEOUT",
            "timeoutMs": millis(*limit),
            "elapsedMs": millis(duration),
        }),
        Outcome::Failed(Failure { kind, message, causes, location, .. }) => json!({
            "outcome": word,
            "exceptionType": failure_word(*kind),
            "exceptionMessage": message,
            "causes": causes,
            "stepText": text,
            "place": location.as_ref().map(ToString::to_string),
        }),
        Outcome::Skipped { reason } | Outcome::Pending { reason } => {
            json!({"outcome": word, "reason": reason, "stepText": text})
        }
        Outcome::Unsupported { reason } => {
            json!({"outcome": word, "reason": reason, "stepText": text})
        }
        Outcome::Undefined { snippet, .. } => {
            json!({"outcome": word, "stepText": text, "snippet": snippet})
        }
        Outcome::Ambiguous { candidates } => json!({
            "outcome": word,
            "stepText": text,
            "places": candidates.iter().map(|candidate| json!(candidate.location.to_string())).collect::<Value>(),
        }),
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn failure_word(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Error => "error",
        FailureKind::Panic => "panic",
        FailureKind::Argument => "argument",
        FailureKind::State => "state",
    }
}

/// Returns the number of a level in .NET's `LogLevel`, whose names differ from the usual ones.
fn level_number(level: LogLevel) -> u8 {
    match level {
        LogLevel::Trace => 0,
        LogLevel::Debug => 1,
        LogLevel::Info => 2,
        LogLevel::Warn => 3,
        LogLevel::Error => 4,
    }
}

fn push_json(out: &mut String, text: &str) {
    let _ = write!(out, "{}", Value::from(text));
}
