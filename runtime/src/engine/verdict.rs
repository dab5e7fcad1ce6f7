//! From what a step function returns to an [`Outcome`].

use std::fmt::Display;

use crate::model::{Failure, FailureKind, Outcome};

/// What a step function may return: nothing, an [`Outcome`], or a `Result` of one of them.
#[diagnostic::on_unimplemented(
    message = "a step cannot return `{Self}`",
    label = "the runner would not know what this means",
    note = "return nothing, `Result<(), E>` with an error that is `Display`, or `Outcome`"
)]
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
