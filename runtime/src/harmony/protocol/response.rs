//! Messages from a serve, as JSON-RPC 2.0 defines them.

use serde_json::{Map, Value};

use super::jsonrpc::{RequestId, RpcError};
use super::violation::{ProtocolViolation, excerpt};

/// A message from a serve.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::harmony) enum FromServe {
    /// A response to a request.
    Response {
        /// The request; `None` if the id is not an unsigned integer.
        id: Option<u64>,
        /// The id as JSON.
        id_text: String,
        /// The result or the error.
        result: Result<Value, RpcError>,
    },
    /// A request of the serve, which has an id.
    Request {
        /// The id that the answer must carry.
        id: RequestId,
        /// The method.
        method: String,
    },
    /// A notification, which is never answered.
    Notification,
}

/// The reason why the body of a frame is not a message.
#[derive(Debug, thiserror::Error)]
pub(in crate::harmony) enum NotAMessage {
    #[error("not JSON ({reason}): {body}")]
    NotJson { reason: InvalidJson, body: String },
    #[error("not an object: {body}")]
    NotAnObject { body: String },
    #[error("neither `result` nor `error`: {body}")]
    Empty { body: String },
}

/// The reason why a body is not JSON.
#[derive(Debug, thiserror::Error)]
pub(in crate::harmony) enum InvalidJson {
    #[error("it begins with a byte order mark")]
    ByteOrderMark,
    #[error("{0}")]
    Syntax(#[from] serde_json::Error),
}

/// Reads the body of a frame, and names the rules that it breaks.
///
/// # Errors
/// [`NotAMessage`] if the body is none.
pub(in crate::harmony) fn read_from_serve(
    body: &[u8],
) -> Result<(FromServe, Vec<ProtocolViolation>), NotAMessage> {
    let shown = || excerpt(&String::from_utf8_lossy(body));
    let mut value = parse(body).map_err(|reason| NotAMessage::NotJson { reason, body: shown() })?;
    let object = value.as_object_mut().ok_or_else(|| NotAMessage::NotAnObject { body: shown() })?;
    let mut violations = Vec::new();
    if object.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        violations.push(ProtocolViolation::Version {
            found: json_or_nothing(object, "jsonrpc"),
            message: shown(),
        });
    }
    if let Some(method) = object.get("method") {
        if !method.is_string() {
            violations.push(ProtocolViolation::Method { found: method.to_string() });
        }
        let method = method.as_str().unwrap_or_default().to_owned();
        let message = match object.get("id") {
            Some(id) => FromServe::Request { id: RequestId::from_json(id), method },
            None => FromServe::Notification,
        };
        return Ok((message, violations));
    }
    let id = match object.get("id") {
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        Some(Value::Null) => None,
        Some(other) => {
            violations.push(ProtocolViolation::IdType { found: other.to_string() });
            None
        }
        None => {
            violations.push(ProtocolViolation::MissingId { message: shown() });
            None
        }
    };
    let id_text = json_or_nothing(object, "id");
    // A result wins whatever else is there, as it does in the reference runner.
    let result = match object.remove("result") {
        Some(result) => Ok(result),
        None => {
            let error = object.get("error").ok_or_else(|| NotAMessage::Empty { body: shown() })?;
            if !error.is_object() {
                violations
                    .push(ProtocolViolation::ErrorShape { found: excerpt(&error.to_string()) });
            }
            Err(read_error(error))
        }
    };
    Ok((FromServe::Response { id, id_text, result }, violations))
}

fn read_error(error: &Value) -> RpcError {
    let message = error.get("message").and_then(Value::as_str);
    let message = message.or(error.as_str()).unwrap_or("an error without a message");
    let code = error.get("code").and_then(Value::as_i64).unwrap_or(0);
    RpcError::new(code, message)
}

fn json_or_nothing(object: &Map<String, Value>, name: &str) -> String {
    object.get(name).map_or_else(|| "missing".to_owned(), ToString::to_string)
}

fn parse(body: &[u8]) -> Result<Value, InvalidJson> {
    if body.starts_with(b"\xEF\xBB\xBF") {
        return Err(InvalidJson::ByteOrderMark);
    }
    serde_json::from_slice(body).or_else(|error| {
        // Half a surrogate pair is JSON, though no text.
        let repaired = without_lone_surrogates(body).ok_or(error)?;
        Ok(serde_json::from_slice(&repaired)?)
    })
}

/// Replaces `\ud800` to `\udfff` by `\ufffd` unless two of them are a pair; `None` if there is nothing
/// to replace.
fn without_lone_surrogates(body: &[u8]) -> Option<Vec<u8>> {
    let unit = |at: usize| {
        let digits = body.get(at..at + 6).filter(|text| text.starts_with(b"\\u"))?;
        u16::from_str_radix(std::str::from_utf8(&digits[2..]).ok()?, 16).ok()
    };
    let mut repaired = body.to_vec();
    let mut changed = false;
    let mut at = 0;
    while at < body.len() {
        match unit(at) {
            Some(0xD800..=0xDBFF) if matches!(unit(at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                repaired[at..at + 6].copy_from_slice(b"\\ufffd");
                changed = true;
                at += 6;
            }
            // An escaped backslash does not start an escape.
            None if body[at] == b'\\' => at += 2,
            _ => at += 1,
        }
    }
    changed.then_some(repaired)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (FromServe, Vec<String>) {
        let (message, violations) = read_from_serve(body.as_bytes()).unwrap();
        (message, violations.iter().map(ToString::to_string).collect())
    }

    fn response(id: Option<u64>, id_text: &str, result: Result<Value, RpcError>) -> FromServe {
        FromServe::Response { id, id_text: id_text.to_owned(), result }
    }

    #[test]
    fn a_response_is_known_by_its_id() {
        for (body, id, id_text) in [
            (r#"{"jsonrpc":"2.0","id":7,"result":true}"#, Some(7), "7"),
            (r#"{"jsonrpc":"2.0","id":"7","result":true}"#, Some(7), r#""7""#),
            (r#"{"jsonrpc":"2.0","id":"six","result":true}"#, None, r#""six""#),
            (r#"{"jsonrpc":"2.0","id":null,"result":true}"#, None, "null"),
        ] {
            assert_eq!(read(body), (response(id, id_text, Ok(Value::Bool(true))), Vec::new()));
        }
    }

    #[test]
    fn a_result_wins_over_an_error() {
        let both = r#"{"jsonrpc":"2.0","id":7,"result":null,"error":{"code":1,"message":"m"}}"#;
        assert_eq!(read(both).0, response(Some(7), "7", Ok(Value::Null)));
        let error = r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"m"}}"#;
        assert_eq!(read(error).0, response(Some(7), "7", Err(RpcError::new(-32601, "m"))));
    }

    #[test]
    fn a_method_makes_a_request_or_a_notification() {
        let request = r#"{"jsonrpc":"2.0","id":"a","method":"ask","result":1}"#;
        let FromServe::Request { id, method } = read(request).0 else { panic!() };
        assert_eq!((id.as_json(), method.as_str()), (r#""a""#, "ask"));
        assert_eq!(read(r#"{"jsonrpc":"2.0","method":"log"}"#).0, FromServe::Notification);
    }

    #[test]
    fn broken_rules_are_named() {
        for (body, reason) in [
            (r#"{"id":7,"result":1}"#, "`jsonrpc` must be \"2.0\", not missing"),
            (r#"{"jsonrpc":"1.0","id":7,"result":1}"#, "not \"1.0\""),
            (r#"{"jsonrpc":2.0,"id":7,"result":1}"#, "not 2.0"),
            (r#"{"jsonrpc":"2.0","result":1}"#, "without `id`"),
            (r#"{"jsonrpc":"2.0","id":2.5,"result":1}"#, "`id` must be a whole number or text"),
            (r#"{"jsonrpc":"2.0","id":7,"error":"m"}"#, "`error` must be an object"),
            (r#"{"jsonrpc":"2.0","id":7,"method":null}"#, "`method` must be a string"),
        ] {
            let violations = read(body).1.join("; ");
            assert!(violations.contains(reason), "{body}: {violations}");
        }
    }

    #[test]
    fn invalid_bodies_are_errors() {
        for (body, reason) in [
            ("nope", "not JSON"),
            ("", "not JSON"),
            ("\u{FEFF}{}", "byte order mark"),
            ("[]", "not an object"),
            (r#"{"jsonrpc":"2.0","id":7}"#, "neither `result` nor `error`"),
        ] {
            let error = read_from_serve(body.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(reason), "{body}: {error}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_read() {
        let body = r#"{"jsonrpc":"2.0","id":7,"result":"a\ud800b \ud83d\ude00 \\ud800"}"#;
        let text = Value::from("a\u{FFFD}b 😀 \\ud800");
        assert_eq!(read(body).0, response(Some(7), "7", Ok(text)));
    }
}
