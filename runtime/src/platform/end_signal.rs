//! The kinds of signals that ask this process to end.

/// A signal that asks this process to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndSignal {
    /// Ctrl-C, or the request of another process.
    Request,
    /// The loss of the terminal.
    Hangup,
}
