//! Reading the result of `executeStep`, leniently: results of every known serve can be read.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use crate::harmony::protocol::dotnet;
use crate::harmony::protocol::members::{member, truth};
use crate::model::{Failure, FailureKind, LogLevel, LogRecord, Outcome, SourceLocation};
use crate::text::parse_timestamp;

/// The result of a step in another process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepResponse {
    /// The outcome.
    pub outcome: Outcome,
    /// The values for later steps.
    pub context: Vec<(String, String)>,
    /// The log.
    pub logs: Vec<LogRecord>,
}

/// The message of a failure whose process gave none.
pub const NO_REASON: &str = "the step failed and its process gave no reason";

/// A result of `executeStep` that is not an object.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the result of executeStep must be an object, not {0}")]
pub struct NotAResult(Value);

impl StepResponse {
    /// Reads the result of `executeStep`; `limit` is the time limit of the step.
    ///
    /// # Errors
    /// [`NotAResult`] if it is not an object.
    pub fn from_result(result: &Value, limit: Duration) -> Result<Self, NotAResult> {
        let object = result.as_object().ok_or_else(|| NotAResult(result.clone()))?;
        let logs = member(object, "logs").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let logs: Vec<LogRecord> = logs.iter().filter_map(read_log).collect();
        let outcome = match member(object, "success").and_then(truth) {
            Some(true) => Outcome::Passed,
            _ => outcome(object, &logs, limit),
        };
        let mut context = Vec::new();
        if let Some(values) = member(object, "context").and_then(Value::as_object) {
            for (name, value) in values {
                match value {
                    Value::String(text) => context.push((name.clone(), text.clone())),
                    Value::Number(_) | Value::Bool(_) => {
                        context.push((name.clone(), value.to_string()));
                    }
                    _ => {}
                }
            }
        }
        Ok(Self { outcome, context, logs })
    }
}

fn outcome(object: &Map<String, Value>, logs: &[LogRecord], limit: Duration) -> Outcome {
    let data = member(object, "data").and_then(Value::as_object);
    let of_data = |name: &str| data.and_then(|data| member(data, name)).and_then(Value::as_str);
    let error = member(object, "error").and_then(dotnet::text).unwrap_or_default();
    // The C++ serve returns this sentence alone and writes the reason into its log.
    let is_in_log = matches!(error.trim(), "" | "Step execution failed");
    let logged_error = || logs.iter().rev().find(|log| log.level == LogLevel::Error);
    let error = match is_in_log {
        true => logged_error().map_or(error.as_str(), |log| log.message.as_str()),
        false => error.as_str(),
    };
    let reason = of_data("reason").map(str::to_owned);
    let undefined = || Outcome::Undefined { suggestions: Vec::new(), snippet: String::new() };
    match of_data("outcome") {
        Some("skipped") => return Outcome::Skipped { reason },
        Some("pending") => return Outcome::Pending { reason },
        Some("undefined") => return undefined(),
        _ => {}
    }
    // It logs a missing definition as information.
    if is_missing_definition(error)
        || (is_in_log && logs.iter().any(|log| is_missing_definition(&log.message)))
    {
        return undefined();
    }
    if error.starts_with("Step execution timeout") {
        let ms = data.and_then(|data| member(data, "timeoutMs")).and_then(Value::as_u64);
        return Outcome::TimedOut { limit: ms.map_or(limit, Duration::from_millis) };
    }
    let location = of_data("place").and_then(|location| {
        let (file, line) = location.rsplit_once(':')?;
        Some(SourceLocation { file: file.to_owned(), line: line.parse().ok()? })
    });
    let kind = match of_data("exceptionType") {
        Some("panic") => FailureKind::Panic,
        Some("argument") => FailureKind::Argument,
        Some("state") => FailureKind::State,
        _ => FailureKind::Error,
    };
    let causes = data.and_then(|data| member(data, "causes")).and_then(Value::as_array);
    let causes = causes.map_or(&[][..], Vec::as_slice);
    let causes: Vec<_> = causes.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    // With a location or causes the message alone: the error text already contains them.
    let message = match of_data("exceptionMessage") {
        Some(message) if location.is_some() || !causes.is_empty() => message,
        _ if error.is_empty() => NO_REASON,
        _ => error,
    };
    let mut failure = Failure::new(kind, message);
    (failure.location, failure.causes) = (location, causes);
    Outcome::Failed(failure)
}

fn is_missing_definition(text: &str) -> bool {
    text.contains("No matching step definition") || text.contains("Step not found")
}

fn read_log(entry: &Value) -> Option<LogRecord> {
    let entry = entry.as_object()?;
    let level = match member(entry, "level") {
        Some(Value::Number(number)) => match number.as_u64() {
            Some(0) => LogLevel::Trace,
            Some(1) => LogLevel::Debug,
            Some(3) => LogLevel::Warn,
            Some(4 | 5) => LogLevel::Error,
            _ => LogLevel::Info,
        },
        Some(Value::String(word)) => match word.to_ascii_lowercase().as_str() {
            "trace" => LogLevel::Trace,
            "debug" => LogLevel::Debug,
            "warning" | "warn" => LogLevel::Warn,
            "error" | "critical" | "fatal" => LogLevel::Error,
            _ => LogLevel::Info,
        },
        _ => LogLevel::Info,
    };
    let time = member(entry, "timestamp").and_then(Value::as_str).and_then(parse_timestamp);
    Some(LogRecord {
        time: time.unwrap_or_else(SystemTime::now),
        level,
        message: member(entry, "message").and_then(dotnet::text).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(result: Value) -> StepResponse {
        StepResponse::from_result(&result, Duration::from_secs(30)).unwrap()
    }

    #[test]
    fn replies_of_every_serve_are_read() {
        for passed in [
            json!({"success": true, "error": null, "context": {}, "logs": []}),
            json!({"Success": true, "Context": {}, "Logs": null}),
            json!({"SUCCESS": "true"}),
            json!({"success": 1, "data": {}}),
        ] {
            assert_eq!(read(passed).outcome, Outcome::Passed);
        }
        let failed = |result| match read(result).outcome {
            Outcome::Failed(failure) => failure.message,
            other => panic!("{other:?}"),
        };
        assert_eq!(failed(json!({"success": false, "error": "why"})), "why");
        assert_eq!(failed(json!({})), NO_REASON);
        let cpp = json!({"success": false, "error": "Step execution failed",
            "logs": [{"Timestamp": "", "Level": 4, "Message": "why"}]});
        assert_eq!(failed(cpp), "why");
        assert_eq!(failed(json!({"success": false, "error": 5})), "5");
        assert_eq!(failed(json!({"success": false, "error": true})), "True");
    }

    #[test]
    fn a_missing_definition_is_undefined_in_every_serve() {
        for result in [
            json!({"success": false, "error": "No matching step definition found for: [Given] x"}),
            json!({"success": false, "error": "Step execution failed",
                "logs": [{"Level": 4, "Message": "Step not found: x"}]}),
            json!({"success": false, "error": "Step execution failed",
                "logs": [{"Level": 2, "Message": "[StepRegistry] Step not found: x"},
                    {"Level": 2, "Message": "done"}]}),
            json!({"success": false, "data": {"outcome": "undefined"}}),
        ] {
            assert!(matches!(read(result).outcome, Outcome::Undefined { .. }));
        }
    }

    #[test]
    fn a_log_does_not_make_a_step_with_a_reason_undefined() {
        let result = json!({"success": false, "error": "wrong size",
            "logs": [{"Level": 2, "Message": "Step not found: another"}]});
        let Outcome::Failed(failure) = read(result).outcome else { panic!() };
        assert_eq!(failure.message, "wrong size");
    }

    #[test]
    fn own_outcomes_are_decoded_as_they_were_encoded() {
        let reason = Some("later".to_owned());
        let pending = json!({"success": false, "data": {"outcome": "pending", "reason": "later"}});
        assert_eq!(read(pending).outcome, Outcome::Pending { reason });
        let late = json!({"success": false, "error": "Step execution timeout after 5 ms",
            "data": {"timeoutMs": 5}});
        assert_eq!(read(late).outcome, Outcome::TimedOut { limit: Duration::from_millis(5) });
        let panic = json!({"success": false, "error": "m (panicked at a.rs:3)", "data":
            {"exceptionType": "panic", "exceptionMessage": "m", "place": "a.rs:3"}});
        let Outcome::Failed(failure) = read(panic).outcome else { panic!() };
        assert_eq!(failure.to_string(), "m (panicked at a.rs:3)");
        assert_eq!(failure.kind, FailureKind::Panic);
        let caused = json!({"success": false, "error": "a: b: c", "data":
            {"exceptionType": "error", "exceptionMessage": "a", "causes": ["b", "c"]}});
        let Outcome::Failed(failure) = read(caused).outcome else { panic!() };
        assert_eq!((failure.message.as_str(), failure.causes.join("|")), ("a", "b|c".to_owned()));
    }

    #[test]
    fn context_is_strings() {
        let reply = read(json!({"success": true, "Context": {"a": "x", "b": 1, "c": {}}}));
        assert_eq!(reply.context, [("a".into(), "x".into()), ("b".into(), "1".into())]);
    }
}
