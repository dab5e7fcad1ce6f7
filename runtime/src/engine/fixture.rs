//! What `#[fixture]` registers: how to make a state that `Default` cannot make.

use std::any::{Any, TypeId};
use std::fmt::Display;
use std::sync::Arc;

use super::state::SharedValue;
use super::{Body, SourcePlace};
use crate::model::{CodePlace, Failure, FailureKind, Outcome};

/// How long a state lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One scenario has it to itself.
    Scenario,
    /// The scenarios of a feature share it.
    Feature,
    /// All scenarios of the run share it.
    Suite,
}

/// A value that a fixture made.
pub enum Made {
    /// For one scenario.
    Own(Box<dyn Any>),
    /// For several.
    Shared(SharedValue),
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Own(_) => "Own",
            Self::Shared(_) => "Shared",
        })
    }
}

/// What came of a fixture.
pub type MadeResult = Result<Made, Outcome>;

/// One fixture function.
#[derive(Debug)]
pub struct FixtureDefinition {
    /// The type of the state it makes.
    pub type_id: fn() -> TypeId,
    /// How long the state lives.
    pub scope: Scope,
    /// The function's name.
    pub function: &'static str,
    /// `module_path!()` of the function.
    pub module: &'static str,
    /// Where the attribute stands.
    pub at: SourcePlace,
    /// What makes it.
    pub body: Body<Made>,
}

impl FixtureDefinition {
    /// Where the fixture stands.
    pub fn place(&self) -> CodePlace {
        self.at.place()
    }
}

inventory::collect!(FixtureDefinition);

/// What a fixture returns, as its value or as the outcome of the step that needed it.
///
/// # Errors
/// The error of the fixture.
pub fn fixture_value<T, E: Display>(returned: Result<T, E>) -> Result<T, Outcome> {
    returned.map_err(|error| Failure::new(FailureKind::State, error.to_string()).into())
}

/// A value for several scenarios, which may run on several threads.
pub fn shared<T: Any + Send + Sync>(value: T) -> Made {
    Made::Shared(Arc::new(value))
}
