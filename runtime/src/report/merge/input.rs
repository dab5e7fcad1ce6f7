//! The inputs of a merge, and its result.

use super::error::{MergeError, MergeErrorKind};

/// The kind of a report to merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeKind {
    /// JUnit XML.
    Junit,
    /// Cucumber Messages, one per line.
    Messages,
    /// Timelines.
    Timeline,
}

impl MergeKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Junit, Self::Messages, Self::Timeline];
}

/// A report to merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeInput {
    /// The name in errors, such as its path.
    pub name: String,
    /// The content.
    pub text: String,
}

impl MergeInput {
    /// Detects the kind of report from its content.
    ///
    /// # Errors
    ///
    /// Returns an error if it is empty or of another kind.
    pub fn detect_kind(&self) -> Result<MergeKind, MergeError> {
        let text = self.text.trim_start_matches('\u{FEFF}').trim_start();
        match text.chars().next() {
            Some('<') if text.starts_with("<!DOCTYPE html>") => Ok(MergeKind::Timeline),
            Some('<') => Ok(MergeKind::Junit),
            Some('{') => Ok(MergeKind::Messages),
            None => Err(MergeError::new(&self.name, 1, MergeErrorKind::Empty)),
            Some(_) => Err(MergeError::new(&self.name, 1, MergeErrorKind::UnknownKind)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.trim_start_matches('\u{FEFF}').trim().is_empty()
    }
}

/// The treatment of inputs of runs that did not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncompleteInputs {
    /// They are an error.
    Refuse,
    /// They are merged as far as they go. The merged report is not a success.
    Accept,
}

impl IncompleteInputs {
    /// Returns `error`, unless it is about an incomplete input and those are accepted.
    pub(super) fn check(self, error: &MergeError) -> Result<(), MergeError> {
        match self {
            Self::Accept if error.kind.is_incomplete() => Ok(()),
            Self::Accept | Self::Refuse => Err(error.clone()),
        }
    }
}

/// A merged report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The content.
    pub text: String,
    /// The inputs of runs that did not finish.
    pub incomplete: Vec<MergeError>,
}
