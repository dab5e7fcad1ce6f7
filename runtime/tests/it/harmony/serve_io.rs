//! Serving bytes in memory: requests in, responses out.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use harmony_bdd::harmony::serve::{ServeOptions, ShutdownReason, serve};
use serde_json::{Value, json};

use super::steps;

/// The response that must arrive.
#[derive(Debug)]
pub(crate) enum Expected {
    /// This id with this result.
    Result(Value, Value),
    /// This id with a step that passed.
    Passed(Value),
    /// This id with a step that failed for a reason that contains this text.
    Failed(Value, &'static str),
    /// This id with an error of this code whose message contains this text.
    Error(Value, i64, &'static str),
}
pub(crate) use Expected::{Error, Failed, Passed};

pub(crate) fn ok(id: impl Into<Value>) -> Expected {
    Expected::Result(id.into(), Value::Bool(true))
}

pub(crate) fn null(id: impl Into<Value>) -> Expected {
    Expected::Result(id.into(), Value::Null)
}

impl Expected {
    pub(crate) fn is(&self, reply: &Value) -> bool {
        let object = reply.as_object().expect("a reply is an object");
        let (result, error) = (object.get("result"), object.get("error"));
        assert_eq!(object.get("jsonrpc"), Some(&json!("2.0")), "{reply}");
        assert!(result.is_some() != error.is_some(), "a result or an error, not both: {reply}");
        let id = object.get("id").expect("an id");
        let error_text = |value: &Value| value["error"].as_str().unwrap_or_default().to_owned();
        match self {
            Self::Result(wanted, value) => id == wanted && result == Some(value),
            Self::Passed(wanted) => {
                id == wanted && result.is_some_and(|r| r["success"] == true && r["error"].is_null())
            }
            Self::Failed(wanted, text) => {
                id == wanted
                    && result.is_some_and(|r| r["success"] == false && error_text(r).contains(text))
            }
            Self::Error(wanted, code, text) => {
                id == wanted
                    && error.is_some_and(|e| {
                        e["code"] == *code
                            && e["message"].as_str().is_some_and(|message| message.contains(text))
                    })
            }
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct Written(pub(crate) Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns its bytes in pieces of one size.
pub(crate) struct Pieces {
    bytes: io::Cursor<Vec<u8>>,
    size: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(buffer.len());
        self.bytes.read(&mut buffer[..size])
    }
}

pub(crate) fn run_in_pieces(input: Vec<u8>, size: usize) -> (Vec<Value>, ShutdownReason) {
    let written = Written::default();
    let pieces = Pieces { bytes: io::Cursor::new(input), size };
    let end = serve(pieces, written.clone(), steps::registry(), ServeOptions::default()).unwrap();
    let bytes = written.0.lock().unwrap().clone();
    (parse_strictly(&bytes), end)
}

pub(crate) fn run(input: Vec<u8>) -> Vec<Value> {
    run_in_pieces(input, usize::MAX).0
}

/// Reads responses as the reference runner does: exact name, CR LF, nothing else.
pub(crate) fn parse_strictly(mut bytes: &[u8]) -> Vec<Value> {
    let mut replies = Vec::new();
    while !bytes.is_empty() {
        let rest = bytes.strip_prefix(b"Content-Length: ").expect("the one header");
        let line = rest.windows(4).position(|w| w == b"\r\n\r\n").expect("the end of the header");
        let length: usize = std::str::from_utf8(&rest[..line]).unwrap().parse().unwrap();
        let body = &rest[line + 4..line + 4 + length];
        replies.push(serde_json::from_slice(body).expect("JSON"));
        bytes = &rest[line + 4 + length..];
    }
    replies
}

pub(crate) fn frame(body: &str) -> Vec<u8> {
    headed(&format!("Content-Length: {}\r\n\r\n", body.len()), body)
}

pub(crate) fn headed(header: &str, body: &str) -> Vec<u8> {
    [header.as_bytes(), body.as_bytes()].concat()
}

pub(crate) fn request(id: &str, method: &str, params: &str) -> Vec<u8> {
    frame(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#))
}

pub(crate) fn health(id: &str) -> Vec<u8> {
    request(id, "health", "[]")
}

pub(crate) fn step(id: &str, argument: &str) -> Vec<u8> {
    request(id, "executeStep", &format!("[{argument}]"))
}

pub(crate) const HEALTH: &str = r#"{"jsonrpc":"2.0","id":2,"method":"health","params":[]}"#;

/// Returns a frame with this header (`#` is the length) around a health request.
pub(crate) fn health_under(header: &str) -> Vec<u8> {
    headed(&header.replace('#', &HEALTH.len().to_string()), HEALTH)
}

/// Returns a broken beginning and a health request after it, which must still be answered.
pub(crate) fn then_health(beginning: &[u8]) -> Vec<u8> {
    [beginning, &health("9")].concat()
}

pub(crate) fn check(cases: Vec<(&str, Vec<u8>, Vec<Expected>)>) {
    let mut wrong = Vec::new();
    for (name, input, wants) in cases {
        let mut replies = run(input);
        let shown = format!("{replies:?}");
        let matched = wants.iter().all(|want| {
            replies.iter().position(|r| want.is(r)).map(|at| replies.remove(at)).is_some()
        });
        if !matched || !replies.is_empty() {
            wrong.push(format!("{name}: wanted {wants:?}, got {shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
