//! Requests to one process and its replies, each within a limit.
//!
//! Knows JSON-RPC and what can go wrong on the way; the meaning of the methods is told by
//! [`peer`](super::peer).

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::frame::write_frame;
use super::message::RpcError;
use super::process::{ChildProcess, Exit, Heard};
use super::trace::{Direction, Speaker, Trace};

/// How often a wait looks whether the run is being stopped or the process is gone.
const LOOK: Duration = Duration::from_millis(20);

/// How long a process that ended its output has to exit.
const LAST_BREATH: Duration = Duration::from_millis(500);

/// How many of the last exchanges are kept.
const KEPT: usize = 16;

/// Why something was not awaited to its end.
pub(super) const STOPPED: &str = "the run was stopped";

/// Says whether the run is to stop at once.
pub(super) type Stopped<'a> = &'a dyn Fn() -> bool;

/// Why a request got no result.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CallError {
    /// It was answered with an error.
    Rpc(RpcError),
    /// No answer came within this time.
    Silent(Duration),
    /// The process is gone, or closed its output, before it answered.
    Died(Option<Exit>),
    /// It said something that is no reply.
    Garbage(String),
    /// The run was stopped.
    Stopped,
}

/// A request that was sent.
#[derive(Debug)]
pub(super) struct Sent {
    id: u64,
    at: Instant,
}

/// The id of a request, and how it was answered.
type Reply = (u64, Result<Value, RpcError>);

/// One frame, for whoever wants to know what was said last.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) at: Instant,
    pub(super) direction: Direction,
    pub(super) text: String,
}

/// A process that is spoken to.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) process: ChildProcess,
    pub(super) speaker: Speaker,
    trace: Option<Trace>,
    last_id: u64,
    /// Requests without a reply yet, and replies to them that came while another one was awaited.
    outstanding: Vec<u64>,
    early: Vec<Reply>,
    exchanges: VecDeque<Exchange>,
}

impl Connection {
    pub(super) fn new(process: ChildProcess, speaker: Speaker, trace: Option<Trace>) -> Self {
        // The field's first id is 2.
        let (outstanding, early, exchanges) = Default::default();
        Self { process, speaker, trace, last_id: 1, outstanding, early, exchanges }
    }

    /// What was said last, oldest first.
    pub(super) fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.iter()
    }

    /// Sends a request; `params` is JSON text.
    pub(super) fn send(&mut self, method: &str, params: &str) -> Sent {
        self.last_id += 1;
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":{},"method":"{method}","params":{params}}}"#,
            self.last_id
        );
        self.note(Direction::Sent, body.as_bytes());
        let mut frame = Vec::new();
        // Writing into memory cannot fail; a process that takes nothing will not answer either.
        let _ = write_frame(&mut frame, body.as_bytes());
        self.process.send(frame);
        self.outstanding.push(self.last_id);
        Sent { id: self.last_id, at: Instant::now() }
    }

    /// The result of a request, within `limit` from its sending. After [`CallError::Silent`] it can be
    /// awaited again.
    pub(super) fn receive(
        &mut self,
        sent: &Sent,
        limit: Duration,
        stopped: Stopped<'_>,
    ) -> Result<Value, CallError> {
        if let Some(at) = self.early.iter().position(|(id, _)| *id == sent.id) {
            return self.early.swap_remove(at).1.map_err(CallError::Rpc);
        }
        loop {
            if stopped() {
                return Err(CallError::Stopped);
            }
            let left = limit.saturating_sub(sent.at.elapsed());
            match self.process.hear(left.min(LOOK)) {
                Some(Heard::Frame(body)) => {
                    self.note(Direction::Received, &body);
                    let Some((id, result)) = reply(&body, sent.id)? else { continue };
                    let Some(at) = self.outstanding.iter().position(|open| *open == id) else {
                        continue;
                    };
                    self.outstanding.swap_remove(at);
                    if id == sent.id {
                        return result.map_err(CallError::Rpc);
                    }
                    self.early.push((id, result));
                }
                Some(Heard::Garbage(what)) => {
                    self.note(Direction::Received, what.as_bytes());
                    return Err(CallError::Garbage(what));
                }
                Some(Heard::Ended) => {
                    return Err(CallError::Died(self.process.wait(LAST_BREATH)));
                }
                // What it said before it died has been heard: nothing came since the last look.
                None if self.process.exit().is_some() => {
                    return Err(CallError::Died(self.process.exit()));
                }
                None if left.is_zero() => return Err(CallError::Silent(limit)),
                None => {}
            }
        }
    }

    /// Sends a request and waits for its result.
    pub(super) fn call(
        &mut self,
        method: &str,
        params: &str,
        limit: Duration,
        stopped: Stopped<'_>,
    ) -> Result<Value, CallError> {
        let sent = self.send(method, params);
        self.receive(&sent, limit, stopped)
    }

    /// An error in words, with what is known about the process.
    pub(super) fn describe(&self, error: &CallError) -> String {
        let mut text = match error {
            CallError::Rpc(error) => return error.message.clone(),
            CallError::Stopped => return STOPPED.to_owned(),
            CallError::Silent(limit) => {
                format!("{self} gave no answer in {} ms", limit.as_millis())
            }
            CallError::Died(Some(exit)) => format!("{self} died: {exit}"),
            CallError::Died(None) => format!("{self} closed its standard output and lives on"),
            CallError::Garbage(what) => {
                format!("{self} wrote something that is no reply on its standard output: {what}")
            }
        };
        let words = self.process.last_words();
        if words.is_empty() {
            text.push_str("; its stderr is empty");
        } else {
            text.push_str("; the last lines of its stderr:");
            for line in &words {
                let _ = write!(text, "\n    {line}");
            }
        }
        text
    }

    fn note(&mut self, direction: Direction, body: &[u8]) {
        if let Some(trace) = &self.trace {
            trace.record(&self.speaker, self.process.pid(), direction, body);
        }
        if self.exchanges.len() == KEPT {
            self.exchanges.pop_front();
        }
        let text = String::from_utf8_lossy(body).into_owned();
        self.exchanges.push_back(Exchange { at: Instant::now(), direction, text });
    }
}

impl std::fmt::Display for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Speaker { process, platform, .. } = &self.speaker;
        write!(f, "the '{process}' process ({platform}, pid {})", self.process.pid())
    }
}

/// The request that a frame answers, and how. An error without an id answers the one that is awaited;
/// an id that nobody gives here answers none.
fn reply(body: &[u8], awaited: u64) -> Result<Option<Reply>, CallError> {
    let garbage = |why: &str| {
        let shown: String = String::from_utf8_lossy(body).chars().take(200).collect();
        CallError::Garbage(format!("{why}: {shown}"))
    };
    let mut value: Value =
        serde_json::from_slice(body).map_err(|error| garbage(&format!("not JSON ({error})")))?;
    let object = value.as_object_mut().ok_or_else(|| garbage("not an object"))?;
    let id = match object.get("id") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        Some(Value::Null) if object.contains_key("error") => Some(awaited),
        Some(_) => None,
        None => return Err(garbage("a message without an id")),
    };
    let Some(id) = id else { return Ok(None) };
    // A result wins whatever else is there.
    if let Some(result) = object.remove("result") {
        return Ok(Some((id, Ok(result))));
    }
    let error = object.get("error").ok_or_else(|| garbage("neither result nor error"))?;
    let message =
        error.get("message").and_then(Value::as_str).unwrap_or("an error without a message");
    let code = error.get("code").and_then(Value::as_i64).unwrap_or(0);
    Ok(Some((id, Err(RpcError::new(code, message)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Result<Option<Reply>, CallError> {
        reply(body.as_bytes(), 7)
    }

    #[test]
    fn a_reply_is_known_by_its_id() {
        assert_eq!(told(r#"{"id":7,"result":true}"#), Ok(Some((7, Ok(Value::Bool(true))))));
        assert_eq!(told(r#"{"id":"7","result":1}"#), Ok(Some((7, Ok(Value::from(1))))));
        assert_eq!(told(r#"{"id":6,"result":true}"#), Ok(Some((6, Ok(Value::Bool(true))))));
        assert_eq!(told(r#"{"id":"six","result":true}"#), Ok(None));
    }

    #[test]
    fn a_result_wins_over_an_error() {
        let both = told(r#"{"id":7,"result":null,"error":{"code":1,"message":"m"}}"#);
        assert_eq!(both, Ok(Some((7, Ok(Value::Null)))));
        let error = told(r#"{"id":7,"error":{"code":-32601,"message":"m"}}"#);
        assert_eq!(error, Ok(Some((7, Err(RpcError::new(-32601, "m"))))));
        // Nobody else can be meant: the process could not read the id.
        let unread = told(r#"{"id":null,"error":{"code":-32700,"message":"m"}}"#);
        assert_eq!(unread, Ok(Some((7, Err(RpcError::new(-32700, "m"))))));
    }

    #[test]
    fn what_is_no_reply_is_garbage() {
        for body in ["nope", "[]", r#"{"result":true}"#, r#"{"id":7}"#] {
            assert!(matches!(told(body), Err(CallError::Garbage(_))), "{body}");
        }
    }
}
