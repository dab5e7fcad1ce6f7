//! The way back: whole frames from any thread, and the notice that nobody reads them any more.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::{End, Ending};
use crate::channel::Sender;
use crate::harmony::frame::write_frame;
use crate::harmony::message::{RequestId, RpcError, error_reply, result_reply};

/// Writes replies, one whole frame at a time.
#[derive(Clone)]
pub(super) struct Replies {
    shared: Arc<Shared>,
}

struct Shared {
    /// `None` once writing failed.
    output: Mutex<Option<Box<dyn Write + Send>>>,
    endings: Sender<Ending>,
}

impl Replies {
    pub(super) fn new(output: impl Write + Send + 'static, endings: Sender<Ending>) -> Self {
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
            // A frame may have gone out in half: nothing sensible can follow it.
            *output = None;
            if error.kind() != io::ErrorKind::BrokenPipe {
                let _ = writeln!(io::stderr(), "writing a reply failed: {error}");
            }
            let _ = self.shared.endings.send(Ending::Now(End::OutputClosed));
        }
    }
}
