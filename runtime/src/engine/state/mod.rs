//! The states that steps take by reference: those of one scenario, and those that scenarios share.
//!
//! Nothing here calls a step or runs a fixture.

mod caught;
mod fixture_value;
mod local;
mod reference_source;
mod scope;
mod shared;
mod states;

pub use caught::Caught;
pub use fixture_value::{FixtureResult, FixtureValue, fixture_value, shared_value};
pub use local::{State, StateAccess, StateMut, StateRef, StateRequest, World};
pub use reference_source::ReferenceSource;
pub use scope::FixtureScope;

pub(in crate::engine) use caught::extract_expected;
pub(in crate::engine) use shared::SharedStates;
pub(in crate::engine) use states::States;
