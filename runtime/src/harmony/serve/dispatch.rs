//! From frames to methods. What needs no step is answered here, the rest goes to the lane.

use std::io::{self, Read, Write};

use super::lane::{Lane, Work};
use super::replies::Replies;
use super::{End, Ending};
use crate::harmony::contract::{Initialization, StepRequest};
use crate::harmony::frame::FrameReader;
use crate::harmony::message::{
    INVALID_REQUEST, Incoming, METHOD_NOT_FOUND, Request, RequestId, RpcError, read_request,
};

/// Reads requests and sees to it that each gets its answer.
pub(super) struct Dispatch {
    lane: Lane,
    replies: Replies,
}

impl Dispatch {
    pub(super) fn new(lane: Lane, replies: Replies) -> Self {
        Self { lane, replies }
    }

    /// Reads until the input ends or a request ends it.
    pub(super) fn read(&self, input: impl Read) -> Ending {
        let mut frames = FrameReader::new(input);
        loop {
            let incoming = match frames.next_frame() {
                Ok(Some(body)) => read_request(body),
                Ok(None) => return Ending::Now(End::InputEnded),
                Err(error) if error.is_fatal() => {
                    note(&error.to_string());
                    return Ending::Now(End::InputEnded);
                }
                Err(error) => Incoming::Refused {
                    id: RequestId::null(),
                    error: RpcError::new(INVALID_REQUEST, error.to_string()),
                },
            };
            match incoming {
                Incoming::Request(request) => {
                    if let Some(ending) = self.handle(request) {
                        return ending;
                    }
                }
                Incoming::Refused { id, error } => self.replies.error(Some(&id), &error),
                Incoming::Ignored { reason } => note(&format!("a message was ignored: {reason}")),
            }
        }
    }

    fn handle(&self, request: Request) -> Option<Ending> {
        let Request { id, method, params } = request;
        match method.as_str() {
            "health" => self.replies.result(id.as_ref(), "true"),
            "initialize" => {
                self.lane.initialize(Initialization::from_params(&params));
                self.replies.result(id.as_ref(), "true");
            }
            "discover" => self.replies.result(id.as_ref(), &self.lane.steps_json()),
            "executeStep" => match StepRequest::from_params(&params) {
                Ok(step) => self.lane.push(id, Work::Step(step)),
                Err(error) => self.replies.error(id.as_ref(), &error),
            },
            "cleanup" => self.lane.push(id, Work::Cleanup),
            "shutdown" => return Some(Ending::Shutdown(id)),
            "crash" => {
                self.replies.result(id.as_ref(), "null");
                return Some(Ending::Now(End::Crash));
            }
            _ => {
                let message = format!(
                    "there is no method {method:?}; there are health, initialize, discover, \
                     executeStep, cleanup, shutdown and crash"
                );
                self.replies.error(id.as_ref(), &RpcError::new(METHOD_NOT_FOUND, message));
            }
        }
        None
    }
}

/// A line on stderr, which runners keep as the process's log.
fn note(text: &str) {
    // Nobody to tell where stderr is closed.
    let _ = writeln!(io::stderr(), "harmony serve: {text}");
}
