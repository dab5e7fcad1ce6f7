//! Templates: patterns as literal texts with values in between, which match without a regex.

/// One element of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Exactly this text.
    Text(&'static str),
    /// One of these texts, tried in order.
    OneOf {
        /// Alternatives.
        texts: &'static [&'static str],
        /// True if it is a capture.
        captured: bool,
    },
    /// As many characters of a class as possible.
    Run {
        /// Class of the characters.
        class: Class,
        /// Minimum number of characters.
        min: u32,
        /// Maximum number of characters.
        max: u32,
        /// True if it is a capture.
        captured: bool,
    },
    /// The text that `{int}` captures.
    Int,
    /// The text that `{float}` captures.
    Float,
    /// The text that `{string}` captures, quotes included.
    Quoted,
}

/// A set of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The characters of these ranges, both ends included.
    Ranges(&'static [(char, char)]),
    /// `\d`
    Digit,
    /// `\w`
    Word,
    /// `\s`
    Space,
    /// `\S`
    NotSpace,
    /// `\S` of JavaScript, which the official `{word}` uses: other than `\S` here, it excludes the byte
    /// order mark and includes the control character NEL.
    NotScriptSpace,
    /// `.`
    NotNewline,
}
