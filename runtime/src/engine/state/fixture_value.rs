//! The value that a fixture made.

use std::any::Any;
use std::fmt::Display;
use std::sync::Arc;

use super::shared::SharedValue;
use crate::model::{Failure, FailureKind, Outcome};

/// A value that a fixture made.
pub enum FixtureValue {
    /// A value for one scenario.
    Own(Box<dyn Any>),
    /// A value that several scenarios share.
    Shared(SharedValue),
}

impl std::fmt::Debug for FixtureValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Own(_) => "Own",
            Self::Shared(_) => "Shared",
        })
    }
}

/// The result of a fixture.
pub type FixtureResult = Result<FixtureValue, Outcome>;

/// An error that a fixture may return.
#[diagnostic::on_unimplemented(
    message = "a fixture cannot return the error `{Self}`: it has no text",
    label = "the error of the fixture",
    note = "implement `std::fmt::Display` for the error, or return another one"
)]
pub trait FixtureError: Display {}

#[diagnostic::do_not_recommend]
impl<E: Display> FixtureError for E {}

/// Converts the result of a fixture into its value or the outcome of the step that needed it.
///
/// # Errors
/// Returns the error of the fixture.
pub fn fixture_value<T, E: FixtureError>(returned: Result<T, E>) -> Result<T, Outcome> {
    returned.map_err(|error| Failure::new(FailureKind::State, error.to_string()).into())
}

/// A state that several scenarios may share.
#[diagnostic::on_unimplemented(
    message = "scenarios cannot share a `{Self}`: they run on several threads",
    label = "shared by scenarios because of its `scope`",
    note = "make it `Send` and `Sync`: hold a `Mutex` instead of a `Cell` or `RefCell`, an `Arc` instead of an `Rc`",
    note = "or remove `scope`: each scenario then has its own value"
)]
pub trait Shareable: Any + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Any + Send + Sync> Shareable for T {}

/// Wraps a value that several scenarios, on several threads, may share.
pub fn shared_value<T: Shareable>(value: T) -> FixtureValue {
    FixtureValue::Shared(Arc::new(value))
}
