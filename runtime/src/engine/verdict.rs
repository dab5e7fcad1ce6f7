//! From what a step function returns to an [`Outcome`].

use std::fmt::Display;

use crate::model::{Failure, FailureKind, Outcome};

/// What a step function may return: nothing, an [`Outcome`], or a `Result` of one of them.
pub trait IntoOutcome {
    /// The outcome it stands for.
    fn into_outcome(self) -> Outcome;
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Outcome {
        Outcome::Passed
    }
}

impl IntoOutcome for Outcome {
    fn into_outcome(self) -> Outcome {
        self
    }
}

impl<T: IntoOutcome, E: Display> IntoOutcome for Result<T, E> {
    fn into_outcome(self) -> Outcome {
        match self {
            Ok(value) => value.into_outcome(),
            Err(error) => Failure::new(FailureKind::Error, error.to_string()).into(),
        }
    }
}
