//! The Python values in the text of the steps. The steps of the original suite pass them to `eval`.

use std::str::FromStr;

use crate::value::Value;

/// The text of a Python string literal.
#[derive(Debug, PartialEq)]
pub(crate) struct PythonText(pub(crate) String);

/// A value as `repr` writes it, such as `celpy.celtypes.IntType(source=42)`.
#[derive(Debug, PartialEq)]
pub(crate) struct PythonValue(pub(crate) Value);

/// The text is not one of the Python values that the feature files have.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("`{0}` is not a value that this suite knows")]
pub(crate) struct UnknownValue(String);

impl FromStr for PythonText {
    type Err = UnknownValue;

    fn from_str(text: &str) -> Result<Self, UnknownValue> {
        let unknown = || UnknownValue(text.to_owned());
        let bytes = quoted(text).ok_or_else(unknown)?;
        String::from_utf8(bytes).map(Self).map_err(|_| unknown())
    }
}

impl FromStr for PythonValue {
    type Err = UnknownValue;

    fn from_str(text: &str) -> Result<Self, UnknownValue> {
        value(text).map(Self).ok_or_else(|| UnknownValue(text.to_owned()))
    }
}

fn value(text: &str) -> Option<Value> {
    if let Some(items) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        let items = items.split(", ").filter(|item| !item.is_empty());
        return items.map(value).collect::<Option<_>>().map(Value::List);
    }
    let (kind, source) =
        text.strip_prefix("celpy.celtypes.")?.strip_suffix(')')?.split_once("(source=")?;
    Some(match kind {
        "BoolType" => Value::Bool(source.to_lowercase().parse().ok()?),
        "IntType" => Value::Int(source.parse().ok()?),
        "UintType" => Value::Uint(source.parse().ok()?),
        "DoubleType" => {
            let number = source.strip_prefix("float('").and_then(|text| text.strip_suffix("')"));
            Value::Double(number.unwrap_or(source).parse().ok()?)
        }
        "StringType" => Value::Text(String::from_utf8(quoted(source)?).ok()?),
        "BytesType" => Value::Bytes(quoted(source.strip_prefix('b')?)?),
        _ => return None,
    })
}

/// Returns the content of a literal in quotes.
fn quoted(text: &str) -> Option<Vec<u8>> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let content = text.get(1..)?.strip_suffix(quote)?;
    let mut bytes = Vec::new();
    let mut rest = content.chars();
    while let Some(c) = rest.next() {
        let c = match c {
            '\\' => match rest.next()? {
                'x' => {
                    let digits: String = rest.by_ref().take(2).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).ok()?);
                    continue;
                }
                'n' => '\n',
                escaped @ ('\\' | '\'' | '"') => escaped,
                _ => return None,
            },
            plain => plain,
        };
        bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of(text: &str) -> Option<Value> {
        text.parse::<PythonValue>().ok().map(|value| value.0)
    }

    #[test]
    fn literal_has_its_escapes_replaced() {
        let text = r#"b'\\xff'"#.strip_prefix('b').map(str::parse);
        assert_eq!(text, Some(Ok(PythonText(r"\xff".to_owned()))));
    }

    #[test]
    fn value_has_the_type_of_its_class() {
        assert_eq!(value_of("celpy.celtypes.UintType(source=7)"), Some(Value::Uint(7)));
        let infinity = "celpy.celtypes.DoubleType(source=float('-inf'))";
        assert_eq!(value_of(infinity), Some(Value::Double(f64::NEG_INFINITY)));
        let bytes = r"celpy.celtypes.BytesType(source=b'\xffoo')";
        assert_eq!(value_of(bytes), Some(Value::Bytes(vec![0xff, b'o', b'o'])));
    }

    #[test]
    fn unknown_class_is_refused() {
        assert_eq!(value_of("celpy.celtypes.DurationType(source=7)"), None);
    }
}
