//! The conversions by which the reference runner, a .NET program, binds JSON to its types.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// Returns a scalar as text; `None` for an object, an array or null.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns whether a value binds to text that may be missing.
pub(super) fn is_text(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// Returns whether a value binds to an object or a list that may be missing: null does, and so does
/// empty text.
pub(super) fn is_missing(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// Returns whether a value binds to a log level: a whole number, even beyond the levels, or their names
/// and numbers as text.
pub(super) fn is_log_level(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_i64(),
        Value::Bool(_) => true,
        Value::String(text) => {
            text.trim().parse::<i32>().is_ok()
                || text.split(',').all(|name| is_level_name(name.trim()))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

fn is_level_name(name: &str) -> bool {
    ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"]
        .iter()
        .any(|level| level.eq_ignore_ascii_case(name))
}

/// Returns whether a value binds to a point in time: text in ISO 8601 or in one of the other forms
/// that .NET reads without being given a format.
pub(super) fn is_date_time(value: &Value) -> bool {
    static FORMS: LazyLock<[Regex; 4]> = LazyLock::new(|| {
        const DATE: &str = r"(?:\d{4}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.]\d{2,4})";
        const TIME: &str = r"(?:[01]?\d|2[0-3]):[0-5]?\d(?::[0-5]?\d(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?\s*(?:[Zz]|GMT|UTC|[+-]\d{1,2}(?::?\d{2})?)?";
        const MONTH: &str = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?";
        [
            format!(r"^{DATE}(?:(?:[Tt]|,?\s+){TIME})?$"),
            format!(r"^{TIME}$"),
            format!(
                r"(?i)^(?:[a-z]+,?\s+)?(?:{MONTH}\s+\d{{1,2}},?|\d{{1,2}}[\s-]+{MONTH})[\s,-]+\d{{2,4}}(?:,?\s+{TIME})?$"
            ),
            r"^/Date\(-?\d+(?:[+-]\d{4})?\)/$".to_owned(),
        ]
        .map(|form| Regex::new(&form).expect("hard-coded regex is valid"))
    });
    value.as_str().is_some_and(|text| FORMS.iter().any(|form| form.is_match(text.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn levels_are_numbers_or_names() {
        for level in
            [json!(2), json!(9), json!(-1), json!("2"), json!("Information"), json!("warning")]
        {
            assert!(is_log_level(&level), "{level}");
        }
        for level in [json!("INFO"), json!("warn"), json!(2.5), json!(null), json!(""), json!([2])]
        {
            assert!(!is_log_level(&level), "{level}");
        }
    }

    #[test]
    fn times_are_text_in_a_known_form() {
        for time in [
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.1234567+02:00",
            "2026-01-01 00:00:00",
            "2026-01-01",
            "01/31/2026 10:00 PM",
            "12:30:01",
            "Thu, 01 Jan 2026 00:00:00 GMT",
            "Jan 1, 2026",
        ] {
            assert!(is_date_time(&json!(time)), "{time}");
        }
        for time in [
            json!("yesterday"),
            json!(""),
            json!("1767225600"),
            json!(1_767_225_600),
            json!(null),
            json!("2026-13-01"),
            json!("25:00"),
        ] {
            assert!(!is_date_time(&time), "{time}");
        }
    }
}
