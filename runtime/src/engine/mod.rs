//! The one path every end takes: find the definition of a step, convert its arguments, run it
//! with the scenario's state and say what came of it.
//!
//! Nothing here reads feature files, speaks a protocol or prints.

mod arg;
mod definition;
mod index;
mod invocation;
mod nearest;
mod registry;
mod session;
mod snippet;
mod state;
mod verdict;
mod watchdog;

pub use arg::StepArg;
pub use definition::{
    ArgumentNeed, Body, BodyFuture, BodyResult, Group, Options, Pattern, PatternKind, StateNeed,
    StepDefinition,
};
pub use invocation::{Invocation, StepContext};
pub use registry::{Match, Matched, Registry, RegistryError};
pub use session::{ResolvedStep, Session, StepCall, StepReport};
pub use state::{State, StateRef, World};
pub use verdict::IntoOutcome;
pub use watchdog::{Expired, Watch, Watchdog};
