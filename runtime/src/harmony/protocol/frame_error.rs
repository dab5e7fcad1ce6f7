//! The errors of reading frames.

use std::io;

/// The reason why a frame could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A header without `Content-Length`.
    #[error(
        "a frame header without Content-Length: send `Content-Length: N`, an empty line and N bytes"
    )]
    MissingLength,
    /// A length that is not a number.
    #[error("Content-Length {value:?} is not a number of bytes")]
    NotANumber {
        /// The text after the colon.
        value: String,
    },
    /// A length below zero.
    #[error("Content-Length {value} is negative")]
    Negative {
        /// The text after the colon.
        value: String,
    },
    /// A body beyond the limit.
    #[error("Content-Length {value} exceeds the limit of {limit} bytes")]
    TooLong {
        /// The text after the colon.
        value: String,
        /// The longest body that is read.
        limit: u64,
    },
    /// Two lengths that differ in one header.
    #[error("two lengths in one frame header: {first} and {second}")]
    TwoLengths {
        /// The one that came first, in bytes.
        first: u64,
        /// The other one, in bytes.
        second: u64,
    },
    /// A line that is not a header.
    #[error("not a frame header: {line:?}; a wrong Content-Length before it is the usual cause")]
    NotAHeader {
        /// The beginning of the line.
        line: String,
    },
    /// A header line or a header that does not end.
    #[error("a frame header of more than {lines} lines or a line of more than {bytes} bytes")]
    HeaderTooLong {
        /// The number of lines that are read.
        lines: usize,
        /// The longest line that is read.
        bytes: usize,
    },
    /// The stream itself failed; nothing more will come.
    #[error("reading failed: {0}")]
    Io(#[from] io::Error),
}

impl FrameError {
    /// Returns whether nothing more can be read after this error.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Io(_))
    }
}
