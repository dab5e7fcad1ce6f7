//! Conversion of the value that a step function returns into an [`Outcome`].

use std::fmt::Display;

use crate::model::{Failure, FailureKind, Outcome};

/// A type that a step function may return: nothing, an [`Outcome`], or a `Result` of one of them.
#[diagnostic::on_unimplemented(
    message = "a step cannot return `{Self}`",
    label = "not a type that the runner can convert into an outcome",
    note = "return nothing, `Result<(), E>` with an error that is `Display`, or `Outcome`"
)]
pub trait IntoOutcome {
    /// Converts to the outcome of the step.
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
