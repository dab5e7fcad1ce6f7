//! The rules of the reference runner that a serve's output can break.

use std::mem::discriminant;

use super::charset::ContentTypeError;

/// A rule that a serve's output breaks: the reference runner ends the connection, or fails the step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolViolation {
    /// A header line without CR LF at its end.
    #[error("the header line {line:?} must end with CR LF, and have no CR before that")]
    LineEnd {
        /// The beginning of the line.
        line: String,
    },
    /// An empty line where a header must begin.
    #[error("an empty line follows a frame: write nothing after the body, not even a line break")]
    BytesBetweenFrames,
    /// A `Content-Length` in another spelling.
    #[error("the header {name:?} must be spelled `Content-Length`")]
    HeaderName {
        /// The name as it was written.
        name: String,
    },
    /// A `Content-Length` with too many characters.
    #[error("the value of Content-Length, {value:?}, must have at most 20 characters")]
    LongLength {
        /// The beginning of the value.
        value: String,
    },
    /// A `Content-Type` that is not a media type with a known charset.
    #[error("Content-Type {value:?}: {reason}")]
    ContentType {
        /// The beginning of the value.
        value: String,
        /// The reason why it is not accepted.
        reason: ContentTypeError,
    },
    /// A message without the version of JSON-RPC.
    #[error("`jsonrpc` must be \"2.0\", not {found}: {message}")]
    Version {
        /// The JSON that is there instead.
        found: String,
        /// The beginning of the message.
        message: String,
    },
    /// A request or notification whose method is not a string.
    #[error("`method` must be a string, not {found}")]
    Method {
        /// The JSON that is there instead.
        found: String,
    },
    /// A response without an id.
    #[error("a response without `id`: {message}")]
    MissingId {
        /// The beginning of the message.
        message: String,
    },
    /// An id of a type that no request has.
    #[error("`id` must be a whole number or text, not {found}")]
    IdType {
        /// The JSON that is there instead.
        found: String,
    },
    /// A response to no open request.
    #[error("no request is open with `id` {id}; a request gets exactly one response: {message}")]
    UnknownId {
        /// The id as JSON.
        id: String,
        /// The beginning of the message.
        message: String,
    },
    /// A response with an `error` that is not an object.
    #[error("`error` must be an object with `code` and `message`, not {found}")]
    ErrorShape {
        /// The JSON that is there instead.
        found: String,
    },
    /// A result of the wrong type.
    #[error("{member} must be {expected}, not {found}")]
    Binding {
        /// The path of the member, such as `` `Logs[0].Level` ``.
        member: String,
        /// The type that it must have.
        expected: &'static str,
        /// The beginning of the JSON that is there instead.
        found: String,
    },
}

impl ProtocolViolation {
    /// Returns whether both break the same rule.
    pub(in crate::harmony) fn is_same_rule(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Binding { member: one, .. }, Self::Binding { member: other, .. }) => {
                one == other
            }
            _ => discriminant(self) == discriminant(other),
        }
    }
}

/// Returns the beginning of a text, short enough for a message.
pub(in crate::harmony) fn excerpt(text: &str) -> String {
    const SHOWN_CHARS: usize = 200;
    let mut shown: String = text.chars().take(SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
