//! The one path every end takes: find the definition of a step, convert its arguments, run it
//! with the scenario's state and say what came of it.
//!
//! Nothing here reads feature files, speaks a protocol or prints.

mod arg;
mod body;
mod caught;
pub mod causes;
mod context;
mod definition;
mod fixture;
mod hook;
mod hook_watch;
mod index;
pub mod input;
mod invocation;
mod nearest;
mod panics;
mod parameter;
mod player;
mod registry;
mod session;
mod shared_states;
mod snippet;
mod state;
mod suite;
mod table;
mod template;
mod verdict;
mod watchdog;

pub use arg::StepArg;
pub use body::{
    AsyncBody, AsyncFunction, Body, BoxFuture, Function, Inputs, IntoResult, StateVisitor,
    SyncBody, TakesStates,
};
pub use caught::Caught;
pub use context::StepContext;
pub use definition::{ArgumentNeed, Group, Options, Pattern, SourcePlace, StepDefinition};
pub use fixture::{FixtureDefinition, Made, MadeResult, Scope, fixture_value, shared};
pub use hook::{HookDefinition, TagTerm};
pub use hook_watch::{HookWatch, LateHook, RunningHook};
pub use invocation::Invocation;
pub use parameter::{Parameter, ParameterDefinition, ParameterUse, groups};
pub use player::HookReport;
pub use registry::{Match, Matched, Registry, RegistryError};
pub use session::{ResolvedStep, RunningStep, Session, StepCall, StepReport};
pub use state::{State, StateMut, StateNeed, StateRef, World};
pub use suite::{Ending, FeatureScope, Suite};
#[cfg(feature = "json")]
pub use table::Json;
pub use table::{Column, FromDocString, Row, TableRow};
pub use template::{Class, Element};
pub use verdict::IntoOutcome;
pub use watchdog::{Expired, Watch, Watchdog};

pub use crate::model::{HookKind, PatternKind};

use definition::Callee;
