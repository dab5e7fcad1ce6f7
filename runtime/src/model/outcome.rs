//! Outcomes of steps and hooks.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

/// A location in Rust source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceLocation {
    /// The file, as returned by `file!()`.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The kind of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The step returned `Err`.
    Error,
    /// The step panicked.
    Panic,
    /// A capture, the table or the doc string could not be converted to the type of the parameter.
    Argument,
    /// A state or fixture could not be created.
    State,
}

/// The reason why a step or hook failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// The message.
    pub message: String,
    /// The causes, outermost first.
    pub causes: Vec<String>,
    /// The location of the panic, if it panicked.
    pub location: Option<SourceLocation>,
    /// The failed conversion, if that is the reason. The message has all of it.
    #[doc(hidden)]
    pub conversion_error: Option<Box<ConversionError>>,
}

/// A capture that could not be converted to the type of its parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionError {
    /// The number of the capture, counted from 1.
    pub number: usize,
    /// The captured text; empty if the group did not match.
    pub text: String,
    /// The byte range in the step's text; `None` if the group did not match.
    pub range: Option<Range<usize>>,
    /// The name of the parameter.
    pub parameter: String,
    /// The type of the parameter, as written.
    pub expected_type: String,
    /// The reason.
    pub reason: String,
    /// The step definition.
    pub definition: Candidate,
}

impl Failure {
    /// Creates a failure with a message and no other details.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            location: None,
            conversion_error: None,
        }
    }
}

impl From<ConversionError> for Failure {
    fn from(conversion_error: ConversionError) -> Self {
        let mut failure = Self::new(FailureKind::Argument, conversion_error.to_string());
        failure.conversion_error = Some(Box::new(conversion_error));
        failure
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        match &self.location {
            Some(location) => write!(f, " (panicked at {location})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, text, parameter, expected_type, reason, definition, .. } = self;
        let Candidate { function, location, .. } = definition;
        write!(
            f,
            "capture {number} {text:?} does not fit parameter `{parameter}: {expected_type}` of `{function}` ({location}): {reason}"
        )
    }
}

/// A step definition that a message refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The pattern, as written in the attribute.
    pub pattern: String,
    /// The name of the function.
    pub function: String,
    /// The location of the definition.
    pub location: SourceLocation,
    /// The captures of the step's text; empty if the pattern did not match.
    pub captures: Vec<Option<String>>,
    /// The change that makes it match, if known.
    pub hint: Option<String>,
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({}, {})", self.pattern, self.function, self.location)?;
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

/// The outcome of a step or hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It returned without an error.
    Passed,
    /// It failed, or could not be started.
    Failed(Failure),
    /// It skipped itself, or an earlier step did not pass.
    Skipped {
        /// The reason; `None` if an earlier step did not pass.
        reason: Option<String>,
    },
    /// A process of another implementation lacks the step, or declines it; only in scenarios that run
    /// across processes.
    Unsupported {
        /// The process and what it lacks.
        reason: String,
    },
    /// It is not implemented yet.
    Pending {
        /// The missing part.
        reason: Option<String>,
    },
    /// No definition matches the text of the step.
    Undefined {
        /// The most similar definitions, best first.
        suggestions: Vec<Candidate>,
        /// A definition to paste into the step code.
        snippet: String,
    },
    /// More than one definition matches the text of the step.
    Ambiguous {
        /// All matching definitions, by file and line.
        candidates: Vec<Candidate>,
    },
    /// It exceeded its deadline.
    TimedOut {
        /// The timeout.
        limit: Duration,
    },
}

impl Outcome {
    /// Returns an outcome that skips the rest of the scenario, for a step that cannot run here.
    ///
    /// ```
    /// use harmony_bdd::{Outcome, given};
    ///
    /// #[given("a machine with two sockets")]
    /// fn two_sockets() -> Outcome {
    ///     Outcome::skip("this machine has one")
    /// }
    /// # assert_eq!(two_sockets().as_str(), "skipped");
    /// ```
    pub fn skip(reason: impl Into<String>) -> Self {
        Self::Skipped { reason: Some(reason.into()) }
    }

    /// Returns an outcome that marks the step as not implemented yet.
    pub fn pending(reason: impl Into<String>) -> Self {
        Self::Pending { reason: Some(reason.into()) }
    }

    /// Returns whether the step passed, so that the scenario continues.
    pub fn is_passed(&self) -> bool {
        matches!(self, Self::Passed)
    }

    /// Returns whether the step failed: every outcome but passed, skipped and unsupported.
    pub fn is_failure(&self) -> bool {
        !matches!(self, Self::Passed | Self::Skipped { .. } | Self::Unsupported { .. })
    }

    /// Returns the reason of a step that neither passed nor failed, if it has one.
    #[doc(hidden)]
    pub fn skip_reason(&self) -> Option<&str> {
        match self {
            Self::Skipped { reason } => reason.as_deref(),
            Self::Unsupported { reason } => Some(reason),
            _ => None,
        }
    }

    /// Returns the kind of outcome.
    pub fn kind(&self) -> OutcomeKind {
        match self {
            Self::Passed => OutcomeKind::Passed,
            Self::Failed(_) => OutcomeKind::Failed,
            Self::Skipped { .. } => OutcomeKind::Skipped,
            Self::Unsupported { .. } => OutcomeKind::Unsupported,
            Self::Pending { .. } => OutcomeKind::Pending,
            Self::Undefined { .. } => OutcomeKind::Undefined,
            Self::Ambiguous { .. } => OutcomeKind::Ambiguous,
            Self::TimedOut { .. } => OutcomeKind::TimedOut,
        }
    }

    /// Returns the kind of outcome as reports print it, such as `timed out`.
    pub fn as_str(&self) -> &'static str {
        self.kind().as_str()
    }
}

/// The kind of an [`Outcome`], in the order of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeKind {
    /// See [`Outcome::Passed`].
    Passed,
    /// See [`Outcome::Failed`].
    Failed,
    /// See [`Outcome::TimedOut`].
    TimedOut,
    /// See [`Outcome::Undefined`].
    Undefined,
    /// See [`Outcome::Ambiguous`].
    Ambiguous,
    /// See [`Outcome::Pending`].
    Pending,
    /// See [`Outcome::Unsupported`].
    Unsupported,
    /// See [`Outcome::Skipped`].
    Skipped,
}

impl OutcomeKind {
    /// Returns the kind as reports print it, such as `timed out`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Undefined => "undefined",
            Self::Ambiguous => "ambiguous",
            Self::Pending => "pending",
            Self::Unsupported => "unsupported",
            Self::Skipped => "skipped",
        }
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Displays the full description, over several lines if needed.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Failed(failure) => failure.fmt(f),
            Self::Skipped { reason } => with_reason(f, "skipped", reason.as_deref()),
            Self::Unsupported { reason } => with_reason(f, "unsupported", Some(reason)),
            Self::Pending { reason } => with_reason(f, "pending", reason.as_deref()),
            Self::Undefined { suggestions, snippet } => {
                f.write_str("no definition matches this text")?;
                for candidate in suggestions {
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
