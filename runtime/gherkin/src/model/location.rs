//! Locations in feature files.

use std::fmt;
use std::sync::Arc;

/// A location in a feature file: path, line and column.
///
/// ```
/// # use harmony_bdd_gherkin as harmony_bdd;
/// use harmony_bdd::model::Location;
/// assert_eq!(Location::new("a.feature", 3, 5).to_string(), "a.feature:3:5");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The path as the user gave it; shared by all locations in one file.
    pub path: Arc<str>,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
}

impl Location {
    /// Creates a location from `line` and `column`, both counted from 1.
    pub fn new(path: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Self { path: path.into(), line, column }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}
