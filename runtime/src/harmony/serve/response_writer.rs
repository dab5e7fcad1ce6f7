//! Responses as whole frames from any thread, and the notice that the runner has closed its end.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::shutdown::{ServeShutdown, ShutdownReason};
use crate::harmony::protocol::framing::write_frame;
use crate::harmony::protocol::jsonrpc::{RequestId, RpcError, error_reply, result_reply};
use std::sync::mpsc::Sender;

/// Writes responses, one whole frame at a time.
#[derive(Clone)]
pub(super) struct ResponseWriter {
    shared: Arc<Shared>,
}

struct Shared {
    /// `None` after writing has failed.
    output: Mutex<Option<Box<dyn Write + Send>>>,
    endings: Sender<ServeShutdown>,
}

impl ResponseWriter {
    pub(super) fn new(output: impl Write + Send + 'static, endings: Sender<ServeShutdown>) -> Self {
        let output = Mutex::new(Some(Box::new(output) as Box<dyn Write + Send>));
        Self { shared: Arc::new(Shared { output, endings }) }
    }

    /// Answers with a result, given as JSON text. A notification gets no answer.
    pub(super) fn result(&self, id: Option<&RequestId>, result: &str) {
        if let Some(id) = id {
            self.send(&result_reply(id, result));
        }
    }

    /// Answers with an error. A notification gets no answer.
    pub(super) fn error(&self, id: Option<&RequestId>, error: &RpcError) {
        if let Some(id) = id {
            self.send(&error_reply(id, error));
        }
    }

    fn send(&self, body: &[u8]) {
        let mut output = self.shared.output.lock().unwrap_or_else(PoisonError::into_inner);
        let written = match output.as_mut() {
            Some(output) => write_frame(output, body),
            None => return,
        };
        if let Err(error) = written {
            // Half a frame may have been written: nothing sensible can follow it.
            *output = None;
            if error.kind() != io::ErrorKind::BrokenPipe {
                let _ = writeln!(io::stderr(), "cannot write a response: {error}");
            }
            let _ = self.shared.endings.send(ServeShutdown::Now(ShutdownReason::OutputClosed));
        }
    }
}
