//! Errors of merging, with file and line.

/// An error in a report to merge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {kind}")]
pub struct MergeError {
    /// The name of the input.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The kind of error.
    pub kind: MergeErrorKind,
}

/// The kind of a [`MergeError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeErrorKind {
    /// The file is empty.
    #[error("empty report: the run ended before writing anything")]
    Empty,
    /// The file is not a report that can be merged.
    #[error("none of JUnit XML, Cucumber Messages and timeline, the reports that can be merged")]
    UnknownKind,
    /// The file is not well-formed XML.
    #[error("invalid XML: {0}")]
    Xml(String),
    /// The file is XML, but not a JUnit report.
    #[error("<{0}> is not a JUnit report: expected <testsuites> or <testsuite>")]
    NotJunit(String),
    /// The file is a page, but not a timeline.
    #[error("an HTML page, but not a timeline")]
    NotTimeline,
    /// A line is not valid JSON.
    #[error("invalid JSON: {0}; was the run killed while it wrote the report?")]
    Json(String),
    /// A line is JSON, but not a message.
    #[error("not a message: expected an object with one field that is an object")]
    NotAMessage,
    /// A message refers to an unknown id.
    #[error("{field} refers to unknown id {id:?}")]
    UnknownId {
        /// The field.
        field: String,
        /// The id.
        id: String,
    },
    /// A feature file has different contents in two inputs.
    #[error("{uri} differs from {other}: the reports come from different versions of the suite")]
    OtherContent {
        /// The feature file.
        uri: String,
        /// The earlier input.
        other: String,
    },
    /// The stream ends before the run has finished.
    #[error("the stream ends without `testRunFinished`: the run did not finish")]
    Unfinished,
    /// The timeline ends before the run has finished.
    #[error("the timeline has no end: the run did not finish")]
    UnfinishedTimeline,
}

impl MergeError {
    pub(super) fn new(file: &str, line: usize, kind: MergeErrorKind) -> Self {
        Self { file: file.to_owned(), line, kind }
    }
}

impl MergeErrorKind {
    /// Returns whether the run that wrote the input did not finish.
    pub(super) fn is_incomplete(&self) -> bool {
        match self {
            Self::Empty | Self::Xml(_) | Self::Unfinished | Self::UnfinishedTimeline => true,
            Self::UnknownKind
            | Self::NotJunit(_)
            | Self::NotTimeline
            | Self::Json(_)
            | Self::NotAMessage
            | Self::UnknownId { .. }
            | Self::OtherContent { .. } => false,
        }
    }
}
