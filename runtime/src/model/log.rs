//! Log records and attachments of steps and hooks.

use std::time::SystemTime;

/// The severity of a log record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// The finest detail.
    Trace,
    /// Details for debugging the step.
    Debug,
    /// Normal information.
    Info,
    /// Suspicious, but not a failure.
    Warn,
    /// An error.
    Error,
}

impl LogLevel {
    /// Returns the level as reports print it, such as `warn`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One record of a step's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// The time at which it was written.
    pub time: SystemTime,
    /// The severity.
    pub level: LogLevel,
    /// The text.
    pub message: String,
}

/// Data that a step attached to the reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The name.
    pub name: String,
    /// The media type, such as `text/plain` or `image/png`.
    pub media_type: String,
    /// The content.
    pub content: Vec<u8>,
    /// True if it was attached as text; the content is valid UTF-8 then.
    pub is_text: bool,
    /// The time at which it was attached.
    pub time: SystemTime,
}
