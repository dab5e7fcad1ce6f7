//! The identity of an attempt.

/// One attempt at one scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttemptId {
    /// The scenario's number.
    pub(crate) number: usize,
    /// Number of earlier attempts.
    pub(crate) attempt: u32,
}
