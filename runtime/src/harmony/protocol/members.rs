//! Members of JSON objects as serves and configurations spell them.

use serde_json::{Map, Value};

/// Returns the member of that name in any case; the last of several.
pub(in crate::harmony) fn member<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> Option<&'a Value> {
    object.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Reads a boolean as the reference runner does: `true`, `"true"` and numbers other than 0.
pub(in crate::harmony) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}
