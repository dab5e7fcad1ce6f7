//! What is wrong with settings, each with its source.

use std::fmt;

use super::Source;

/// A value that cannot be, or a name that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where it comes from.
    pub source: Source,
    /// What is wrong, in words.
    pub problem: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.problem)
    }
}

/// All mistakes of all sources, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            write!(f, "{}{mistake}", if index == 0 { "" } else { "\nerror: " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
