//! The ids in a message.

use serde_json::{Map, Value};

use crate::report::merge::error::MergeErrorKind;

/// Returns the ids that a message defines, in the alphabetical order of its fields.
pub(super) fn defined_ids(message: &Value) -> Vec<String> {
    let mut ids = Vec::new();
    match message {
        Value::Object(fields) => {
            for (name, value) in sorted_fields(fields) {
                match value {
                    Value::String(id) if name == "id" => ids.push(id.clone()),
                    value => ids.extend(defined_ids(value)),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| ids.extend(defined_ids(value))),
        _ => {}
    }
    ids
}

/// Replaces each id, whether the message defines it or refers to it.
pub(super) fn rewrite(
    message: &mut Value,
    new: &mut impl FnMut(&str, &str) -> Result<String, MergeErrorKind>,
) -> Result<(), MergeErrorKind> {
    match message {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(id) if is_id(name) => *id = new(name, id)?,
                    Value::Array(ids) if is_id(name) => {
                        for id in ids {
                            if let Value::String(id) = id {
                                *id = new(name, id)?;
                            }
                        }
                    }
                    value => rewrite(value, new)?,
                }
            }
        }
        Value::Array(values) => values.iter_mut().try_for_each(|value| rewrite(value, new))?,
        _ => {}
    }
    Ok(())
}

/// Returns whether a field of this name contains ids of the stream.
fn is_id(name: &str) -> bool {
    (name == "id" || name.ends_with("Id") || name.ends_with("Ids")) && name != "workerId"
}

/// Returns the value with its fields in alphabetical order, so that equal contents are equal texts.
pub(super) fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            sorted_fields(fields)
                .into_iter()
                .map(|(name, value)| (name.clone(), sorted(value)))
                .collect(),
        ),
        Value::Array(values) => values.iter().map(sorted).collect(),
        value => value.clone(),
    }
}

fn sorted_fields(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_by_key(|(name, _)| *name);
    fields
}
