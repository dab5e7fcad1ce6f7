//! Requests to one process and its responses, each within a limit.
//!
//! Knows JSON-RPC and its failures; the meaning of the methods is the business of
//! [`client`](crate::harmony::process::client).

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::child::{ChildProcess, Output};
use super::error::{Conduct, ProcessError, STOPPED};
use super::exit::Exit;
use super::trace::{Direction, Endpoint};
use crate::harmony::protocol::framing::write_frame;
use crate::harmony::protocol::jsonrpc::{METHOD_NOT_FOUND, RequestId, RpcError, error_reply};
use crate::harmony::protocol::response::{FromServe, read_from_serve};
use crate::harmony::protocol::violation::{ProtocolViolation, excerpt};
use crate::model::{ProcessChangeKind, StopFlag};

/// The interval at which a wait checks whether the run is being stopped or the process has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The time that a process that closed its output has to exit.
const EXIT_GRACE: Duration = Duration::from_millis(500);

/// The interval at which a wait for a process that starts is reported.
const REPORT_INTERVAL: Duration = Duration::from_millis(500);

/// The number of the last messages that are kept.
const TRANSCRIPT_LEN: usize = 128;

/// The longest message that is kept whole, in bytes.
const MAX_KEPT_BYTES: usize = 64 * 1024;

/// The handling of output that breaks a rule of the reference runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::harmony) enum ProtocolChecks {
    /// It is an error, as it is there.
    #[default]
    Enforce,
    /// It is a warning, and the message is read as well as possible.
    Warn,
}

/// The reason why a request got no result.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::harmony) enum CallError {
    /// The response is an error.
    Rpc(RpcError),
    /// There was no response within this time.
    Silent(Duration),
    /// The process ended, or closed its output, before it responded.
    Died(Option<Exit>),
    /// The output is not a message.
    Garbage(String),
    /// The output breaks a rule of the reference runner.
    Violation(ProtocolViolation),
    /// The run was stopped.
    Stopped,
}

impl CallError {
    /// Returns what the process did with the request.
    pub(in crate::harmony) fn conduct(&self) -> Conduct {
        match self {
            Self::Rpc(_) => Conduct::Responded,
            Self::Stopped => Conduct::NotAsked,
            Self::Silent(_) => Conduct::Silent,
            Self::Died(_) => Conduct::Died,
            Self::Garbage(_) | Self::Violation(_) => Conduct::Invalid,
        }
    }
}

/// The words of every error of a request without a response in time.
pub(in crate::harmony) const NO_RESPONSE: &str = "did not respond within";

/// A request that was sent.
#[derive(Debug)]
pub(in crate::harmony) struct Sent {
    id: u64,
    at: Instant,
}

/// The id of a request, and its response.
type Reply = (u64, Result<Value, RpcError>);

/// A message that was sent or received.
#[derive(Debug, Clone)]
pub(in crate::harmony) struct TranscriptEntry {
    pub(in crate::harmony) at: Instant,
    pub(in crate::harmony) direction: Direction,
    pub(in crate::harmony) text: String,
}

/// A change of the state of a process.
#[derive(Debug, Clone, Copy)]
pub(super) struct StateChange {
    pub(super) at: Instant,
    pub(super) kind: ProcessChangeKind,
}

impl StateChange {
    fn now(kind: ProcessChangeKind) -> Self {
        Self { at: Instant::now(), kind }
    }
}

/// A process with the requests to it.
#[derive(Debug)]
pub(in crate::harmony) struct Connection {
    pub(in crate::harmony) process: ChildProcess,
    pub(in crate::harmony) endpoint: Endpoint,
    checks: ProtocolChecks,
    last_id: u64,
    /// Requests without a response yet.
    outstanding: Vec<u64>,
    /// Responses that arrived while another one was awaited.
    early: Vec<Reply>,
    transcript: VecDeque<TranscriptEntry>,
    changes: Vec<StateChange>,
    /// The output that made the connection unusable.
    broken: Option<CallError>,
    /// The broken rules, each once, and how many of them have been reported.
    warnings: Vec<ProtocolViolation>,
    reported: usize,
}

impl Connection {
    pub(in crate::harmony) fn new(
        process: ChildProcess,
        endpoint: Endpoint,
        checks: ProtocolChecks,
    ) -> Self {
        Self {
            process,
            endpoint,
            checks,
            // The first id of the reference runner is 2.
            last_id: 1,
            outstanding: Vec::new(),
            early: Vec::new(),
            transcript: VecDeque::new(),
            changes: vec![StateChange::now(ProcessChangeKind::Started)],
            broken: None,
            warnings: Vec::new(),
            reported: 0,
        }
    }

    /// Returns the last messages, oldest first.
    pub(in crate::harmony) fn transcript(&self) -> impl Iterator<Item = &TranscriptEntry> {
        self.transcript.iter()
    }

    /// Returns the changes of the process's state that the runner caused or noticed, oldest first.
    pub(super) fn changes(&self) -> &[StateChange] {
        &self.changes
    }

    /// Records that the state of the process changes now.
    pub(super) fn note(&mut self, kind: ProcessChangeKind) {
        self.process.recorder().changed(kind);
        self.changes.push(StateChange::now(kind));
    }

    /// Adds a change that has been recorded at this time.
    pub(in crate::harmony) fn note_at(&mut self, at: Instant, kind: ProcessChangeKind) {
        let index = self.changes.partition_point(|change| change.at <= at);
        self.changes.insert(index, StateChange { at, kind });
    }

    /// Sends a request; `params` is JSON text.
    pub(in crate::harmony) fn send(&mut self, method: &str, params: &str) -> Sent {
        self.last_id += 1;
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":{},"method":"{method}","params":{params}}}"#,
            self.last_id
        );
        self.send_body(body.as_bytes());
        self.outstanding.push(self.last_id);
        Sent { id: self.last_id, at: Instant::now() }
    }

    fn send_body(&mut self, body: &[u8]) {
        self.record(Direction::Sent, body);
        let mut frame = Vec::new();
        // Writing into memory cannot fail; a process that takes nothing will not respond either.
        let _ = write_frame(&mut frame, body);
        self.process.send(frame);
    }

    /// Returns the result of a request, within `limit` from its sending. After [`CallError::Silent`] it
    /// can be awaited again. After invalid output every request fails with the same error.
    pub(in crate::harmony) fn receive(
        &mut self,
        sent: &Sent,
        limit: Duration,
        stop: &StopFlag,
    ) -> Result<Value, CallError> {
        if let Some(at) = self.early.iter().position(|(id, _)| *id == sent.id) {
            return self.early.swap_remove(at).1.map_err(CallError::Rpc);
        }
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let received = self.receive_next(sent, limit, stop);
        if let Err(error @ (CallError::Garbage(_) | CallError::Violation(_))) = &received {
            self.broken = Some(error.clone());
        }
        received
    }

    /// Does the same as [`receive`](Self::receive), and meanwhile calls `on_wait` every half second with the age of the
    /// request.
    pub(in crate::harmony) fn receive_reporting(
        &mut self,
        sent: &Sent,
        limit: Duration,
        stop: &StopFlag,
        mut on_wait: impl FnMut(Duration),
    ) -> Result<Value, CallError> {
        loop {
            let next = limit.min(sent.at.elapsed() + REPORT_INTERVAL);
            match self.receive(sent, next, stop) {
                Err(CallError::Silent(_)) if next < limit => on_wait(sent.at.elapsed()),
                received => return received,
            }
        }
    }

    fn receive_next(
        &mut self,
        sent: &Sent,
        limit: Duration,
        stop: &StopFlag,
    ) -> Result<Value, CallError> {
        loop {
            if stop.is_set() {
                return Err(CallError::Stopped);
            }
            let left = limit.saturating_sub(sent.at.elapsed());
            match self.process.recv(left.min(POLL_INTERVAL)) {
                Some(Output::Frame(body, violations)) => {
                    self.record(Direction::Received, &body);
                    let Some((id, result)) = self.read(&body, violations, sent.id)? else {
                        continue;
                    };
                    if id == sent.id {
                        return result.map_err(CallError::Rpc);
                    }
                    self.early.push((id, result));
                }
                Some(Output::Garbage(what)) => {
                    self.record(Direction::Received, what.as_bytes());
                    return Err(CallError::Garbage(what));
                }
                Some(Output::Ended) => {
                    return Err(CallError::Died(self.process.wait(EXIT_GRACE)));
                }
                // Its last output has been received: none came since the last poll.
                None if self.process.exit().is_some() => {
                    return Err(CallError::Died(self.process.exit()));
                }
                None if left.is_zero() => return Err(CallError::Silent(limit)),
                None => {}
            }
        }
    }

    /// Sends a request and waits for its result.
    pub(in crate::harmony) fn call(
        &mut self,
        method: &str,
        params: &str,
        limit: Duration,
        stop: &StopFlag,
    ) -> Result<Value, CallError> {
        let sent = self.send(method, params);
        self.receive(&sent, limit, stop)
    }

    /// Reads a message: the response to an open request, or `None`.
    fn read(
        &mut self,
        body: &[u8],
        violations: Vec<ProtocolViolation>,
        awaited: u64,
    ) -> Result<Option<Reply>, CallError> {
        self.check(violations)?;
        let (message, violations) =
            read_from_serve(body).map_err(|error| CallError::Garbage(error.to_string()))?;
        self.check(violations)?;
        let (id, id_text, result) = match message {
            FromServe::Response { id, id_text, result } => (id, id_text, result),
            FromServe::Request { id, method } => {
                self.refuse(&id, &method);
                return Ok(None);
            }
            FromServe::Notification => return Ok(None),
        };
        let open = id.and_then(|id| self.outstanding.iter().position(|open| *open == id));
        if let Some(at) = open {
            return Ok(Some((self.outstanding.swap_remove(at), result)));
        }
        let message = excerpt(&String::from_utf8_lossy(body));
        self.check(vec![ProtocolViolation::UnknownId { id: id_text.clone(), message }])?;
        // An error without an id can only mean the request that could not be read.
        let unread = id_text == "null" && result.is_err();
        Ok(unread.then(|| {
            self.outstanding.retain(|open| *open != awaited);
            (awaited, result)
        }))
    }

    /// Handles broken rules.
    ///
    /// # Errors
    /// The first one, unless they are only warned of.
    pub(in crate::harmony) fn check(
        &mut self,
        violations: Vec<ProtocolViolation>,
    ) -> Result<(), CallError> {
        for violation in violations {
            if !self.warnings.iter().any(|known| known.is_same_rule(&violation)) {
                self.warnings.push(violation.clone());
            }
            if self.checks == ProtocolChecks::Enforce {
                return Err(CallError::Violation(violation));
            }
        }
        Ok(())
    }

    /// Returns the broken rules, each once.
    pub(in crate::harmony) fn warnings(&self) -> &[ProtocolViolation] {
        &self.warnings
    }

    /// Returns the broken rules that this method has not returned before.
    pub(in crate::harmony) fn take_warnings(&mut self) -> Vec<ProtocolViolation> {
        let new = self.warnings[self.reported..].to_vec();
        self.reported = self.warnings.len();
        new
    }

    /// Answers a request of the serve: a runner has no methods.
    fn refuse(&mut self, id: &RequestId, method: &str) {
        let message = format!("No method by the name '{method}' is found.");
        self.send_body(&error_reply(id, &RpcError::new(METHOD_NOT_FOUND, message)));
    }

    /// Converts an error, with the state of the process.
    pub(in crate::harmony) fn error(&self, error: &CallError) -> ProcessError {
        match error {
            CallError::Stopped => ProcessError::Stopped,
            error => ProcessError::Call { conduct: error.conduct(), reason: self.describe(error) },
        }
    }

    /// Returns an error as text, with the state of the process.
    pub(in crate::harmony) fn describe(&self, error: &CallError) -> String {
        let mut text = match error {
            CallError::Rpc(error) => return error.message.clone(),
            CallError::Stopped => return STOPPED.to_owned(),
            CallError::Silent(limit) => {
                format!("{self} {NO_RESPONSE} {} ms", limit.as_millis())
            }
            CallError::Died(Some(exit)) => format!("{self} died: {exit}"),
            CallError::Died(None) => format!("{self} closed stdout but is still running"),
            CallError::Garbage(what) => {
                format!("{self} wrote an invalid response to stdout: {what}")
            }
            CallError::Violation(violation) => {
                format!("{self} breaks a rule of the protocol: {violation}")
            }
        };
        let lines = self.process.stderr_tail();
        if lines.is_empty() {
            text.push_str("; stderr was empty");
        } else {
            text.push_str("; last lines of stderr:");
            for (_, line) in &lines {
                let _ = write!(text, "\n    {line}");
            }
        }
        text
    }

    fn record(&mut self, direction: Direction, body: &[u8]) {
        self.process.recorder().message(direction, body);
        if self.transcript.len() == TRANSCRIPT_LEN {
            self.transcript.pop_front();
        }
        let kept = &body[..body.len().min(MAX_KEPT_BYTES)];
        let text = String::from_utf8_lossy(kept).into_owned();
        self.transcript.push_back(TranscriptEntry { at: Instant::now(), direction, text });
    }
}

impl std::fmt::Display for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Endpoint { process, platform, .. } = &self.endpoint;
        write!(f, "the '{process}' process ({platform}, pid {})", self.process.pid())
    }
}
