//! Description of a user's function apart from its code: name, source location and parameters.

use super::capture::CaptureGroup;
use crate::model::{Candidate, SourceLocation};

/// The source location of an attribute, as static data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StaticSourceLocation {
    /// File, as `file!()` returns it.
    pub file: &'static str,
    /// Line, counted from 1.
    pub line: u32,
}

impl StaticSourceLocation {
    /// Converts to the owned location that messages hold.
    pub fn location(self) -> SourceLocation {
        SourceLocation { file: self.file.to_owned(), line: self.line }
    }
}

/// The argument below the step's line that a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepArgumentKind {
    /// None: a step that has one fails.
    Nothing,
    /// A data table.
    Table,
    /// A doc string.
    DocString,
}

/// The function to be called, as messages and arguments need it, whatever registered it.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct FunctionInfo {
    pub(in crate::engine) function: &'static str,
    pub(in crate::engine) at: StaticSourceLocation,
    pub(in crate::engine) groups: &'static [CaptureGroup],
    pub(in crate::engine) argument: StepArgumentKind,
    pub(in crate::engine) pattern: &'static str,
}

impl FunctionInfo {
    pub(in crate::engine) fn candidate(&self) -> Candidate {
        Candidate {
            pattern: self.pattern.to_owned(),
            function: self.function.to_owned(),
            location: self.at.location(),
            captures: Vec::new(),
            hint: None,
        }
    }
}
