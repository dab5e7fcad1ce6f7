//! The lines of a frame's header.

use super::frame_error::FrameError;

/// The longest body that is skipped to find the next frame: 1 GiB. A greater length is taken for
/// nonsense rather than for a length.
const MAX_SKIP_BYTES: u64 = 1024 * 1024 * 1024;

pub(super) const LENGTH_NAME: &[u8] = b"content-length";

/// The lines that count as headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderRules {
    /// Lines with a sensible name; two lengths must agree.
    Sensible,
    /// Every line with a colon; the last length counts. As the reference runner reads.
    AnyWithColon,
}

/// A header line; values keep their blanks.
pub(super) enum Header<'a> {
    Length { name: &'a [u8], value: &'a [u8] },
    ContentType(&'a [u8]),
    Other,
    None,
}

pub(super) fn parse_header(line: &[u8], rules: HeaderRules) -> Header<'_> {
    let Some(colon) = line.iter().position(|&b| b == b':') else { return Header::None };
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    let trimmed = trim(name);
    let is_sensible = !trimmed.is_empty()
        && trimmed.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b));
    if trimmed.eq_ignore_ascii_case(LENGTH_NAME) {
        Header::Length { name, value }
    } else if name == b"Content-Type" {
        Header::ContentType(value)
    } else if is_sensible || rules == HeaderRules::AnyWithColon {
        Header::Other
    } else {
        Header::None
    }
}

pub(super) fn parse_length(value: &[u8], limit: u64) -> Result<u64, FrameError> {
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
        Ok(length) if length <= limit.max(MAX_SKIP_BYTES) => Ok(length),
        _ => Err(FrameError::TooLong { value: shown, limit }),
    }
}

/// Finds `Content-Length` with its colon in a line, in any case.
pub(super) fn find_length_name(line: &[u8]) -> Option<usize> {
    let length = LENGTH_NAME.len();
    (0..line.len().saturating_sub(length)).find(|&at| {
        line[at..at + length].eq_ignore_ascii_case(LENGTH_NAME)
            && line[at + length..].iter().find(|b| !matches!(b, b' ' | b'\t')) == Some(&b':')
    })
}

pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

/// Returns the beginning of the bytes, short enough for a message.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    const SHOWN: usize = 60;
    let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).into_owned();
    if bytes.len() > SHOWN {
        text.push('…');
    }
    text
}
