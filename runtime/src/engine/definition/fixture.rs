//! Fixtures that `#[fixture]` registers: they make states that `Default` cannot make.

use std::any::TypeId;

use crate::engine::binding::{Callable, StaticSourceLocation};
use crate::engine::state::{FixtureScope, FixtureValue};
use crate::model::SourceLocation;

/// One fixture function.
#[derive(Debug)]
pub struct FixtureDefinition {
    /// Type of the state that it makes.
    pub type_id: fn() -> TypeId,
    /// Lifetime of the state.
    pub scope: FixtureScope,
    /// Name of the function.
    pub function: &'static str,
    /// `module_path!()` of the function.
    pub module: &'static str,
    /// Source location of the attribute.
    pub at: StaticSourceLocation,
    /// Function that makes the state.
    pub body: Callable<FixtureValue>,
}

impl FixtureDefinition {
    /// Returns the source location of the fixture.
    pub fn location(&self) -> SourceLocation {
        self.at.location()
    }
}

inventory::collect!(FixtureDefinition);
