//! Data that the attributes register: steps, hooks, fixtures and parameter types.
//!
//! Nothing here finds or calls anything.

mod fixture;
mod hook;
mod parameter;
mod pattern;
mod step;
mod template;

pub use fixture::FixtureDefinition;
pub use hook::{HookDefinition, TagToken};
pub use parameter::ParameterDefinition;
pub use pattern::Pattern;
pub use step::{StepDefinition, StepOptions};
pub use template::{Class, Element};
