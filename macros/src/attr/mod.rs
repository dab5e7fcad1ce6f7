//! The arguments of each attribute: the tokens between its parentheses, read and checked.
//!
//! One file per attribute. `options` holds the kinds of options that several of them take, `tags` the
//! tag filter of hooks. Nothing here knows the function below the attribute.

mod fixture;
mod hook;
mod options;
mod param;
mod scenario;
mod step;
mod step_scope;
mod tags;

pub(crate) use fixture::{FixtureAttribute, Scope};
pub(crate) use hook::{HookAttribute, HookKind};
pub(crate) use options::library_option;
pub(crate) use param::ParamAttribute;
pub(crate) use scenario::{ScenarioAttribute, ScenariosArguments};
pub(crate) use step::{PatternKind, StepAttribute, step_keyword};
pub(crate) use step_scope::StepScope;
pub(crate) use tags::TagTerm;
