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

/// Converts the result of a fixture into its value or the outcome of the step that needed it.
///
/// # Errors
/// Returns the error of the fixture.
pub fn fixture_value<T, E: Display>(returned: Result<T, E>) -> Result<T, Outcome> {
    returned.map_err(|error| Failure::new(FailureKind::State, error.to_string()).into())
}

/// Wraps a value that several scenarios, on several threads, may share.
pub fn shared_value<T: Any + Send + Sync>(value: T) -> FixtureValue {
    FixtureValue::Shared(Arc::new(value))
}
