//! What a step wrote to its log and attached to its report.

use std::time::SystemTime;

/// How much a log record matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// Finest detail.
    Trace,
    /// For whoever debugs the step.
    Debug,
    /// Worth knowing.
    Info,
    /// Odd, yet not a failure.
    Warn,
    /// Part of a failure.
    Error,
}

/// One line of a step's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// When it was written.
    pub time: SystemTime,
    /// How much it matters.
    pub level: LogLevel,
    /// What it says.
    pub message: String,
}

/// Something a step attached to its report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What to call it.
    pub name: String,
    /// What it is, such as `text/plain` or `image/png`.
    pub media_type: String,
    /// Its content.
    pub content: Vec<u8>,
    /// Whether it was attached as a text; it is valid UTF-8 then.
    pub is_text: bool,
    /// When it was attached.
    pub time: SystemTime,
}
