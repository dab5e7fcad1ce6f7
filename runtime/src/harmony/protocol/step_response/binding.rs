//! The types that the reference runner expects in the result of `executeStep`.

use serde_json::{Map, Value};

use crate::harmony::protocol::dotnet;
use crate::harmony::protocol::members::{member, truth};
use crate::harmony::protocol::violation::{ProtocolViolation, excerpt};

/// Returns whether a value binds to a type.
type Binds = fn(&Value) -> bool;

/// Returns every member of the result that does not bind to its type.
pub(in crate::harmony) fn violations(result: &Value) -> Vec<ProtocolViolation> {
    let mut found = Vec::new();
    let Some(object) = result.as_object() else {
        found.push(violation("the result of executeStep", "an object", result));
        return found;
    };
    let mut check = |name: &str, path: &str, expected, binds: Binds| {
        if let Some(value) = member(object, name).filter(|value| !binds(value)) {
            found.push(violation(path, expected, value));
        }
    };
    check("success", "`Success`", "true or false", |value| truth(value).is_some());
    check("error", "`Error`", "text or null", dotnet::is_text);
    check("context", "`Context`", "an object or null", |value| {
        value.is_object() || dotnet::is_missing(value)
    });
    check("logs", "`Logs`", "an array or null", |value| {
        value.is_array() || dotnet::is_missing(value)
    });
    for (name, value) in member(object, "context").and_then(Value::as_object).into_iter().flatten()
    {
        if !dotnet::is_text(value) {
            found.push(violation(
                &format!("`Context.{name}`"),
                "text, a number, true, false or null",
                value,
            ));
        }
    }
    for (number, entry) in
        member(object, "logs").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        match entry.as_object() {
            Some(entry) => found.extend(log_violations(number, entry)),
            None => found.push(violation(&format!("`Logs[{number}]`"), "an object", entry)),
        }
    }
    found
}

fn log_violations(number: usize, entry: &Map<String, Value>) -> Vec<ProtocolViolation> {
    let checks: [(&str, &str, Binds); 3] = [
        ("Timestamp", "a time such as \"2026-01-31T12:00:00Z\"", dotnet::is_date_time),
        (
            "Level",
            "a number from 0 to 6, or one of Trace, Debug, Information, Warning, Error, Critical and None",
            dotnet::is_log_level,
        ),
        ("Message", "text or null", dotnet::is_text),
    ];
    checks
        .into_iter()
        .filter_map(|(name, expected, binds)| {
            let value = member(entry, name).filter(|value| !binds(value))?;
            Some(violation(&format!("`Logs[{number}].{name}`"), expected, value))
        })
        .collect()
}

fn violation(member: &str, expected: &'static str, value: &Value) -> ProtocolViolation {
    ProtocolViolation::Binding {
        member: member.to_owned(),
        expected,
        found: excerpt(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn first(result: &Value) -> Option<String> {
        violations(result).first().map(ToString::to_string)
    }

    #[test]
    fn results_of_the_reference_types_bind() {
        let time = "2026-01-01T00:00:00Z";
        for result in [
            json!({"Success": true, "Error": null, "Context": {}, "Logs": []}),
            json!({}),
            json!({"success": "true", "Extra": {"x": [1]}}),
            json!({"Success": 1, "Context": null, "Logs": null}),
            json!({"Success": false, "Error": 5}),
            json!({"Context": {"a": 3, "b": true, "c": null}}),
            json!({"Logs": [{"Level": 2, "Message": "no time"}]}),
            json!({"Logs": [{"Timestamp": time, "Level": 9, "Message": 5}]}),
        ] {
            assert_eq!(first(&result), None, "{result}");
        }
    }

    #[test]
    fn a_violation_names_the_member_and_its_type() {
        let time = "2026-01-01T00:00:00Z";
        for (result, reason) in [
            (json!(true), "the result of executeStep must be an object, not true"),
            (json!({"Success": "yes"}), "`Success` must be true or false, not \"yes\""),
            (json!({"Success": true, "Error": []}), "`Error` must be text or null, not []"),
            (json!({"Context": [1]}), "`Context` must be an object or null, not [1]"),
            (
                json!({"Context": {"a": {"b": 1}}}),
                "`Context.a` must be text, a number, true, false or null, not {\"b\":1}",
            ),
            (json!({"Logs": {}}), "`Logs` must be an array or null, not {}"),
            (json!({"Logs": ["x"]}), "`Logs[0]` must be an object, not \"x\""),
            (
                json!({"Logs": [{"Timestamp": time, "Level": "INFO"}]}),
                "`Logs[0].Level` must be a number from 0 to 6, or one of Trace, Debug, Information, Warning, Error, Critical and None, not \"INFO\"",
            ),
            (
                json!({"Logs": [{"Timestamp": "yesterday"}]}),
                "`Logs[0].Timestamp` must be a time such as \"2026-01-31T12:00:00Z\", not \"yesterday\"",
            ),
            (
                json!({"Logs": [{"Message": [1]}]}),
                "`Logs[0].Message` must be text or null, not [1]",
            ),
        ] {
            assert_eq!(first(&result).as_deref(), Some(reason));
        }
    }
}
