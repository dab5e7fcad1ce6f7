//! Several reports of one kind made into one, as when each machine ran its part of a suite.
//!
//! Text in, text out: nothing here opens a file.

mod error;
mod junit;
mod messages;

pub use error::{MergeError, MergeProblem};
pub use junit::junit;
pub use messages::messages;

/// What kind of report a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeKind {
    /// JUnit XML.
    Junit,
    /// Cucumber Messages, one on a line.
    Messages,
}

/// A report to merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeInput {
    /// What errors call it, such as its path.
    pub name: String,
    /// All it holds.
    pub text: String,
}

impl MergeInput {
    /// What it looks like.
    ///
    /// # Errors
    /// When it looks like neither, an empty file included.
    pub fn kind(&self) -> Result<MergeKind, MergeError> {
        match self.text.trim_start_matches('\u{FEFF}').trim_start().chars().next() {
            Some('<') => Ok(MergeKind::Junit),
            Some('{') => Ok(MergeKind::Messages),
            None => Err(MergeError::new(&self.name, 1, MergeProblem::Empty)),
            Some(_) => Err(MergeError::new(&self.name, 1, MergeProblem::UnknownKind)),
        }
    }
}
