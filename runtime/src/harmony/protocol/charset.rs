//! The character encodings that a `Content-Type` header can name.

/// An encoding of a frame's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Charset {
    #[default]
    Utf8,
    Latin1,
    Utf16LittleEndian,
    Utf16BigEndian,
}

/// The reason why the value of a `Content-Type` header is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentTypeError {
    /// The value is longer than the reference runner reads.
    #[error("it must have at most 200 characters")]
    TooLong,
    /// The value does not begin with a media type.
    #[error("it must be a media type such as `application/vscode-jsonrpc`")]
    MediaType,
    /// A parameter has no `=`.
    #[error("a parameter must be written as `name=value`")]
    Parameter,
    /// The charset is unknown.
    #[error("the charset must be utf-8, or another one that is known")]
    UnknownCharset,
}

impl Charset {
    /// Reads the value of a `Content-Type` header.
    pub(super) fn from_content_type(value: &str) -> Result<Self, ContentTypeError> {
        let mut parts = value.split(';');
        let is_token = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
        };
        let media_type = parts.next().unwrap_or_default().trim();
        if !media_type.split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub)) {
            return Err(ContentTypeError::MediaType);
        }
        let mut charset = Self::default();
        for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=').filter(|(name, _)| is_token(name))
            else {
                return Err(ContentTypeError::Parameter);
            };
            if name.eq_ignore_ascii_case("charset") {
                charset =
                    Self::named(value.trim_matches('"')).ok_or(ContentTypeError::UnknownCharset)?;
            }
        }
        Ok(charset)
    }

    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "unicode-1-1-utf-8" => Some(Self::Utf8),
            "us-ascii" | "ascii" | "iso-8859-1" | "latin1" => Some(Self::Latin1),
            "utf-16" | "utf-16le" | "unicode" | "ucs-2" => Some(Self::Utf16LittleEndian),
            "utf-16be" | "unicodefffe" => Some(Self::Utf16BigEndian),
            _ => None,
        }
    }

    /// Converts a body to UTF-8; bytes that have no meaning in the encoding become U+FFFD.
    pub(super) fn to_utf8(self, body: &[u8]) -> Vec<u8> {
        let units = |from_bytes: fn([u8; 2]) -> u16| {
            let pairs = body.chunks_exact(2).map(|pair| from_bytes([pair[0], pair[1]]));
            String::from_utf16_lossy(&pairs.collect::<Vec<u16>>()).into_bytes()
        };
        match self {
            Self::Utf8 => body.to_vec(),
            Self::Latin1 => body.iter().map(|&byte| char::from(byte)).collect::<String>().into(),
            Self::Utf16LittleEndian => units(u16::from_le_bytes),
            Self::Utf16BigEndian => units(u16::from_be_bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_name_a_charset() {
        for (value, charset) in [
            ("application/vscode-jsonrpc", Charset::Utf8),
            ("application/vscode-jsonrpc; charset=utf-8", Charset::Utf8),
            ("application/vscode-jsonrpc;charset=\"UTF8\"; x=y", Charset::Utf8),
            ("text/plain; charset=us-ascii", Charset::Latin1),
            ("text/plain; charset=utf-16", Charset::Utf16LittleEndian),
        ] {
            assert_eq!(Charset::from_content_type(value), Ok(charset), "{value}");
        }
        for value in ["json", "", "application/", "a/b; charset=klingon", "a/b; utf-8"] {
            assert!(Charset::from_content_type(value).is_err(), "{value}");
        }
    }

    #[test]
    fn bodies_become_utf8() {
        assert_eq!(Charset::Latin1.to_utf8(b"\xe4"), "ä".as_bytes());
        assert_eq!(Charset::Utf16LittleEndian.to_utf8(b"{\0}\0"), b"{}");
        assert_eq!(Charset::Utf16BigEndian.to_utf8(b"\0{\0}"), b"{}");
    }
}
