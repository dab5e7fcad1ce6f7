//! The identity of an attempt.

/// One attempt at one scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::local) struct AttemptId {
    /// The scenario's number.
    pub(in crate::local) number: usize,
    /// Number of earlier attempts.
    pub(in crate::local) attempt: u32,
}
