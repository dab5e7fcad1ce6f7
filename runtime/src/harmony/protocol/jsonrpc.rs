//! JSON-RPC 2.0 as Harmony uses it: one request per frame, no batches, responses by id.
//!
//! Knows ids, methods and error codes; the parameters of the methods are the business of
//! [`contract`](crate::harmony::protocol::methods).

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

/// The body is not JSON.
pub const PARSE_ERROR: i64 = -32700;
/// The JSON is not a request.
pub const INVALID_REQUEST: i64 = -32600;
/// The method does not exist.
pub const METHOD_NOT_FOUND: i64 = -32601;
/// The parameters are not those of the method.
pub const INVALID_PARAMS: i64 = -32602;
/// The serve process itself failed.
pub const INTERNAL_ERROR: i64 = -32603;

/// Returns whether the code is of the family that the reference runner does not catch: the serve lacks the
/// method.
pub(in crate::harmony) fn is_missing_method(code: i64) -> bool {
    code == METHOD_NOT_FOUND || code == INVALID_PARAMS
}

/// A request id, kept as the text that arrived, so that it is sent back unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Box<str>);

impl RequestId {
    /// Returns the id of responses to requests without a readable id.
    pub fn null() -> Self {
        Self("null".into())
    }

    /// Returns an id that is a number.
    pub fn number(id: u64) -> Self {
        Self(id.to_string().into())
    }

    /// Returns the id that is this JSON value.
    pub fn from_json(id: &Value) -> Self {
        Self(id.to_string().into())
    }

    /// Returns the id as JSON text.
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

/// A request, or a notification if there is no id.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The id of the response; `None` for a notification, which is never answered.
    pub id: Option<RequestId>,
    /// The method's name.
    pub method: String,
    /// The parameters as they arrived; `Null` if there are none.
    pub params: Value,
}

/// A JSON-RPC error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct RpcError {
    /// One of the codes of this module.
    pub code: i64,
    /// The message.
    pub message: String,
}

impl RpcError {
    /// Returns an error with a code of this module.
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The content of a frame that a serve received.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// A request or a notification.
    Request(Request),
    /// A message that must be answered with an error.
    Refused {
        /// The id if it was readable, `null` otherwise.
        id: RequestId,
        /// The error.
        error: RpcError,
    },
    /// A message that is neither a request nor has an id: it must not be answered.
    Ignored {
        /// The reason.
        reason: String,
    },
}

/// Reads the body of a frame.
pub fn read_request(body: &[u8]) -> Incoming {
    // A byte order mark is not part of JSON; some editors write one into fixtures.
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let refused = |code, message: String| Incoming::Refused {
        id: RequestId::null(),
        error: RpcError { code, message },
    };
    let members: HashMap<Cow<'_, str>, &RawValue> = match serde_json::from_slice(body) {
        Ok(members) => members,
        Err(error) => {
            return match (
                body.trim_ascii_start().first(),
                serde_json::from_slice::<&RawValue>(body),
            ) {
                (None, _) => refused(PARSE_ERROR, "the body is empty, not JSON".to_owned()),
                (_, Err(error)) => refused(PARSE_ERROR, format!("the body is not JSON: {error}")),
                (Some(b'['), Ok(_)) => refused(
                    INVALID_REQUEST,
                    "batches are not supported: send one request per frame".to_owned(),
                ),
                (Some(b'{'), Ok(_)) => {
                    refused(PARSE_ERROR, format!("the body is not JSON: {error}"))
                }
                (_, Ok(_)) => refused(
                    INVALID_REQUEST,
                    "a request is an object with `jsonrpc`, `id`, `method` and `params`".to_owned(),
                ),
            };
        }
    };
    let id = members.get("id").map(|raw| RequestId(raw.get().into()));
    let method = match members.get("method") {
        Some(raw) => serde_json::from_str::<String>(raw.get())
            .map_err(|_| format!("`method` must be a string, not {}", raw.get())),
        None if members.contains_key("result") || members.contains_key("error") => {
            return Incoming::Ignored { reason: "a response to no request".to_owned() };
        }
        None => Err("a request needs a `method`".to_owned()),
    };
    let params = match members.get("params") {
        // Nesting that is too deep and lone surrogates, which the raw text hides, are found here.
        Some(raw) => serde_json::from_str(raw.get()).map_err(|e| e.to_string()),
        None => Ok(Value::Null),
    };
    match (method, params, id) {
        (Ok(method), Ok(params), id) => Incoming::Request(Request { id, method, params }),
        (Err(reason), _, None) => Incoming::Ignored { reason },
        (_, Err(reason), None) => Incoming::Ignored { reason },
        (Err(message), _, Some(id)) => {
            Incoming::Refused { id, error: RpcError { code: INVALID_REQUEST, message } }
        }
        (_, Err(message), Some(id)) => Incoming::Refused {
            id,
            error: RpcError::new(PARSE_ERROR, format!("`params` is not JSON: {message}")),
        },
    }
}

/// Returns the body of a response with a result, which is given as JSON text.
pub fn result_reply(id: &RequestId, result: &str) -> Vec<u8> {
    reply(id, "result", result)
}

/// Returns the body of a response with an error.
pub fn error_reply(id: &RequestId, error: &RpcError) -> Vec<u8> {
    let message = Value::from(error.message.as_str());
    reply(id, "error", &format!(r#"{{"code":{},"message":{message}}}"#, error.code))
}

/// Returns a response with a result or an error, never both: a runner takes any `result` for success.
fn reply(id: &RequestId, member: &str, value: &str) -> Vec<u8> {
    format!(r#"{{"jsonrpc":"2.0","id":{},"{member}":{value}}}"#, id.as_json()).into_bytes()
}
