//! Where something stands in a feature file.

use std::fmt;
use std::sync::Arc;

/// A place in a feature file: path, line and column.
///
/// ```
/// use harmony_bdd::model::Place;
/// assert_eq!(Place::new("a.feature", 3, 5).to_string(), "a.feature:3:5");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The path as the user gave it; shared by all places of one file.
    pub path: Arc<str>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

impl Place {
    /// A place at `line` and `column`, both counted from 1.
    pub fn new(path: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Self { path: path.into(), line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}
