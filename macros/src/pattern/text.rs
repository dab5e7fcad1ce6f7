//! Patterns that look right and match no step text.
//!
//! A step text has one line, and no blank at its start or its end.

use std::fmt;

use crate::expression::BUILT_IN;

/// The reason why a text can match no step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextError {
    /// A plain text has the placeholder of a parameter type. Holds its name.
    Placeholder(&'static str),
    /// A single anchor makes a text a regex.
    OneAnchor(End),
    /// A blank stands where a step text has none.
    Blank(End),
    /// The text has several lines.
    Lines,
    /// The text is a regex between slashes, as other languages write it.
    Slashes,
}

/// One of the two ends of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Start,
    End,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "start",
            Self::End => "end",
        })
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Placeholder(name) => write!(
                f,
                "a plain text has no parameters: `{{{name}}}` matches only itself\n\
                 help: write `expr = \"…\"` before the text; for the characters themselves, `expr = \"… \\\\{{{name}}} …\"`"
            ),
            Self::OneAnchor(end) => {
                let anchor = if *end == End::Start { '^' } else { '$' };
                write!(
                    f,
                    "`{anchor}` at the {end} makes this text a regex, which does not match the character\n\
                     help: for the character write `expr = \"…\"` before the text, for a regex `regex = \"…\"`"
                )
            }
            Self::Blank(end) => {
                let verb = if *end == End::Start { "begins" } else { "ends" };
                write!(
                    f,
                    "a step text never {verb} with a blank, so this pattern never matches\n\
                     help: remove the blank at the {end}"
                )
            }
            Self::Lines => f.write_str(
                "a step text has one line, so this pattern never matches\n\
                 help: write one line; what is below it is a table or a doc string",
            ),
            Self::Slashes => f.write_str(
                "this is a regex between slashes, and the slashes would have to match\n\
                 help: write `regex = r\"^…$\"` without slashes",
            ),
        }
    }
}

/// Checks a text that is matched as it is.
pub(super) fn check_literal(text: &str) -> Result<(), TextError> {
    check_slashes(text)?;
    check_lines(text)?;
    check_ends(&[text])?;
    let named = BUILT_IN.iter().chain(&[""]).find(|name| text.contains(&format!("{{{name}}}")));
    named.map_or(Ok(()), |name| Err(TextError::Placeholder(name)))
}

/// Checks a regex as it was written. Without `regex =`, an anchor makes a text a regex.
pub(super) fn check_regex(regex: &str, is_marked: bool) -> Result<(), TextError> {
    check_slashes(regex)?;
    let one_anchor = regex.starts_with('^') != regex.ends_with('$');
    if !is_marked && one_anchor && !regex.contains(['\\', '(', '[', '{', '|', '*', '+']) {
        let end = if regex.starts_with('^') { End::Start } else { End::End };
        return Err(TextError::OneAnchor(end));
    }
    Ok(())
}

/// Checks the fixed texts of a pattern, from the first to the last.
pub(super) fn check_ends(literals: &[impl AsRef<str>]) -> Result<(), TextError> {
    let starts =
        literals.first().is_some_and(|text| text.as_ref().starts_with(char::is_whitespace));
    let ends = literals.last().is_some_and(|text| text.as_ref().ends_with(char::is_whitespace));
    match (starts, ends) {
        (true, _) => Err(TextError::Blank(End::Start)),
        (_, true) => Err(TextError::Blank(End::End)),
        _ => Ok(()),
    }
}

/// Checks that a pattern has one line.
pub(super) fn check_lines(text: &str) -> Result<(), TextError> {
    if text.contains(['\n', '\r']) { Err(TextError::Lines) } else { Ok(()) }
}

/// Refuses the way in which other languages write a regex.
fn check_slashes(text: &str) -> Result<(), TextError> {
    let end = text.trim_end_matches(|character: char| character.is_ascii_lowercase());
    if text.starts_with("/^") || (text.starts_with('/') && end.ends_with("$/")) {
        return Err(TextError::Slashes);
    }
    Ok(())
}
