//! What the macros' expansions name. Not for people: it changes with the macros.

pub use inventory;
pub use regex::Regex;

pub use crate::config::{any_text, field, word};
/// What finds the causes of an error, for `use causes::*`.
pub mod causes {
    pub use crate::engine::causes::{CausesOfError, CausesOfHeldError, NoCauses, Returned};
}

pub use crate::engine::causes::with_causes;
pub use crate::engine::{
    ArgumentNeed, AsyncFunction, Body, Class, Column, Element, FixtureDefinition, Function, Group,
    HookDefinition, HookKind, IntoOutcome, Invocation, Made, MadeResult, Options, Parameter,
    ParameterDefinition, ParameterUse, Pattern, PatternKind, Row, Scope, SourcePlace, State,
    StepArg, StepDefinition, TableRow, TagTerm, fixture_value, groups, input, shared,
};
pub use crate::model::{Outcome, StepKeyword};
