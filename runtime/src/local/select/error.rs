//! Errors of a selection.

use std::io;
use std::path::PathBuf;

use crate::gherkin::LoadError;

/// The reason why no scenario is selected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// A path does not exist or cannot be read.
    #[error("{path}: {reason}{hint}", path = .path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// The error of the system.
        reason: io::Error,
        /// A remedy.
        hint: &'static str,
    },
    /// A folder contains no feature file.
    #[error("{path}: no .feature file in this folder", path = .0.display())]
    NoFeatures(PathBuf),
    /// All feature files that could not be read or parsed.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))]
    Load(Vec<LoadError>),
    /// A line outside of every scenario.
    #[error("{path}:{line}: no scenario at this line{hint}", path = .path.display())]
    Line {
        /// The feature file.
        path: PathBuf,
        /// The line of the selector.
        line: u32,
        /// The nearest scenario.
        hint: String,
    },
    /// A number or word that matches no scenario.
    #[error(
        "nothing matches {selector:?}: it is not a path, and none of the {files} feature files that were read \
         has a scenario with this number or word in its name"
    )]
    Nothing {
        /// The number or word.
        selector: String,
        /// The number of files searched.
        files: usize,
    },
    /// A rerun file without a selector.
    #[error("{path}: lists no scenario to rerun", path = .0.display())]
    NothingToRerun(PathBuf),
    /// No scenario is left after the filters, which the text describes.
    #[error("no scenario is selected: {0}")]
    Empty(String),
}

impl SelectError {
    /// Returns true if every selector is valid, but no scenario is selected.
    pub fn is_empty_selection(&self) -> bool {
        matches!(self, Self::NothingToRerun(_) | Self::Empty(_))
    }
}
