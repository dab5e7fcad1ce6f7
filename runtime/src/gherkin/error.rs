//! What can be wrong with a feature file, as data.
//!
//! How an error looks is told in `render`, what may help in `hint`.

use std::fmt;
use std::sync::Arc;

use super::ast::Position;
use crate::model::Place;

/// Everything found wrong in one file, in the order of discovery: one error or more.
///
/// Displays as all its errors, one block each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseErrors {
    pub(super) path: Arc<str>,
    pub(super) errors: Vec<ParseError>,
    pub(super) is_cut_short: bool,
}

impl ParseErrors {
    /// The path of the file, as the caller gave it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The errors, at least one.
    pub fn errors(&self) -> &[ParseError] {
        &self.errors
    }

    /// Whether reading stopped early because there were too many errors.
    pub fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }
}

impl std::error::Error for ParseErrors {}

/// One thing wrong in a feature file.
///
/// Displays as `path:line:column: message`, then the source line with the place marked, then a
/// hint if there is one. The text holds no colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    pub(super) place: Place,
    pub(super) kind: ParseErrorKind,
    pub(super) hint: Option<String>,
    pub(super) excerpt: Vec<ExcerptLine>,
}

impl ParseError {
    /// Where it is. For an unexpected end: column 1 of the line after the last.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What it is.
    pub fn kind(&self) -> &ParseErrorKind {
        &self.kind
    }

    /// What may help, if anything is known to: one sentence.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// What is wrong, in one line and without the place.
    pub fn message(&self) -> String {
        self.kind.to_string()
    }
}

impl std::error::Error for ParseError {}

/// The ways in which a feature file can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// A line that cannot stand where it stands.
    UnexpectedLine {
        /// The line, outer blanks removed.
        found: String,
        /// What could stand there.
        expected: &'static [Expected],
    },
    /// The file ends where it cannot.
    UnexpectedEnd {
        /// What could follow.
        expected: &'static [Expected],
        /// Where the doc string begins in which the file ends.
        open_doc_string: Option<Position>,
    },
    /// A row of another length than the first row of its table.
    UnevenRow {
        /// Cells of this row.
        cells: usize,
        /// Where the first row stands.
        first_row: Position,
        /// Cells of the first row.
        first_cells: usize,
    },
    /// A tag with a blank in it.
    BlankInTag {
        /// The tag as written.
        tag: String,
    },
    /// A language line with a code no language has.
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
                CellCount(*cells)
            ),
            Self::BlankInTag { tag } => {
                write!(f, "the tag `{}` has a blank in it", Shortened(tag))
            }
            Self::UnknownLanguage { code } => {
                write!(f, "there is no language `{}`", Shortened(code))
            }
        }
    }
}

/// A kind of line that can stand at a place.
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
    /// Characters before the marked ones, and how many are marked.
    pub(super) marked: (u32, u32),
    pub(super) label: String,
    /// Whether this is the place of the error and not one that explains it.
    pub(super) is_place: bool,
}

/// `1 cell`, `2 cells`.
pub(super) struct CellCount(pub(super) usize);

impl fmt::Display for CellCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { "cell" } else { "cells" })
    }
}

/// A list in plain words, the end of the file last. Comments and blank lines can stand nearly everywhere: not worth a word.
struct Alternatives(&'static [Expected]);

impl fmt::Display for Alternatives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let worth_saying = |expected: &&Expected| {
            !matches!(expected, Expected::Empty | Expected::Comment | Expected::End)
        };
        let mut alternatives: Vec<&Expected> = self.0.iter().filter(worth_saying).collect();
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

/// Quoted text of the file, cut where it would no longer help.
struct Shortened<'a>(&'a str);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 60;
        for (index, c) in self.0.chars().enumerate() {
            if index == LONGEST {
                return f.write_str("…");
            }
            write!(f, "{}", printable(c))?;
        }
        Ok(())
    }
}

/// Keeps control characters of the file away from the terminal.
pub(super) fn printable(c: char) -> char {
    if c.is_control() && c != '\t' { '\u{FFFD}' } else { c }
}
