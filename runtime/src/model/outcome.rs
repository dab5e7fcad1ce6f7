//! What came of a step.

use std::fmt;
use std::ops::Range;
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
    /// The capture that did not fit, where that is what failed.
    pub misfit: Option<Box<Misfit>>,
}

/// A capture that could not become what the function takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Which capture, counted from 1.
    pub number: usize,
    /// Its text; empty where the group took no part.
    pub text: String,
    /// The bytes of the step's text it stands at; `None` where the group took no part.
    pub range: Option<Range<usize>>,
    /// The parameter's name.
    pub parameter: String,
    /// The parameter's type as written.
    pub wanted: String,
    /// Why it does not fit.
    pub reason: String,
    /// The definition that captured it.
    pub definition: Candidate,
}

impl Failure {
    /// A failure with a reason and nothing else known.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), causes: Vec::new(), place: None, misfit: None }
    }
}

impl From<Misfit> for Failure {
    fn from(misfit: Misfit) -> Self {
        let mut failure = Self::new(FailureKind::Argument, misfit.to_string());
        failure.misfit = Some(Box::new(misfit));
        failure
    }
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

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, text, parameter, wanted, reason, definition, .. } = self;
        let Candidate { function, place, .. } = definition;
        write!(
            f,
            "capture {number} {text:?} does not fit parameter `{parameter}: {wanted}` of `{function}` ({place}): {reason}"
        )
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
    /// What to change so that it matches, where that is known.
    pub hint: Option<String>,
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({}, {})", self.pattern, self.function, self.place)?;
        if !self.captures.is_empty() {
            f.write_str(" captures ")?;
            for (index, capture) in self.captures.iter().enumerate() {
                f.write_str(if index == 0 { "" } else { ", " })?;
                match capture {
                    Some(text) => write!(f, "{text:?}")?,
                    None => f.write_str("nothing")?,
                }
            }
        }
        match &self.hint {
            Some(hint) => write!(f, ": {hint}"),
            None => Ok(()),
        }
    }
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
    /// For a step to return: it cannot or need not run here.
    ///
    /// ```
    /// use harmony_bdd::{Outcome, given};
    ///
    /// #[given("a machine with two sockets")]
    /// fn two_sockets() -> Outcome {
    ///     Outcome::skip("this machine has one")
    /// }
    /// # assert_eq!(two_sockets().word(), "skipped");
    /// ```
    pub fn skip(reason: impl Into<String>) -> Self {
        Self::Skipped { reason: Some(reason.into()) }
    }

    /// For a step to return: it is not written yet.
    pub fn pending(reason: impl Into<String>) -> Self {
        Self::Pending { reason: Some(reason.into()) }
    }

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

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// The whole story, over several lines where there is much to say.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Failed(failure) => failure.fmt(f),
            Self::Skipped { reason } => with_reason(f, "skipped", reason.as_deref()),
            Self::Pending { reason } => with_reason(f, "pending", reason.as_deref()),
            Self::Undefined { near, snippet } => {
                f.write_str("no definition matches this text")?;
                for candidate in near {
                    write!(f, "\n  near: {candidate}")?;
                }
                match snippet.is_empty() {
                    true => Ok(()),
                    false => write!(f, "\nhelp: a definition to paste\n\n{snippet}"),
                }
            }
            Self::Ambiguous { candidates } => {
                write!(f, "{} definitions match this text", candidates.len())?;
                candidates.iter().try_for_each(|candidate| write!(f, "\n  {candidate}"))
            }
            Self::TimedOut { limit } => {
                write!(f, "still running after {} ms", limit.as_millis())
            }
        }
    }
}

fn with_reason(f: &mut fmt::Formatter<'_>, word: &str, reason: Option<&str>) -> fmt::Result {
    match reason {
        Some(reason) => write!(f, "{word}: {reason}"),
        None => f.write_str(word),
    }
}
