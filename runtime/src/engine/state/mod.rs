//! The states that steps take by reference: those of one scenario, and those that scenarios share.
//!
//! Nothing here calls a step or runs a fixture.

mod caught;
mod fixture_value;
mod local;
mod origin;
mod reference_source;
mod scope;
mod shared;
mod states;
mod type_checks;

pub use caught::Caught;
pub use fixture_value::{FixtureResult, FixtureValue, fixture_value, shared_value};
pub use local::{State, StateAccess, StateMut, StateRef, StateRequest, World};
pub use origin::{OriginOf, WithoutDefault};
pub use reference_source::ReferenceSource;
pub use scope::FixtureScope;
pub use type_checks::{Accepts, Distinct, NotAResult};

pub(in crate::engine) use caught::CaughtError;
pub(in crate::engine) use origin::Origin;
pub(in crate::engine) use shared::{NotMade, SharedRequest, SharedStates, SharedValue, WaitCycle};
pub(in crate::engine) use states::States;
