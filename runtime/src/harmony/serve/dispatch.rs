//! From a frame to the request in it. Requests that need no step are answered here at once.

use std::io::{self, Read, Write};
use std::sync::Arc;

use super::response_writer::ResponseWriter;
use super::shutdown::{ServeShutdown, ShutdownReason};
use crate::engine::{Registry, RunNumbers, set_announced_numbers};
use crate::harmony::protocol::framing::FrameReader;
use crate::harmony::protocol::jsonrpc::{
    INVALID_REQUEST, Incoming, METHOD_NOT_FOUND, Request, RequestId, RpcError, read_request,
};
use crate::harmony::protocol::methods::{ExecuteStepParams, InitializeParams, steps_json};

/// The frames of the runner.
pub(super) type Frames = FrameReader<Box<dyn Read + Send>>;

/// Reads requests and answers those that need no step.
pub(super) struct Dispatch {
    registry: Arc<Registry>,
    responses: ResponseWriter,
}

/// The content of the next frame.
#[derive(Debug)]
pub(super) enum Dispatched {
    /// A request that has been answered.
    Nothing,
    /// A request that waits for its turn among the steps.
    Work(Option<RequestId>, Work),
    /// The end of serving.
    ShutdownReason(ServeShutdown),
}

/// A request that waits for its turn among the steps.
#[derive(Debug)]
pub(super) enum Work {
    /// Start another scenario. Failures of the one before, which ends by that, have no response.
    StartScenario(InitializeParams),
    /// Execute a step.
    Step(ExecuteStepParams),
    /// End the scenario: its after-hooks, then the drop of its state.
    Cleanup,
}

impl Dispatch {
    pub(super) fn new(registry: Arc<Registry>, responses: ResponseWriter) -> Self {
        Self { registry, responses }
    }

    /// Reads one frame; blocks until there is one or the end.
    pub(super) fn read(&self, frames: &mut Frames) -> Dispatched {
        let incoming = match frames.next_frame() {
            Ok(Some(body)) => read_request(body),
            Ok(None) => {
                return Dispatched::ShutdownReason(ServeShutdown::Now(ShutdownReason::InputEnded));
            }
            Err(error) if error.is_fatal() => {
                eprint_line(&error.to_string());
                return Dispatched::ShutdownReason(ServeShutdown::Now(ShutdownReason::InputEnded));
            }
            Err(error) => Incoming::Refused {
                id: RequestId::null(),
                error: RpcError::new(INVALID_REQUEST, error.to_string()),
            },
        };
        match incoming {
            Incoming::Request(request) => return self.handle(request),
            Incoming::Refused { id, error } => self.responses.error(Some(&id), &error),
            Incoming::Ignored { reason } => {
                eprint_line(&format!("a message was ignored: {reason}"))
            }
        }
        Dispatched::Nothing
    }

    fn handle(&self, request: Request) -> Dispatched {
        let Request { id, method, params } = request;
        match method.as_str() {
            "health" => self.responses.result(id.as_ref(), "true"),
            "initialize" => {
                self.responses.result(id.as_ref(), "true");
                let announced = InitializeParams::from_params(&params);
                let numbers = announced.host_pid.zip(announced.feature_id);
                set_announced_numbers(numbers.map(|(host, feature)| RunNumbers { host, feature }));
                return Dispatched::Work(None, Work::StartScenario(announced));
            }
            "discover" => {
                self.responses.result(id.as_ref(), &steps_json(self.registry.definitions()));
            }
            "executeStep" => match ExecuteStepParams::from_params(&params) {
                Ok(step) => return Dispatched::Work(id, Work::Step(step)),
                Err(error) => self.responses.error(id.as_ref(), &error),
            },
            "cleanup" => return Dispatched::Work(id, Work::Cleanup),
            "shutdown" => return Dispatched::ShutdownReason(ServeShutdown::Shutdown(id)),
            "crash" => {
                self.responses.result(id.as_ref(), "null");
                return Dispatched::ShutdownReason(ServeShutdown::Now(ShutdownReason::Crash));
            }
            _ => {
                let message = format!(
                    "no method {method:?}; the methods are health, initialize, discover, \
                     executeStep, cleanup, shutdown and crash"
                );
                self.responses.error(id.as_ref(), &RpcError::new(METHOD_NOT_FOUND, message));
            }
        }
        Dispatched::Nothing
    }
}

/// Writes a line to stderr, which runners keep as the process's log.
pub(super) fn eprint_line(text: &str) {
    // There is no other place for it if stderr is closed.
    let _ = writeln!(io::stderr(), "harmony serve: {text}");
}
