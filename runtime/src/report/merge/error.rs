//! Why reports cannot be merged, with file and line.

/// Why reports cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct MergeError {
    /// The name of the input.
    pub file: String,
    /// The line in it, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: MergeProblem,
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeProblem {
    /// It holds nothing.
    #[error("the file is empty: the run that wrote it did not get far enough to tell anything")]
    Empty,
    /// It is no report that can be merged.
    #[error("this is neither JUnit XML nor Cucumber Messages, the reports that can be merged")]
    UnknownKind,
    /// It is no well-formed XML.
    #[error("this is no XML: {0}")]
    Xml(String),
    /// It is XML, but not a JUnit report.
    #[error("<{0}> is no JUnit report: expected <testsuites> or <testsuite>")]
    NotJunit(String),
    /// A line is no JSON.
    #[error("this line is no JSON: {0}; was the run that wrote it ended from outside?")]
    Json(String),
    /// A line is JSON, but no message.
    #[error("this line is no message: expected an object with one field that holds an object")]
    NotAMessage,
    /// A message refers to something that was not told.
    #[error("{field} is {id:?}, which no line before told")]
    UnknownId {
        /// The field that refers to it.
        field: String,
        /// What it refers to.
        id: String,
    },
    /// One feature file with two contents.
    #[error(
        "{uri} has another content in {other}: the reports tell of different versions of the suite"
    )]
    OtherContent {
        /// The feature file.
        uri: String,
        /// The input that was read before.
        other: String,
    },
    /// The stream ends before the run does.
    #[error("the stream ends here without `testRunFinished`: the run that wrote it did not end")]
    Unfinished,
}

impl MergeError {
    pub(super) fn new(file: &str, line: usize, problem: MergeProblem) -> Self {
        Self { file: file.to_owned(), line, problem }
    }
}
