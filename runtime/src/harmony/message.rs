//! JSON-RPC 2.0 as Harmony uses it: one request per frame, no batches, replies by id.
//!
//! Knows ids, methods and error codes; what the parameters of a method mean is told by
//! [`contract`](super::contract).

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

/// The body is not JSON.
pub const PARSE_ERROR: i64 = -32700;
/// The JSON is not a request.
pub const INVALID_REQUEST: i64 = -32600;
/// There is no such method.
pub const METHOD_NOT_FOUND: i64 = -32601;
/// The parameters do not fit the method.
pub const INVALID_PARAMS: i64 = -32602;
/// The serve process itself failed.
pub const INTERNAL_ERROR: i64 = -32603;

/// A request id, kept as the very text that came so that it goes back unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Box<str>);

impl RequestId {
    /// The id of replies to what has no readable id.
    pub fn null() -> Self {
        Self("null".into())
    }

    /// A number, as our own requests have it.
    pub fn number(id: u64) -> Self {
        Self(id.to_string().into())
    }

    /// The JSON text.
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

/// A request, or a notification where there is no id.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What the reply must carry; `None` for a notification, which is never answered.
    pub id: Option<RequestId>,
    /// The method's name.
    pub method: String,
    /// The parameters as they came, `Null` when there are none.
    pub params: Value,
}

/// A JSON-RPC error on its way to the other side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct RpcError {
    /// One of the codes of this module.
    pub code: i64,
    /// What is wrong, in words.
    pub message: String,
}

impl RpcError {
    /// An error with a code of this module.
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// What the body of a frame turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// A request or a notification.
    Request(Request),
    /// Something that must be answered with an error.
    Refused {
        /// The id where one was readable, `null` otherwise.
        id: RequestId,
        /// What is wrong with it.
        error: RpcError,
    },
    /// Something without id that is no request either: it must not be answered.
    Ignored {
        /// What is wrong with it.
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
            return Incoming::Ignored { reason: "a reply to nothing that was asked".to_owned() };
        }
        None => Err("a request needs a `method`".to_owned()),
    };
    let params = match members.get("params") {
        // A depth or a surrogate that the raw text could hide shows up here.
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

/// The body of a reply that carries a result, given as JSON text.
pub fn result_reply(id: &RequestId, result: &str) -> Vec<u8> {
    reply(id, "result", result)
}

/// The body of a reply that carries an error.
pub fn error_reply(id: &RequestId, error: &RpcError) -> Vec<u8> {
    let message = Value::from(error.message.as_str());
    reply(id, "error", &format!(r#"{{"code":{},"message":{message}}}"#, error.code))
}

/// A reply has a result or an error, never both: a runner takes any `result` for success.
fn reply(id: &RequestId, member: &str, value: &str) -> Vec<u8> {
    format!(r#"{{"jsonrpc":"2.0","id":{},"{member}":{value}}}"#, id.as_json()).into_bytes()
}
