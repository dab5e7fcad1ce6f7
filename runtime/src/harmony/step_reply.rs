//! What a serve answers to `executeStep`, read leniently: replies of every known serve fit.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::contract::member;
use super::time_stamp;
use crate::model::{CodePlace, Failure, FailureKind, LogLevel, LogRecord, Outcome};

/// A step as another process saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReply {
    /// What came of it.
    pub outcome: Outcome,
    /// What it gives later steps.
    pub context: Vec<(String, String)>,
    /// What it logged.
    pub logs: Vec<LogRecord>,
}

impl StepReply {
    /// Reads the result of `executeStep`; `limit` is the time the step had.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn from_result(result: &Value, limit: Duration) -> Result<Self, String> {
        let object = result
            .as_object()
            .ok_or_else(|| format!("the result of executeStep must be an object, not {result}"))?;
        let logs = member(object, "logs").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let logs: Vec<LogRecord> = logs.iter().filter_map(read_log).collect();
        let outcome = match member(object, "success").and_then(truth) {
            Some(true) => Outcome::Passed,
            _ => outcome(object, &logs, limit),
        };
        let mut context = Vec::new();
        if let Some(told) = member(object, "context").and_then(Value::as_object) {
            for (name, value) in told {
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

/// `true`, `"true"` and numbers other than 0, as the field's runner takes them.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

fn outcome(object: &Map<String, Value>, logs: &[LogRecord], limit: Duration) -> Outcome {
    let data = member(object, "data").and_then(Value::as_object);
    let of_data = |name: &str| data.and_then(|data| member(data, name)).and_then(Value::as_str);
    let error = member(object, "error").and_then(Value::as_str).unwrap_or_default();
    let logged = || logs.iter().rev().find(|log| log.level == LogLevel::Error);
    // The C++ serve says only this and keeps the reason in its log.
    let error = match error.trim() {
        "" | "Step execution failed" => logged().map_or(error, |log| log.message.as_str()),
        _ => error,
    };
    let reason = of_data("reason").map(str::to_owned);
    let undefined = || Outcome::Undefined { near: Vec::new(), snippet: String::new() };
    match of_data("outcome") {
        Some("skipped") => return Outcome::Skipped { reason },
        Some("pending") => return Outcome::Pending { reason },
        Some("undefined") => return undefined(),
        _ => {}
    }
    if error.contains("No matching step definition") || error.contains("Step not found") {
        return undefined();
    }
    if error.starts_with("Step execution timeout") {
        let ms = data.and_then(|data| member(data, "timeoutMs")).and_then(Value::as_u64);
        return Outcome::TimedOut { limit: ms.map_or(limit, Duration::from_millis) };
    }
    let place = of_data("place").and_then(|place| {
        let (file, line) = place.rsplit_once(':')?;
        Some(CodePlace { file: file.to_owned(), line: line.parse().ok()? })
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
    // With a place or causes the message alone: the error text already names them.
    let message = match of_data("exceptionMessage") {
        Some(message) if place.is_some() || !causes.is_empty() => message,
        _ if error.is_empty() => "the step failed and its process gave no reason",
        _ => error,
    };
    let mut failure = Failure::new(kind, message);
    (failure.place, failure.causes) = (place, causes);
    Outcome::Failed(failure)
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
    let time = member(entry, "timestamp").and_then(Value::as_str).and_then(time_stamp::read);
    Some(LogRecord {
        time: time.unwrap_or_else(SystemTime::now),
        level,
        message: member(entry, "message")?.as_str()?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(result: Value) -> StepReply {
        StepReply::from_result(&result, Duration::from_secs(30)).unwrap()
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
        assert_eq!(failed(json!({})), "the step failed and its process gave no reason");
        let cpp = json!({"success": false, "error": "Step execution failed",
            "logs": [{"Timestamp": "", "Level": 4, "Message": "why"}]});
        assert_eq!(failed(cpp), "why");
    }

    #[test]
    fn a_missing_definition_is_undefined_in_every_serve() {
        for result in [
            json!({"success": false, "error": "No matching step definition found for: [Given] x"}),
            json!({"success": false, "error": "Step execution failed",
                "logs": [{"Level": 4, "Message": "Step not found: x"}]}),
            json!({"success": false, "data": {"outcome": "undefined"}}),
        ] {
            assert!(matches!(read(result).outcome, Outcome::Undefined { .. }));
        }
    }

    #[test]
    fn our_own_outcomes_come_back_as_they_went() {
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
