//! The notation of a pattern.

/// The notation of a step definition's pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternKind {
    /// `"text"`: matched verbatim.
    Literal,
    /// `expr = "…"`: a Cucumber Expression.
    Expression,
    /// `regex = "…"`, or a literal that begins with `^` or ends with `$`.
    Regex,
}
