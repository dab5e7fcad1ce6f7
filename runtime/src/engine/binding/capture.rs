//! Captures of a pattern, and the parameters that take them.

/// One capture group of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureGroup {
    /// Name of the expression's parameter type or of the regex group; empty if it has none.
    pub name: &'static str,
    /// True if the captured text includes quotes that are not part of the value.
    pub quoted: bool,
    /// Name of the function's parameter that takes the capture; empty if it has none.
    pub parameter: &'static str,
}

/// The parameter that takes a capture, as the macro knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CaptureParameter {
    /// Index of the pattern's group, counted from 0.
    pub(super) group: usize,
    /// Name of the function's parameter.
    pub(super) parameter: &'static str,
    /// Type of the parameter, as written.
    pub(super) expected_type: &'static str,
}
