//! What came of a step.

use std::fmt;
use std::time::Duration;

/// A place in Rust source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodePlace {
    /// The file as `file!()` gives it.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
}

impl fmt::Display for CodePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What made a step fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The step returned `Err`.
    Error,
    /// The step panicked.
    Panic,
    /// A capture or the step's table or doc string could not become what the function takes.
    Argument,
    /// The state or the fixture a step takes could not be made.
    State,
}

/// Why a step failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What made it fail.
    pub kind: FailureKind,
    /// The reason in words.
    pub message: String,
    /// What caused it, outermost cause first.
    pub causes: Vec<String>,
    /// Where it panicked, if it did.
    pub place: Option<CodePlace>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        match &self.place {
            Some(place) => write!(f, " (panicked at {place})"),
            None => Ok(()),
        }
    }
}

/// A definition named in a message: its pattern, its function and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The pattern as written in the attribute.
    pub pattern: String,
    /// The function's name.
    pub function: String,
    /// Where the definition stands.
    pub place: CodePlace,
    /// What it captured from the step's text; empty where it did not match.
    pub captures: Vec<Option<String>>,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It ran and returned.
    Passed,
    /// It ran, or could not be started, and something was wrong.
    Failed(Failure),
    /// It asked to be skipped, or a step before it did not pass.
    Skipped {
        /// Why; `None` where a step before it did not pass.
        reason: Option<String>,
    },
    /// It is known not to be written yet.
    Pending {
        /// What is missing.
        reason: Option<String>,
    },
    /// No definition matches its text.
    Undefined {
        /// The nearest definitions, best first.
        near: Vec<Candidate>,
        /// A definition to paste.
        snippet: String,
    },
    /// More than one definition matches its text.
    Ambiguous {
        /// All of them, by file and line.
        candidates: Vec<Candidate>,
    },
    /// It was still running at its deadline.
    TimedOut {
        /// The time it had.
        limit: Duration,
    },
}

impl Outcome {
    /// Whether the scenario may go on.
    pub fn is_passed(&self) -> bool {
        matches!(self, Self::Passed)
    }

    /// Whether the run fails by it: everything but passed and skipped.
    pub fn is_red(&self) -> bool {
        !matches!(self, Self::Passed | Self::Skipped { .. })
    }

    /// The outcome in one word, as reports print it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Skipped { .. } => "skipped",
            Self::Pending { .. } => "pending",
            Self::Undefined { .. } => "undefined",
            Self::Ambiguous { .. } => "ambiguous",
            Self::TimedOut { .. } => "timed out",
        }
    }
}
