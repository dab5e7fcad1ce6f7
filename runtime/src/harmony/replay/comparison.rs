//! The comparison of two replies to one request.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::normal_text::{HostNumbers, normal};
use crate::harmony::protocol::members::{member, truth};

/// The members of the result of a step that are not compared, apart from those whose names say that they
/// are times.
const IGNORED: &[&str] = &["logs", "success", "error", "context"];

/// A part of a reply that is not as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The name, such as `context.port`.
    pub(super) field: String,
    pub(super) recorded: String,
    pub(super) now: String,
}

/// A reply: a result, or an error as JSON-RPC has it.
pub(super) type Reply = Result<Value, Value>;

/// Compares replies to one request.
#[derive(Debug)]
pub(super) struct Comparison {
    numbers: HostNumbers,
    differences: Vec<Difference>,
}

/// Returns the parts of the reply to a request that are not as recorded.
pub(super) fn compare(
    method: &str,
    recorded: &Reply,
    now: &Reply,
    numbers: HostNumbers,
) -> Vec<Difference> {
    let mut comparison = Comparison { numbers, differences: Vec::new() };
    match (recorded, now) {
        (Ok(recorded), Ok(now)) => match (method, recorded.as_object(), now.as_object()) {
            ("executeStep", Some(recorded), Some(now)) => comparison.steps(recorded, now),
            ("discover", Some(recorded), Some(now)) => comparison.definitions(recorded, now),
            _ => comparison.field("result", &outline(recorded), &outline(now)),
        },
        (Err(recorded), Err(now)) => {
            for name in ["code", "message"] {
                comparison.field(&format!("error.{name}"), &recorded[name], &now[name]);
            }
        }
        (recorded, now) => comparison.add("reply", kind(recorded), kind(now)),
    }
    comparison.differences
}

fn kind(reply: &Reply) -> String {
    match reply {
        Ok(result) => format!("result {}", shortened(result)),
        Err(error) => format!("error {}", shortened(error)),
    }
}

/// Returns the value that decides: serves write booleans in several ways.
fn outline(value: &Value) -> Value {
    truth(value).map_or_else(|| value.clone(), Value::Bool)
}

impl Comparison {
    fn steps(&mut self, recorded: &Map<String, Value>, now: &Map<String, Value>) {
        let of = |object: &Map<String, Value>, name: &str| -> Value {
            member(object, name).cloned().unwrap_or_default()
        };
        let success = |object| Value::Bool(truth(&of(object, "success")) == Some(true));
        self.field("success", &success(recorded), &success(now));
        let error = |object| match of(object, "error") {
            // An empty reason is none.
            Value::String(text) if text.is_empty() => Value::Null,
            other => other,
        };
        self.field("error", &error(recorded), &error(now));
        let (old, new) = (of(recorded, "context"), of(now, "context"));
        self.members("context", old.as_object(), new.as_object());
        let rest = |object: &Map<String, Value>| -> Map<String, Value> {
            let is_compared = |name: &str| {
                !IGNORED.iter().any(|ignored| name.eq_ignore_ascii_case(ignored)) && !is_time(name)
            };
            let members = object.iter().filter(|(name, _)| is_compared(name));
            members.map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect()
        };
        let (mut old, mut new) = (rest(recorded), rest(now));
        // An addition of this project, which says in detail what the other members say.
        if !(old.contains_key("data") && new.contains_key("data")) {
            old.remove("data");
            new.remove("data");
        }
        self.members("", Some(&old), Some(&new));
    }

    /// Compares the definitions as sets, of which there may be more now, and the capabilities.
    fn definitions(&mut self, recorded: &Map<String, Value>, now: &Map<String, Value>) {
        let patterns = |object| -> BTreeSet<String> {
            let steps = member(object, "steps").and_then(Value::as_array);
            let objects = steps.into_iter().flatten().filter_map(Value::as_object);
            let pattern = |step| member(step, "pattern").and_then(Value::as_str);
            objects.filter_map(pattern).map(str::to_owned).collect()
        };
        for pattern in patterns(recorded).difference(&patterns(now)) {
            self.add("steps", pattern.clone(), "no such definition".to_owned());
        }
        let capabilities = |object| member(object, "capabilities").and_then(Value::as_object);
        self.members("capabilities", capabilities(recorded), capabilities(now));
    }

    /// Compares the members of two objects; a missing one is null.
    fn members(
        &mut self,
        prefix: &str,
        recorded: Option<&Map<String, Value>>,
        now: Option<&Map<String, Value>>,
    ) {
        let names: BTreeSet<&String> =
            [recorded, now].into_iter().flatten().flat_map(Map::keys).collect();
        let of = |object: Option<&Map<String, Value>>, name: &str| -> Value {
            object.and_then(|object| object.get(name)).cloned().unwrap_or_default()
        };
        for name in names.into_iter().filter(|name| !is_time(name)) {
            let field = match prefix {
                "" => name.clone(),
                prefix => format!("{prefix}.{name}"),
            };
            let (old, new) = (of(recorded, name), of(now, name));
            match (&old, &new) {
                (Value::Object(old), Value::Object(new)) => {
                    self.members(&field, Some(old), Some(new));
                }
                _ => self.field(&field, &old, &new),
            }
        }
    }

    fn field(&mut self, field: &str, recorded: &Value, now: &Value) {
        let normal = |value: &Value| normal(&value.to_string(), self.numbers);
        if normal(recorded) != normal(now) {
            self.add(field, shortened(recorded), shortened(now));
        }
    }

    fn add(&mut self, field: &str, recorded: String, now: String) {
        self.differences.push(Difference { field: field.to_owned(), recorded, now });
    }
}

/// Returns whether a member is a time by its name.
fn is_time(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words = ["duration", "elapsed", "timestamp"];
    words.iter().any(|word| lower.contains(word)) || name.ends_with("Ms")
}

/// Returns a value as a report shows it.
fn shortened(value: &Value) -> String {
    const MAX_CHARS: usize = 500;
    let text = match value {
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    };
    match text.char_indices().nth(MAX_CHARS) {
        None => text,
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(method: &str, recorded: Reply, now: Reply) -> Vec<String> {
        let found = compare(method, &recorded, &now, HostNumbers::default());
        found.into_iter().map(|d| format!("{}: {}, {}", d.field, d.recorded, d.now)).collect()
    }

    #[test]
    fn spelling_logs_and_times_are_not_compared() {
        let recorded = json!({"success": true, "error": null, "context": {}, "logs": [{"message": "a"}],
            "data": {"durationMs": 3, "outcome": "passed"}});
        let now =
            json!({"Success": "True", "Error": "", "Logs": [], "Data": {"outcome": "passed"}});
        assert_eq!(fields("executeStep", Ok(recorded), Ok(now)), [""; 0]);
        let timed = |ms: u32| json!({"success": false, "error": format!("timeout after {ms} ms")});
        assert_eq!(fields("executeStep", Ok(timed(10)), Ok(timed(12))), [""; 0]);
        assert_eq!(fields("health", Ok(json!(true)), Ok(json!("true"))), [""; 0]);
    }

    #[test]
    fn each_other_member_is_compared() {
        let recorded = json!({"success": true, "context": {"port": "1", "host": "a"}});
        let now = json!({"success": false, "error": "no", "context": {"port": "2", "host": "a"}});
        assert_eq!(
            fields("executeStep", Ok(recorded), Ok(now)),
            ["success: true, false", "error: nothing, \"no\"", "context.port: \"1\", \"2\""]
        );
        let error = |code: i32| Err(json!({"code": code, "message": "m"}));
        assert_eq!(fields("crash", error(-1), error(-2)), ["error.code: -1, -2"]);
        assert_eq!(
            fields("crash", error(-1), Ok(Value::Null)),
            ["reply: error {\"code\":-1,\"message\":\"m\"}, result nothing"]
        );
    }

    #[test]
    fn definitions_may_be_added_and_not_removed() {
        let steps = |patterns: &[&str]| {
            let steps = patterns.iter().map(|p| json!({"type": "Given", "pattern": p}));
            Ok(json!({"steps": steps.collect::<Vec<_>>(), "capabilities": {"tags": true}}))
        };
        assert_eq!(fields("discover", steps(&["a"]), steps(&["b", "a"])), [""; 0]);
        assert_eq!(
            fields("discover", steps(&["a", "b"]), steps(&["b"])),
            ["steps: a, no such definition"]
        );
    }
}
