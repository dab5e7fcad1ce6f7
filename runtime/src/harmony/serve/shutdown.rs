//! The reasons for which serving ends.

use crate::harmony::protocol::jsonrpc::RequestId;

/// The reason why serving ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShutdownReason {
    /// The input ended: the normal way a runner ends a serve process.
    InputEnded,
    /// A `shutdown` request has been answered.
    Shutdown,
    /// A `crash` request has been answered; the process is to abort.
    Crash,
    /// The runner has closed its end of the output.
    OutputClosed,
    /// A signal asked the process to end.
    Terminated,
}

/// A message to the thread that waits for the end of serving.
#[derive(Debug, PartialEq)]
pub(super) enum ServeShutdown {
    /// Serving ends at once, for this reason.
    Now(ShutdownReason),
    /// A `shutdown` request arrived; it is answered after the steps before it.
    Shutdown(Option<RequestId>),
}
