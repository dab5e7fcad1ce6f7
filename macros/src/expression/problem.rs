//! Errors in an expression, with position and remedy.

use std::fmt;
use std::ops::Range;

/// One mistake in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The expression as written.
    pub(crate) expression: String,
    /// The characters that are wrong.
    pub(crate) span: Range<usize>,
    /// The error message.
    pub(crate) message: String,
    /// The remedy.
    pub(crate) help: String,
}

impl Problem {
    pub(crate) fn new(
        expression: &str,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { expression: expression.to_owned(), span, message: message.into(), help: help.into() }
    }

    /// Returns the column of the first wrong character, counted from 1.
    pub(crate) fn column(&self) -> usize {
        self.span.start + 1
    }

    /// Returns the line of carets below the expression.
    pub(crate) fn carets(&self) -> String {
        let width = self.span.len().max(1);
        format!("{}{}", " ".repeat(self.span.start), "^".repeat(width))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.column();
        writeln!(f, "invalid Cucumber Expression, column {column}: {}", self.message)?;
        writeln!(f, "    {}", self.expression)?;
        writeln!(f, "    {}", self.carets())?;
        write!(f, "help: {}", self.help)
    }
}
