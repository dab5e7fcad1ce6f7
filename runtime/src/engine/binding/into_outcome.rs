//! Conversion of the value that a step function returns into an [`Outcome`].

use std::fmt::Display;

use crate::model::{Failure, FailureKind, Outcome};

/// A type that a step function may return: nothing, an [`Outcome`], or a `Result` of one of them.
#[diagnostic::on_unimplemented(
    message = "a step or a hook cannot return `{Self}`",
    label = "not a type that the runner can convert into an outcome",
    note = "return nothing, `Outcome`, or `Result<(), E>` with an error `E` that implements `std::fmt::Display`"
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

// Reported as a whole: an unprintable error alone would not say that it is one.
#[diagnostic::do_not_recommend]
impl<T: IntoOutcome, E: Display> IntoOutcome for Result<T, E> {
    fn into_outcome(self) -> Outcome {
        match self {
            Ok(value) => value.into_outcome(),
            Err(error) => Failure::new(FailureKind::Error, error.to_string()).into(),
        }
    }
}
