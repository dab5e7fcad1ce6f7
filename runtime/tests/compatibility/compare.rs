//! Two streams of messages compared as the kit asks for it: number, kind, order and content of the
//! messages, without what differs from run to run and from language to language.
//!
//! Ids are not left out: both streams must use theirs in the same way. Nor are the lines and columns
//! of feature files.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

/// The first message that differs, in words.
pub(crate) fn difference(expected: &[Value], ours: &[Value]) -> Option<String> {
    let (mut their_ids, mut our_ids) = (HashMap::new(), HashMap::new());
    for number in 0..expected.len().max(ours.len()) {
        let theirs = expected.get(number).map(|message| comparable(message, &mut their_ids));
        let mut our = ours.get(number).map(|message| comparable(message, &mut our_ids));
        if let (Some(theirs), Some(our)) = (&theirs, &mut our)
            && theirs.pointer("/hook/name").is_none()
            && let Some(Value::Object(hook)) = our.get_mut("hook")
        {
            // A hook is a function here, which always has a name.
            hook.remove("name");
        }
        if theirs != our {
            let reported =
                |message: Option<Value>| message.map_or("nothing".to_owned(), |m| m.to_string());
            let kinds: Vec<_> = ours.iter().map(kind).collect();
            return Some(format!(
                "message {} differs\n  expected {}\n  actual   {}\n  kinds    {}",
                number + 1,
                reported(theirs),
                reported(our),
                kinds.join(" "),
            ));
        }
    }
    None
}

fn kind(envelope: &Value) -> &str {
    envelope.as_object().and_then(|fields| fields.keys().next()).map_or("", String::as_str)
}

/// An envelope without what may differ, its fields in alphabetical order.
fn comparable(envelope: &Value, ids: &mut HashMap<String, usize>) -> Value {
    let fields = envelope.as_object().unwrap();
    let (kind, message) = fields.iter().next().unwrap();
    assert_eq!(fields.len(), 1, "{envelope}");
    json!({ kind: match kind.as_str() {
        // It describes the implementation.
        "meta" => json!({}),
        _ => value(kind, message, ids),
    } })
}

fn value(key: &str, value: &Value, ids: &mut HashMap<String, usize>) -> Value {
    match (key, value) {
        ("timestamp" | "duration" | "sourceReference", Value::Object(_)) => json!("there"),
        // Type, message and trace speak the implementation's language.
        ("exception", Value::Object(_)) => json!("there"),
        ("snippets", Value::Array(snippets)) => json!(!snippets.is_empty()),
        // Where the kit lies.
        ("uri", Value::String(path)) => json!(path.rsplit('/').next()),
        (_, Value::String(text)) if is_id(key) => {
            let next = ids.len();
            json!(*ids.entry(text.clone()).or_insert(next))
        }
        (_, Value::Object(fields)) => object(key, fields, ids),
        (_, Value::Array(values)) => values.iter().map(|v| self::value(key, v, ids)).collect(),
        _ => value.clone(),
    }
}

fn object(key: &str, fields: &Map<String, Value>, ids: &mut HashMap<String, usize>) -> Value {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    let mut reported = Map::new();
    for (name, field) in sorted {
        let is_compared = match (key, name.as_str()) {
            // Each implementation words it differently.
            ("testStepResult" | "result" | "testRunFinished", "message") => false,
            // The worker, if there are several.
            ("testCaseStarted" | "testRunHookStarted", "workerId") => false,
            _ => true,
        };
        if is_compared {
            let mut field = value(name, field, ids);
            if (key, name.as_str()) == ("hook", "name") {
                field = json!(as_function_name(field.as_str().unwrap_or_default()));
            }
            reported.insert(name.clone(), field);
        }
    }
    Value::Object(reported)
}

fn is_id(key: &str) -> bool {
    key == "id" || key.ends_with("Id") || key.ends_with("Ids")
}

/// `A named hook` as Rust spells it.
fn as_function_name(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

#[test]
fn ids_can_differ() {
    let stream = |a: &str, b: &str, reference: &str| {
        [
            json!({"hook": {"id": a, "sourceReference": {"uri": "x"}}}),
            json!({"hook": {"id": b, "sourceReference": {}}}),
            json!({"testRunHookStarted": {"hookId": reference, "timestamp": {"seconds": 1}}}),
        ]
    };
    assert_eq!(difference(&stream("1", "2", "1"), &stream("a", "b", "a")), None);
    assert!(difference(&stream("1", "2", "1"), &stream("a", "b", "b")).is_some());
    assert!(difference(&stream("1", "2", "1"), &stream("a", "b", "a")[..2]).is_some());
}

#[test]
fn statuses_must_match() {
    let result = |status: &str| json!({"testStepFinished": {"testStepResult": {"status": status, "message": status}}});
    assert_eq!(difference(&[result("PASSED")], &[result("PASSED")]), None);
    assert!(difference(&[result("PASSED")], &[result("SKIPPED")]).is_some());
    let pickle = |line: u32| json!({"pickle": {"location": {"line": line}, "uri": "a/b.feature"}});
    assert!(difference(&[pickle(1)], &[pickle(2)]).is_some());
}
