//! The arguments below a step: a data table or a doc string.

use super::Location;

/// Rows of cells below a step, escapes already resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataTable {
    /// The cells, row by row; every row has the same number of cells.
    pub rows: Vec<Vec<String>>,
    /// The location of the first row.
    pub location: Location,
}

/// A block of text below a step, indentation already removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocString {
    /// The media type after the opening delimiter, such as `json`.
    pub media_type: Option<String>,
    /// The text, lines joined by `\n`.
    pub content: String,
    /// The location of the opening delimiter.
    pub location: Location,
}

/// An argument below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepArgument {
    /// A data table.
    DataTable(DataTable),
    /// A doc string.
    DocString(DocString),
}
