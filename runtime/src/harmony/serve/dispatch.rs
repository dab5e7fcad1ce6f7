//! From a frame to what it asks for. What needs no step is answered here at once.

use std::io::{self, Read, Write};
use std::sync::Arc;

use super::replies::Replies;
use super::{End, Ending};
use crate::engine::Registry;
use crate::harmony::contract::{Initialization, StepRequest, steps_json};
use crate::harmony::frame::FrameReader;
use crate::harmony::message::{
    INVALID_REQUEST, Incoming, METHOD_NOT_FOUND, Request, RequestId, RpcError, read_request,
};

/// The frames of the other side.
pub(super) type Frames = FrameReader<Box<dyn Read + Send>>;

/// Reads requests and answers those that need no step.
pub(super) struct Dispatch {
    registry: Arc<Registry>,
    replies: Replies,
}

/// What the next frame asked for.
#[derive(Debug)]
pub(super) enum Asked {
    /// Something that has been answered.
    Nothing,
    /// Something that takes its turn among the steps.
    Work(Option<RequestId>, Work),
    /// The end.
    End(Ending),
}

/// What takes its turn among the steps.
#[derive(Debug)]
pub(super) enum Work {
    /// Begin another scenario than the one before, which has ended with nobody to hear how.
    Begin(Initialization),
    /// Execute a step.
    Step(StepRequest),
    /// End the scenario: its after-hooks, then the drop of its state.
    Cleanup,
}

impl Dispatch {
    pub(super) fn new(registry: Arc<Registry>, replies: Replies) -> Self {
        Self { registry, replies }
    }

    /// Reads one frame; blocks until there is one or the end.
    pub(super) fn read(&self, frames: &mut Frames) -> Asked {
        let incoming = match frames.next_frame() {
            Ok(Some(body)) => read_request(body),
            Ok(None) => return Asked::End(Ending::Now(End::InputEnded)),
            Err(error) if error.is_fatal() => {
                note(&error.to_string());
                return Asked::End(Ending::Now(End::InputEnded));
            }
            Err(error) => Incoming::Refused {
                id: RequestId::null(),
                error: RpcError::new(INVALID_REQUEST, error.to_string()),
            },
        };
        match incoming {
            Incoming::Request(request) => return self.handle(request),
            Incoming::Refused { id, error } => self.replies.error(Some(&id), &error),
            Incoming::Ignored { reason } => note(&format!("a message was ignored: {reason}")),
        }
        Asked::Nothing
    }

    fn handle(&self, request: Request) -> Asked {
        let Request { id, method, params } = request;
        match method.as_str() {
            "health" => self.replies.result(id.as_ref(), "true"),
            "initialize" => {
                self.replies.result(id.as_ref(), "true");
                let told = Initialization::from_params(&params);
                return Asked::Work(None, Work::Begin(told));
            }
            "discover" => {
                self.replies.result(id.as_ref(), &steps_json(self.registry.definitions()));
            }
            "executeStep" => match StepRequest::from_params(&params) {
                Ok(step) => return Asked::Work(id, Work::Step(step)),
                Err(error) => self.replies.error(id.as_ref(), &error),
            },
            "cleanup" => return Asked::Work(id, Work::Cleanup),
            "shutdown" => return Asked::End(Ending::Shutdown(id)),
            "crash" => {
                self.replies.result(id.as_ref(), "null");
                return Asked::End(Ending::Now(End::Crash));
            }
            _ => {
                let message = format!(
                    "there is no method {method:?}; there are health, initialize, discover, \
                     executeStep, cleanup, shutdown and crash"
                );
                self.replies.error(id.as_ref(), &RpcError::new(METHOD_NOT_FOUND, message));
            }
        }
        Asked::Nothing
    }
}

/// A line on stderr, which runners keep as the process's log.
pub(super) fn note(text: &str) {
    // Nobody to tell where stderr is closed.
    let _ = writeln!(io::stderr(), "harmony serve: {text}");
}
