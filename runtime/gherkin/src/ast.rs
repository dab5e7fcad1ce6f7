//! The syntax tree of a feature file.
//!
//! Nothing is expanded or inherited here; see [`scenarios`](super::scenarios) for that. The nodes keep
//! everything that a report may show: comments, keywords as written, descriptions with their
//! indentation, and columns.

use std::sync::Arc;

use crate::model::Location;

/// A position in a feature file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters (Unicode scalar values), counted from 1.
    pub column: u32,
}

impl Position {
    /// Returns the position with the path of its file.
    pub fn in_file(self, path: &Arc<str>) -> Location {
        Location::new(Arc::clone(path), self.line, self.column)
    }
}

/// One parsed feature file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GherkinDocument {
    /// The path, as given by the caller.
    pub path: Arc<str>,
    /// The text that was parsed, without a byte order mark.
    pub source: Arc<str>,
    /// The feature; `None` for a file of blank lines and comments.
    pub feature: Option<Feature>,
    /// All comments in the order of the file, without the language line.
    pub comments: Vec<Comment>,
}

/// A line that begins with `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The start of the line: the column is always 1.
    pub position: Position,
    /// The whole line, indentation included.
    pub text: String,
}

/// A tag on a feature, rule, scenario or examples block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The position of the `@`.
    pub position: Position,
    /// The name, including the `@`.
    pub name: String,
}

/// A `Feature:` with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// The position of the keyword.
    pub position: Position,
    /// The tags above it.
    pub tags: Vec<Tag>,
    /// The code of the file's language, such as `en`.
    pub language: &'static str,
    /// The keyword as written, without the colon.
    pub keyword: &'static str,
    /// The text after the colon.
    pub name: Arc<str>,
    /// The description below; empty if there is none.
    pub description: String,
    /// The steps that precede those of every scenario.
    pub background: Option<Background>,
    /// The scenarios outside of any rule.
    pub scenarios: Vec<Scenario>,
    /// The rules; they follow the scenarios.
    pub rules: Vec<Rule>,
}

/// A `Rule:` with its scenarios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The position of the keyword.
    pub position: Position,
    /// The tags above it.
    pub tags: Vec<Tag>,
    /// The keyword as written, without the colon.
    pub keyword: &'static str,
    /// The text after the colon.
    pub name: Arc<str>,
    /// The description below; empty if there is none.
    pub description: String,
    /// The steps that precede those of every scenario in this rule, after those of the feature.
    pub background: Option<Background>,
    /// The scenarios of this rule.
    pub scenarios: Vec<Scenario>,
}

/// A `Background:` with its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Background {
    /// The position of the keyword.
    pub position: Position,
    /// The keyword as written, without the colon.
    pub keyword: &'static str,
    /// The text after the colon.
    pub name: String,
    /// The description below; empty if there is none.
    pub description: String,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A `Scenario:` or `Scenario Outline:`; only an outline has examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The position of the keyword.
    pub position: Position,
    /// The tags above it.
    pub tags: Vec<Tag>,
    /// The keyword as written, without the colon.
    pub keyword: &'static str,
    /// The text after the colon, with placeholders as written.
    pub name: String,
    /// The description below; empty if there is none.
    pub description: String,
    /// Its own steps, with placeholders as written.
    pub steps: Vec<Step>,
    /// The examples blocks; one or more make the scenario an outline.
    pub examples: Vec<Examples>,
}

/// An `Examples:` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examples {
    /// The position of the keyword.
    pub position: Position,
    /// The tags above it.
    pub tags: Vec<Tag>,
    /// The keyword as written, without the colon.
    pub keyword: &'static str,
    /// The text after the colon.
    pub name: String,
    /// The description below; empty if there is none.
    pub description: String,
    /// The first row of the table: the names of the placeholders.
    pub header: Option<TableRow>,
    /// The rows below the header, of the same length.
    pub rows: Vec<TableRow>,
}

/// One step as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The position of the keyword.
    pub position: Position,
    /// The keyword as written, including the space after it.
    pub keyword: &'static str,
    /// The type of the keyword.
    pub keyword_type: KeywordType,
    /// The text after the keyword.
    pub text: String,
    /// The table below the step.
    pub data_table: Option<DataTable>,
    /// The doc string below the step, before or after the table.
    pub doc_string: Option<DocString>,
}

/// The type of a step keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeywordType {
    /// `Given` and its translations.
    Context,
    /// `When` and its translations.
    Action,
    /// `Then` and its translations.
    Outcome,
    /// `And`, `But` and their translations: the type of the step before.
    Conjunction,
    /// A keyword of several types, such as `*`.
    Unknown,
}

/// The rows below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataTable {
    /// The position of the first row.
    pub position: Position,
    /// The rows, at least one, all of the same length.
    pub rows: Vec<TableRow>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// The position of its first `|`.
    pub position: Position,
    /// The cells from left to right.
    pub cells: Vec<TableCell>,
}

/// One cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCell {
    /// The start of its text; for an empty cell, the position of the `|` after it.
    pub position: Position,
    /// Its text, with escapes resolved and surrounding whitespace removed.
    pub value: String,
}

/// A block of text below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocString {
    /// The position of the opening delimiter.
    pub position: Position,
    /// `"""` or three backticks.
    pub delimiter: &'static str,
    /// The media type after the opening delimiter.
    pub media_type: Option<String>,
    /// The text, lines joined by `\n`, without the indentation of the delimiter.
    pub content: String,
}
