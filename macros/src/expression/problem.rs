//! What is wrong with an expression, where, and what to write instead.

use std::fmt;
use std::ops::Range;

/// One mistake in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The expression as written.
    pub(crate) expression: String,
    /// The characters it is about.
    pub(crate) span: Range<usize>,
    /// What is wrong.
    pub(crate) message: String,
    /// How to put it right.
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

    /// The column of the first character it is about, counted from 1.
    pub(crate) fn column(&self) -> usize {
        self.span.start + 1
    }

    /// A line of carets that goes below the expression.
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
