//! What a feature file says, node by node, with the place of each.
//!
//! Nothing is expanded or inherited here: that is what [`scenarios`](super::scenarios) does.
//! The nodes keep everything a report could want to show: comments, keywords as spelled,
//! descriptions with their indentation, columns.

use std::sync::Arc;

use crate::model::Place;

/// A place inside the document's own file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters (Unicode scalar values), counted from 1.
    pub column: u32,
}

impl Position {
    /// The same position with the path of its file.
    pub fn in_file(self, path: &Arc<str>) -> Place {
        Place::new(Arc::clone(path), self.line, self.column)
    }
}

/// One parsed feature file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GherkinDocument {
    /// The path as the caller gave it; nothing is read from it.
    pub path: Arc<str>,
    /// The text that was parsed, without a byte order mark.
    pub source: Arc<str>,
    /// The feature; none in a file of blank lines and comments.
    pub feature: Option<Feature>,
    /// All comments in the order of the file; the language line is not among them.
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
    /// Where the `@` stands.
    pub position: Position,
    /// The tag, `@` included.
    pub name: String,
}

/// A `Feature:` with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// Where the keyword stands.
    pub position: Position,
    /// The tags above it.
    pub tags: Vec<Tag>,
    /// Code of the language the file is written in, such as `en`.
    pub language: &'static str,
    /// The keyword as spelled, without the colon.
    pub keyword: &'static str,
    /// The text after the colon.
    pub name: Arc<str>,
    /// The free text below; empty when there is none.
    pub description: String,
    /// Steps in front of every scenario that has steps.
    pub background: Option<Background>,
    /// The scenarios outside of any rule.
    pub scenarios: Vec<Scenario>,
    /// The rules; they follow the scenarios.
    pub rules: Vec<Rule>,
}

/// A `Rule:` with its scenarios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Where the keyword stands.
    pub position: Position,
    /// The tags above it.
    pub tags: Vec<Tag>,
    /// The keyword as spelled, without the colon.
    pub keyword: &'static str,
    /// The text after the colon.
    pub name: Arc<str>,
    /// The free text below; empty when there is none.
    pub description: String,
    /// Steps in front of every scenario of this rule, after those of the feature.
    pub background: Option<Background>,
    /// The scenarios of this rule.
    pub scenarios: Vec<Scenario>,
}

/// A `Background:` with its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Background {
    /// Where the keyword stands.
    pub position: Position,
    /// The keyword as spelled, without the colon.
    pub keyword: &'static str,
    /// The text after the colon.
    pub name: String,
    /// The free text below; empty when there is none.
    pub description: String,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A `Scenario:` or `Scenario Outline:`; the two differ in nothing but their examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Where the keyword stands.
    pub position: Position,
    /// The tags above it.
    pub tags: Vec<Tag>,
    /// The keyword as spelled, without the colon.
    pub keyword: &'static str,
    /// The text after the colon, placeholders as written.
    pub name: String,
    /// The free text below; empty when there is none.
    pub description: String,
    /// Its own steps, placeholders as written.
    pub steps: Vec<Step>,
    /// The examples blocks; one or more make the scenario an outline.
    pub examples: Vec<Examples>,
}

/// An `Examples:` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examples {
    /// Where the keyword stands.
    pub position: Position,
    /// The tags above it.
    pub tags: Vec<Tag>,
    /// The keyword as spelled, without the colon.
    pub keyword: &'static str,
    /// The text after the colon.
    pub name: String,
    /// The free text below; empty when there is none.
    pub description: String,
    /// The first row of the table: the names of the placeholders.
    pub header: Option<TableRow>,
    /// The rows below the header, each as long as it.
    pub rows: Vec<TableRow>,
}

/// One step as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where the keyword stands.
    pub position: Position,
    /// The keyword as spelled, with the blank that ends it.
    pub keyword: &'static str,
    /// What the keyword says about the step.
    pub keyword_type: KeywordType,
    /// The text after the keyword.
    pub text: String,
    /// The table below the step.
    pub data_table: Option<DataTable>,
    /// The doc string below the step, before or after the table.
    pub doc_string: Option<DocString>,
}

/// What a step keyword says about its step.
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
    /// A word of several types, such as `*`.
    Unknown,
}

/// The rows below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataTable {
    /// Where the first row stands.
    pub position: Position,
    /// The rows, one or more, all of one length.
    pub rows: Vec<TableRow>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Where its first `|` stands.
    pub position: Position,
    /// The cells from left to right.
    pub cells: Vec<TableCell>,
}

/// One cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCell {
    /// Where its text starts; for an empty cell, where the `|` that ends it stands.
    pub position: Position,
    /// Its text, escapes resolved and outer blanks removed.
    pub value: String,
}

/// A block of text below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocString {
    /// Where the opening delimiter stands.
    pub position: Position,
    /// `"""` or three backticks.
    pub delimiter: &'static str,
    /// The word after the opening delimiter.
    pub media_type: Option<String>,
    /// The text, lines joined by `\n`, without the indentation of the delimiter.
    pub content: String,
}
