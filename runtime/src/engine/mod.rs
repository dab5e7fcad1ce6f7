//! The execution engine that all runners share: it finds the definition of a step, converts its
//! arguments, runs it with the scenario's state and returns its outcome.
//!
//! Nothing here reads feature files, speaks a protocol or prints.
//!
//! The rooms import one way: `state` <- `binding` <- `definition` <- `matching` <- `execution`, and
//! `deadline` <- `tasks` <- `execution`. `state` and `deadline` import no other room.

mod binding;
mod deadline;
mod definition;
mod execution;
mod matching;
mod state;
mod tasks;

#[cfg(feature = "json")]
pub use binding::Json;
pub use binding::{
    AsyncCallable, AsyncFunction, BoxFuture, Callable, CaptureGroup, CellError, Column,
    DocStringError, FromDocString, Function, Inputs, IntoOutcome, IntoResult, Invocation, Measure,
    Parameter, ParameterUse, RowCells, RunNumbers, StateVisitor, StaticSourceLocation, StepArg,
    StepArgumentKind, StepContext, SyncCallable, TableRow, TakesStates, ValueError, error_causes,
    expected_error, groups, input, parameter_value, set_announced_numbers,
};
pub use deadline::{Deadline, Expired, Watch, Watchdog};
pub use definition::{
    Class, Element, FixtureDefinition, HookDefinition, ParameterDefinition, Pattern,
    StepDefinition, StepOptions, StepScope, TagToken, is_feature,
};
pub use execution::{
    FeatureRun, HookExecution, HungHook, ResolvedStep, RunningStep, Session, StepCall,
    StepExecution, Suite, TeardownReport,
};
pub use matching::{Match, MatchedStep, Registry, RegistryError};
pub use state::{
    Accepts, Caught, Distinct, FixtureResult, FixtureScope, FixtureValue, NotAResult, OriginOf,
    ReferenceSource, State, StateAccess, StateMut, StateRef, StateRequest, WithoutDefault, World,
    fixture_value, shared_value,
};
pub use tasks::{TaskEnder, TokioFlavor};

pub use crate::model::{HookKind, PatternKind};
