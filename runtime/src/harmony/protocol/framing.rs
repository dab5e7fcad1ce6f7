//! Frames on a byte stream: a header with `Content-Length: N`, an empty line, N bytes.
//!
//! Reading is lenient (names in any case, blanks, LF or CRLF, other headers, any order, empty lines
//! between frames), writing is strict. A frame that cannot be read is an error with a reason, and the
//! reader looks for the next header after it. The rules of the reference runner that a readable frame
//! breaks are [counted](FrameReader::take_violations); the caller decides about them.

use std::io::{self, Read, Write};

use super::charset::{Charset, ContentTypeError};
pub use super::frame_error::FrameError;
use super::frame_header::{
    Header, HeaderRules, LENGTH_NAME, excerpt, find_length_name, parse_header, parse_length, trim,
};
use super::violation::ProtocolViolation;

/// The longest body that a serve reads: 64 MiB.
pub const MAX_BODY_BYTES: u64 = 64 * 1024 * 1024;

/// The longest header line that a serve reads, in bytes.
const MAX_LINE_BYTES: usize = 8 * 1024;

/// The number of header lines that a serve reads for one frame.
const MAX_HEADER_LINES: usize = 64;

/// The longest value of a `Content-Length` that the reference runner reads, with its blanks.
const MAX_LENGTH_CHARS: usize = 20;

/// The longest value of a `Content-Type` that the reference runner reads, with its blanks.
const MAX_CONTENT_TYPE_CHARS: usize = 200;

/// The limits of a reader, and the headers that it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limits {
    body_bytes: u64,
    line_bytes: usize,
    lines: usize,
    headers: HeaderRules,
}

impl Limits {
    const OF_A_SERVE: Self = Self {
        body_bytes: MAX_BODY_BYTES,
        line_bytes: MAX_LINE_BYTES,
        lines: MAX_HEADER_LINES,
        headers: HeaderRules::Sensible,
    };

    /// The reference runner has no limits but the largest length, 2^31 - 1. A line without an end must
    /// end somewhere here.
    const OF_A_RUNNER: Self = Self {
        body_bytes: i32::MAX as u64,
        line_bytes: 1024 * 1024,
        lines: 4096,
        headers: HeaderRules::AnyWithColon,
    };
}

/// Reads frames from a stream.
#[derive(Debug)]
pub struct FrameReader<R> {
    input: R,
    buffer: Vec<u8>,
    /// The part of `buffer` that was read from the input and not yet handed out.
    start: usize,
    end: usize,
    /// After an error: everything up to the next `Content-Length` is skipped.
    lost: bool,
    limits: Limits,
    violations: Vec<ProtocolViolation>,
    charset: Charset,
    /// The last body in UTF-8, if it arrived in another encoding.
    converted: Vec<u8>,
}

impl<R: Read> FrameReader<R> {
    /// Returns a serve's reader of `input`, which needs no buffer.
    pub fn new(input: R) -> Self {
        Self::with_limits(input, Limits::OF_A_SERVE)
    }

    /// Returns a runner's reader of `input`: it accepts every frame that the reference runner accepts.
    pub fn for_runner(input: R) -> Self {
        Self::with_limits(input, Limits::OF_A_RUNNER)
    }

    fn with_limits(input: R, limits: Limits) -> Self {
        Self {
            input,
            buffer: vec![0; 16 * 1024],
            start: 0,
            end: 0,
            lost: false,
            limits,
            violations: Vec::new(),
            charset: Charset::default(),
            converted: Vec::new(),
        }
    }

    /// Returns the body of the next frame; `None` at the end of the stream, also if it ends inside a
    /// frame.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that cannot be read. Unless the error [is
    /// fatal](FrameError::is_fatal), the next call continues after it.
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, FrameError> {
        self.violations.clear();
        self.charset = Charset::default();
        let length = match self.header() {
            Ok(None) => return Ok(None),
            Ok(Some(length)) => length,
            Err(error) => {
                self.lost = true;
                return Err(error);
            }
        };
        self.lost = false;
        let Some(body) = self.body(length)? else { return Ok(None) };
        if self.charset != Charset::Utf8 {
            self.converted = self.charset.to_utf8(&self.buffer[body]);
            return Ok(Some(&self.converted));
        }
        Ok(Some(&self.buffer[body]))
    }

    /// Returns the rules of the reference runner that the last frame broke, in the order of its lines.
    pub fn take_violations(&mut self) -> Vec<ProtocolViolation> {
        std::mem::take(&mut self.violations)
    }

    /// Reads a header; returns the length of the body.
    fn header(&mut self) -> Result<Option<usize>, FrameError> {
        let mut length: Option<u64> = None;
        let mut lines = 0;
        loop {
            let Some(line) = self.line()? else { return Ok(None) };
            let raw = &self.buffer[line];
            let whole = raw.strip_suffix(b"\n").unwrap_or(raw);
            let whole = whole.strip_suffix(b"\r").unwrap_or(whole);
            let mut text = trim(whole);
            // Blanks around a header are tolerated, but they are broken rules.
            let mut header = whole;
            if text.is_empty() && length.is_none() && (lines == 0 || self.lost) {
                // Empty lines between frames do no harm here.
                self.violations.push(ProtocolViolation::BytesBetweenFrames);
                continue;
            }
            if !raw.ends_with(b"\r\n") || whole.contains(&b'\r') {
                self.violations.push(ProtocolViolation::LineEnd { line: excerpt(text) });
            }
            if text.is_empty() {
                return match length {
                    Some(length) => Ok(Some(self.fitting(length)?)),
                    None => Err(FrameError::MissingLength),
                };
            }
            if self.lost && length.is_none() {
                match find_length_name(text) {
                    Some(at) => text = &text[at..],
                    None => continue,
                }
                header = text;
            }
            lines += 1;
            if lines > self.limits.lines {
                return Err(self.header_too_long());
            }
            match parse_header(header, self.limits.headers) {
                Header::Length { name, value } => {
                    if name != b"Content-Length" {
                        let name = excerpt(name);
                        self.violations.push(ProtocolViolation::HeaderName { name });
                    }
                    if value.len() > MAX_LENGTH_CHARS {
                        let value = excerpt(value);
                        self.violations.push(ProtocolViolation::LongLength { value });
                    }
                    let second = parse_length(trim(value), self.limits.body_bytes)?;
                    match length {
                        Some(first)
                            if first != second && self.limits.headers == HeaderRules::Sensible =>
                        {
                            return Err(FrameError::TwoLengths { first, second });
                        }
                        _ => length = Some(second),
                    }
                }
                Header::ContentType(value) if self.limits.headers == HeaderRules::AnyWithColon => {
                    let read = match value.len() {
                        ..=MAX_CONTENT_TYPE_CHARS => {
                            Charset::from_content_type(&String::from_utf8_lossy(trim(value)))
                        }
                        _ => Err(ContentTypeError::TooLong),
                    };
                    match read {
                        Ok(charset) => self.charset = charset,
                        Err(reason) => {
                            let value = excerpt(trim(value));
                            self.violations.push(ProtocolViolation::ContentType { value, reason });
                        }
                    }
                }
                Header::ContentType(_) | Header::Other => {}
                Header::None => {
                    let line = excerpt(text);
                    // The header after the broken frame may begin on the same line.
                    if let Some(at) = find_length_name(text) {
                        let kept = text.len() - at;
                        self.put_back(kept);
                    }
                    return Err(FrameError::NotAHeader { line });
                }
            }
        }
    }

    fn header_too_long(&self) -> FrameError {
        FrameError::HeaderTooLong { lines: self.limits.lines, bytes: self.limits.line_bytes }
    }

    /// Checks a length against the limit; a longer body is skipped.
    fn fitting(&mut self, length: u64) -> Result<usize, FrameError> {
        let limit = self.limits.body_bytes;
        let too_long = || FrameError::TooLong { value: length.to_string(), limit };
        if length > limit {
            self.skip(length)?;
            return Err(too_long());
        }
        usize::try_from(length).map_err(|_| too_long())
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

    fn body(&mut self, length: usize) -> Result<Option<std::ops::Range<usize>>, FrameError> {
        while self.end - self.start < length {
            if !self.fill()? {
                return Ok(None);
            }
        }
        let start = self.start;
        self.start += length;
        Ok(Some(start..start + length))
    }

    /// Returns the next line with its end; `None` at the end of the stream.
    fn line(&mut self) -> Result<Option<std::ops::Range<usize>>, FrameError> {
        let mut searched = 0;
        loop {
            let unread = &self.buffer[self.start + searched..self.end];
            let newline = unread.iter().position(|&b| b == b'\n').map(|at| searched + at);
            let seen = newline.unwrap_or(self.end - self.start);
            if seen > self.limits.line_bytes {
                if !self.lost {
                    return Err(self.header_too_long());
                }
                match find_length_name(&self.buffer[self.start..self.start + seen]) {
                    Some(0) => {
                        self.start += 1;
                        return Err(self.header_too_long());
                    }
                    Some(at) => {
                        self.start += at;
                        searched = 0;
                        continue;
                    }
                    // Keeps the bytes that may be the first half of the name.
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

    /// Marks the last `kept` bytes before the end of the line just read as unread.
    fn put_back(&mut self, kept: usize) {
        // `text` was trimmed: the line's end has one or two bytes more, found by going back over them.
        let mut end = self.start;
        while end > 0 && self.buffer[end - 1].is_ascii_whitespace() {
            end -= 1;
        }
        self.start = end.saturating_sub(kept);
    }

    /// Reads more; returns false at the end of the stream.
    fn fill(&mut self) -> io::Result<bool> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            // One long message must not keep its memory for good.
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
                // Grows with the bytes that have arrived, whatever length was announced.
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
/// Returns the error of the stream.
pub fn write_frame(output: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let mut frame = Vec::with_capacity(body.len() + 32);
    // Writing into memory cannot fail.
    let _ = write!(frame, "Content-Length: {}\r\n\r\n", body.len());
    frame.extend_from_slice(body);
    output.write_all(&frame)?;
    output.flush()
}
