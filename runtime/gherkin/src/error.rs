//! The errors of a feature file, as data.
//!
//! `error_display` renders them, `hint` suggests fixes.

use std::fmt;
use std::sync::Arc;

use super::ast::Position;
use crate::model::Location;
use crate::text::pluralize;

/// The parse errors of one file, in the order of discovery; at least one.
///
/// Displays all errors, one block each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseErrors {
    pub(super) path: Arc<str>,
    pub(super) errors: Vec<ParseError>,
    pub(super) is_truncated: bool,
}

impl ParseErrors {
    /// Returns the path of the file, as given by the caller.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the errors, at least one.
    pub fn errors(&self) -> &[ParseError] {
        &self.errors
    }

    /// Returns whether parsing stopped early because there were too many errors.
    pub fn is_truncated(&self) -> bool {
        self.is_truncated
    }
}

impl std::error::Error for ParseErrors {}

/// An error in a feature file.
///
/// Displays `path:line:column: message`, then the source line with the error marked, then the hint if
/// there is one. The text has no colors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    pub(super) location: Location,
    pub(super) kind: ParseErrorKind,
    pub(super) hint: Option<String>,
    pub(super) excerpt: Vec<ExcerptLine>,
}

impl ParseError {
    /// Returns the location. For an unexpected end it is column 1 of the line after the last.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Returns the kind of error.
    pub fn kind(&self) -> &ParseErrorKind {
        &self.kind
    }

    /// Returns a hint that may help, in one sentence.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Returns the message in one line, without the location.
    pub fn message(&self) -> String {
        self.kind.to_string()
    }
}

impl std::error::Error for ParseError {}

/// The kind of a [`ParseError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// A line that is not allowed at its position.
    UnexpectedLine {
        /// The line, without surrounding whitespace.
        found: String,
        /// The kinds of lines that are allowed there.
        expected: &'static [Expected],
    },
    /// The file ends too early.
    UnexpectedEnd {
        /// The kinds of lines that are allowed there.
        expected: &'static [Expected],
        /// The start of the doc string in which the file ends.
        open_doc_string: Option<Position>,
    },
    /// A row whose length differs from that of the first row.
    UnevenRow {
        /// The number of cells in this row.
        cells: usize,
        /// The position of the first row.
        first_row: Position,
        /// The number of cells in the first row.
        first_cells: usize,
    },
    /// A tag that contains whitespace.
    BlankInTag {
        /// The tag as written.
        tag: String,
    },
    /// A language line with an unknown code.
    UnknownLanguage {
        /// The code as written.
        code: String,
    },
}

impl fmt::Display for ParseErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnexpectedLine { found, expected } => {
                write!(f, "found `{}`, expected {}", Shortened(found), Alternatives(expected))
            }
            Self::UnexpectedEnd { open_doc_string: Some(_), .. } => {
                f.write_str("the file ends inside a doc string")
            }
            Self::UnexpectedEnd { expected, .. } => {
                write!(f, "the file ends too early, expected {}", Alternatives(expected))
            }
            Self::UnevenRow { cells, first_cells, .. } => write!(
                f,
                "this row has {}, but the first row of its table has {first_cells}",
                pluralize(*cells, "cell")
            ),
            Self::BlankInTag { tag } => {
                write!(f, "tag `{}` contains whitespace", Shortened(tag))
            }
            Self::UnknownLanguage { code } => {
                write!(f, "unknown language `{}`", Shortened(code))
            }
        }
    }
}

/// A kind of line that is allowed at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expected {
    /// The end of the file.
    End,
    /// A blank line.
    Empty,
    /// A comment.
    Comment,
    /// A language line, `# language: en`.
    Language,
    /// A line of tags.
    Tags,
    /// A `Feature:` line.
    Feature,
    /// A `Rule:` line.
    Rule,
    /// A `Background:` line.
    Background,
    /// A `Scenario:` or `Scenario Outline:` line.
    Scenario,
    /// An `Examples:` line.
    Examples,
    /// A step.
    Step,
    /// A row of a table.
    Row,
    /// The delimiter of a doc string.
    DocString,
    /// Any text.
    Text,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::End => "the end of the file",
            Self::Empty => "a blank line",
            Self::Comment => "a comment",
            Self::Language => "`# language:`",
            Self::Tags => "a tag",
            Self::Feature => "a feature",
            Self::Rule => "a rule",
            Self::Background => "a background",
            Self::Scenario => "a scenario",
            Self::Examples => "examples",
            Self::Step => "a step",
            Self::Row => "a table row",
            Self::DocString => "a doc string",
            Self::Text => "text",
        })
    }
}

/// One line of the file to show with an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExcerptLine {
    pub(super) number: u32,
    pub(super) text: String,
    /// The number of characters before the marked ones, and the number of marked ones.
    pub(super) marked: (u32, u32),
    pub(super) label: String,
    /// True for the line of the error, false for a line that explains it.
    pub(super) is_primary: bool,
}

/// A list of kinds of lines, the end of the file last. Comments and blank lines are left out, as they
/// are allowed nearly everywhere.
struct Alternatives(&'static [Expected]);

impl fmt::Display for Alternatives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_listed = |expected: &&Expected| {
            !matches!(expected, Expected::Empty | Expected::Comment | Expected::End)
        };
        let mut alternatives: Vec<&Expected> = self.0.iter().filter(is_listed).collect();
        alternatives.extend(self.0.iter().filter(|expected| **expected == Expected::End));
        for (index, expected) in alternatives.iter().enumerate() {
            match index {
                0 => {}
                _ if index + 1 == alternatives.len() => f.write_str(" or ")?,
                _ => f.write_str(", ")?,
            }
            write!(f, "{expected}")?;
        }
        Ok(())
    }
}

/// Text of the file, cut to a readable length.
struct Shortened<'a>(&'a str);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_CHARS: usize = 60;
        for (index, c) in self.0.chars().enumerate() {
            if index == MAX_CHARS {
                return f.write_str("…");
            }
            write!(f, "{}", printable(c))?;
        }
        Ok(())
    }
}

/// Replaces control characters, which could change the state of a terminal.
pub(super) fn printable(c: char) -> char {
    if c.is_control() && c != '\t' { '\u{FFFD}' } else { c }
}
