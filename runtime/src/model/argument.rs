//! What a step carries below its line: a data table or a doc string.

use super::Place;

/// Rows of cells below a step, escapes already resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataTable {
    /// The cells, row by row; every row has the same number of cells.
    pub rows: Vec<Vec<String>>,
    /// Where the first row stands.
    pub place: Place,
}

/// A block of text below a step, indentation already removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocString {
    /// The word after the opening delimiter, such as `json`.
    pub media_type: Option<String>,
    /// The text, lines joined by `\n`.
    pub content: String,
    /// Where the opening delimiter stands.
    pub place: Place,
}

/// The one argument a step can carry below its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepArgument {
    /// A data table.
    DataTable(DataTable),
    /// A doc string.
    DocString(DocString),
}
