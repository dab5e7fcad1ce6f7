//! How a pattern was written.

/// How a pattern was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternKind {
    /// `"text"`: nothing in it is special.
    Literal,
    /// `expr = "…"`: a Cucumber Expression.
    Expression,
    /// `regex = "…"`, or a literal that begins with `^` or ends with `$`.
    Regex,
}
