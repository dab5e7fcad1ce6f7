//! Arrays of JSON documents.

use serde_json::Value;

/// An array of what `one` makes of each item.
pub(crate) fn array<T>(items: &[T], mut one: impl FnMut(&T) -> Value) -> Value {
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        values.push(one(item));
    }
    Value::Array(values)
}

/// An array of the texts of the items.
pub(crate) fn texts<T: ToString>(items: &[T]) -> Value {
    array(items, |item| Value::String(item.to_string()))
}
