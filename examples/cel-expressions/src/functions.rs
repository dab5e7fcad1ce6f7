//! The functions of the language, by the name and the types of their arguments.

use regex::Regex;

use crate::error::Error;
use crate::value::Value;

/// Calls a function; a method has its receiver as first argument.
///
/// # Errors
/// [`Error::NoSuchOverload`] if there is none of this name for these types; [`Error::InvalidArgument`] for
/// a wrong regular expression.
pub(crate) fn call(name: &str, arguments: &[Value]) -> Result<Value, Error> {
    match (name, arguments) {
        // A hint for type checks, of which there are none here.
        ("dyn", [value]) => Ok(value.clone()),
        ("size", [value]) => size(value),
        ("contains", [Value::Text(text), Value::Text(part)]) => {
            Ok(Value::Bool(text.contains(part)))
        }
        ("startsWith", [Value::Text(text), Value::Text(start)]) => {
            Ok(Value::Bool(text.starts_with(start)))
        }
        ("endsWith", [Value::Text(text), Value::Text(end)]) => Ok(Value::Bool(text.ends_with(end))),
        ("matches", [Value::Text(text), Value::Text(pattern)]) => {
            let regex = Regex::new(pattern).map_err(|_| Error::InvalidArgument)?;
            Ok(Value::Bool(regex.is_match(text)))
        }
        _ => Err(Error::NoSuchOverload),
    }
}

/// Returns the number of characters, bytes, elements or entries.
fn size(value: &Value) -> Result<Value, Error> {
    let size = match value {
        Value::Text(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        _ => return Err(Error::NoSuchOverload),
    };
    i64::try_from(size).map(Value::Int).map_err(|_| Error::Overflow)
}
