//! What the macros' expansions name. Not for people: it changes with the macros.

pub use inventory;

pub use crate::engine::{
    ArgumentNeed, Body, BodyFuture, BodyResult, Group, IntoOutcome, Invocation, Options, Pattern,
    PatternKind, StateNeed, StepDefinition,
};
pub use crate::model::{Outcome, StepKeyword};
