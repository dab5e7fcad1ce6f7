//! Data that the attributes register: steps, hooks, fixtures and parameter types.
//!
//! Nothing here finds or calls anything.

mod fixture;
mod hook;
mod parameter;
mod pattern;
mod scope;
mod step;
mod tag_filter;
mod template;

pub use fixture::FixtureDefinition;
pub use hook::HookDefinition;
pub use parameter::ParameterDefinition;
pub use pattern::Pattern;
pub use scope::{StepScope, is_feature};
pub use step::{StepDefinition, StepOptions};
pub use tag_filter::TagToken;
pub use template::{Class, Element};
