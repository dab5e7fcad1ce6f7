//! Frames on a byte stream: a header with `Content-Length: N`, an empty line, N bytes.
//!
//! Reading is lenient (names in any case, blanks, LF or CRLF, other headers, any order, empty lines
//! between frames), writing is strict. A frame that cannot be read is an error with a reason, and
//! the reader looks for the next header behind it. What the bytes mean is not known here.

use std::io::{self, Read, Write};

/// The longest body that is read: 64 MiB.
pub const MAX_BODY: u64 = 64 * 1024 * 1024;

/// The longest body that is read over and thrown away to find the next frame: 1 GiB. A length
/// beyond is taken for nonsense rather than for a length.
const MAX_SKIP: u64 = 1024 * 1024 * 1024;

/// The longest header line, in bytes.
const MAX_LINE: usize = 8 * 1024;

/// The most header lines of one frame.
const MAX_LINES: usize = 64;

const LENGTH_NAME: &[u8] = b"content-length";

/// Why a frame could not be read.
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
    /// A body beyond [`MAX_BODY`].
    #[error("Content-Length {value} exceeds the limit of {MAX_BODY} bytes")]
    TooLong {
        /// The text after the colon.
        value: String,
    },
    /// Two lengths that differ in one header.
    #[error("two lengths in one frame header: {first} and {second}")]
    TwoLengths {
        /// The one that came first, in bytes.
        first: u64,
        /// The other one, in bytes.
        second: u64,
    },
    /// A line that is no header.
    #[error("not a frame header: {line:?}; a wrong Content-Length before it is the usual cause")]
    NotAHeader {
        /// The beginning of the line.
        line: String,
    },
    /// A header line or a header that does not end.
    #[error(
        "a frame header of more than {MAX_LINES} lines or a line of more than {MAX_LINE} bytes"
    )]
    HeaderTooLong,
    /// The stream itself failed; nothing more will come.
    #[error("reading failed: {0}")]
    Io(#[from] io::Error),
}

impl FrameError {
    /// Whether nothing more can be read after this error.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Io(_))
    }
}

/// Reads frames from a stream.
#[derive(Debug)]
pub struct FrameReader<R> {
    input: R,
    buffer: Vec<u8>,
    /// The part of `buffer` that was read from the input and not yet handed out.
    start: usize,
    end: usize,
    /// After an error: everything up to the next `Content-Length` is thrown away.
    lost: bool,
}

impl<R: Read> FrameReader<R> {
    /// A reader of `input`, which needs no buffer of its own.
    pub fn new(input: R) -> Self {
        Self { input, buffer: vec![0; 16 * 1024], start: 0, end: 0, lost: false }
    }

    /// The body of the next frame; `None` at the end of the stream, also when it ends inside a frame.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that cannot be read. Unless the error [is
    /// fatal](FrameError::is_fatal), the next call goes on behind it.
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, FrameError> {
        match self.header() {
            Ok(None) => Ok(None),
            Ok(Some(length)) => {
                self.lost = false;
                self.body(length)
            }
            Err(error) => {
                self.lost = true;
                Err(error)
            }
        }
    }

    /// The body length the next header announces.
    fn header(&mut self) -> Result<Option<usize>, FrameError> {
        let mut length: Option<u64> = None;
        let mut lines = 0;
        loop {
            let Some(line) = self.line()? else { return Ok(None) };
            let mut text = trim(&self.buffer[line]);
            if text.is_empty() {
                match length {
                    Some(length) => return Ok(Some(self.fitting(length)?)),
                    // Empty lines between frames harm nobody.
                    None if lines == 0 || self.lost => continue,
                    None => return Err(FrameError::MissingLength),
                }
            }
            if self.lost && length.is_none() {
                match find_length_name(text) {
                    Some(at) => text = &text[at..],
                    None => continue,
                }
            }
            lines += 1;
            if lines > MAX_LINES {
                return Err(FrameError::HeaderTooLong);
            }
            match header_value(text) {
                Header::Length(value) => {
                    let second = parse_length(value)?;
                    match length {
                        Some(first) if first != second => {
                            return Err(FrameError::TwoLengths { first, second });
                        }
                        _ => length = Some(second),
                    }
                }
                Header::Other => {}
                Header::None => {
                    let line = excerpt(text);
                    // The header that follows the wreck may stand on the same line.
                    if let Some(at) = find_length_name(text) {
                        let kept = text.len() - at;
                        self.put_back(kept);
                    }
                    return Err(FrameError::NotAHeader { line });
                }
            }
        }
    }

    /// Checks a length against the limit; a body beyond it is read over.
    fn fitting(&mut self, length: u64) -> Result<usize, FrameError> {
        if length > MAX_BODY {
            self.skip(length)?;
            return Err(FrameError::TooLong { value: length.to_string() });
        }
        usize::try_from(length).map_err(|_| FrameError::TooLong { value: length.to_string() })
    }

    fn skip(&mut self, length: u64) -> io::Result<()> {
        let mut left = length;
        while left > 0 {
            let here = (self.end - self.start) as u64;
            let step = here.min(left);
            self.start += usize::try_from(step).unwrap_or(usize::MAX);
            left -= step;
            if left > 0 && !self.fill()? {
                break;
            }
        }
        Ok(())
    }

    fn body(&mut self, length: usize) -> Result<Option<&[u8]>, FrameError> {
        while self.end - self.start < length {
            if !self.fill()? {
                return Ok(None);
            }
        }
        let start = self.start;
        self.start += length;
        Ok(Some(&self.buffer[start..start + length]))
    }

    /// The next line with its end; `None` at the end of the stream.
    fn line(&mut self) -> Result<Option<std::ops::Range<usize>>, FrameError> {
        let mut searched = 0;
        loop {
            let unread = &self.buffer[self.start + searched..self.end];
            let newline = unread.iter().position(|&b| b == b'\n').map(|at| searched + at);
            let seen = newline.unwrap_or(self.end - self.start);
            if seen > MAX_LINE {
                if !self.lost {
                    return Err(FrameError::HeaderTooLong);
                }
                match find_length_name(&self.buffer[self.start..self.start + seen]) {
                    Some(0) => {
                        self.start += 1;
                        return Err(FrameError::HeaderTooLong);
                    }
                    Some(at) => {
                        self.start += at;
                        searched = 0;
                        continue;
                    }
                    // Keeps what may be the first half of the name that is searched for.
                    None if newline.is_none() => self.start = self.end - LENGTH_NAME.len(),
                    None => {}
                }
            }
            if let Some(at) = newline {
                let line = self.start..self.start + at + 1;
                self.start = line.end;
                return Ok(Some(line));
            }
            searched = self.end - self.start;
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Makes the last `kept` bytes before the end of the line just read unread again.
    fn put_back(&mut self, kept: usize) {
        // `text` was trimmed: the line's end has one or two bytes more, found by going back over them.
        let mut end = self.start;
        while end > 0 && self.buffer[end - 1].is_ascii_whitespace() {
            end -= 1;
        }
        self.start = end.saturating_sub(kept);
    }

    /// Reads more; false at the end of the stream.
    fn fill(&mut self) -> io::Result<bool> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            // One long message must not hold its memory for ever.
            if self.buffer.len() > 1024 * 1024 {
                self.buffer = vec![0; 16 * 1024];
            }
        }
        if self.end == self.buffer.len() {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            if self.end == self.buffer.len() {
                // Grows with what has really arrived, whatever length was announced.
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Ok(false),
                Ok(read) => {
                    self.end += read;
                    return Ok(true);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

/// Writes one frame with a single write where the stream takes it, and flushes.
///
/// # Errors
/// What the stream says.
pub fn write_frame(output: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let mut frame = Vec::with_capacity(body.len() + 32);
    // Writing into memory cannot fail.
    let _ = write!(frame, "Content-Length: {}\r\n\r\n", body.len());
    frame.extend_from_slice(body);
    output.write_all(&frame)?;
    output.flush()
}

enum Header<'a> {
    Length(&'a [u8]),
    Other,
    None,
}

fn header_value(line: &[u8]) -> Header<'_> {
    let Some(colon) = line.iter().position(|&b| b == b':') else { return Header::None };
    let name = trim(&line[..colon]);
    if name.eq_ignore_ascii_case(LENGTH_NAME) {
        Header::Length(trim(&line[colon + 1..]))
    } else if !name.is_empty()
        && name.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
    {
        Header::Other
    } else {
        Header::None
    }
}

fn parse_length(value: &[u8]) -> Result<u64, FrameError> {
    let text = String::from_utf8_lossy(value);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let shown = excerpt(value);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(FrameError::NotANumber { value: shown });
    }
    if text.starts_with('-') {
        return Err(FrameError::Negative { value: shown });
    }
    match digits.parse::<u64>() {
        Ok(length) if length <= MAX_SKIP => Ok(length),
        _ => Err(FrameError::TooLong { value: shown }),
    }
}

/// Where `Content-Length` and its colon begin in a line, in any case.
fn find_length_name(line: &[u8]) -> Option<usize> {
    let length = LENGTH_NAME.len();
    (0..line.len().saturating_sub(length)).find(|&at| {
        line[at..at + length].eq_ignore_ascii_case(LENGTH_NAME)
            && line[at + length..].iter().find(|b| !matches!(b, b' ' | b'\t')) == Some(&b':')
    })
}

fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

/// The beginning of what was read, short enough for a message.
fn excerpt(bytes: &[u8]) -> String {
    const SHOWN: usize = 60;
    let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).into_owned();
    if bytes.len() > SHOWN {
        text.push('…');
    }
    text
}
