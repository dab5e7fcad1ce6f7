//! Plain data that every stage shares: places, scenarios and steps.
//!
//! Nothing here parses, matches, runs or prints. This module imports nothing of ours.

mod argument;
pub(crate) mod calendar;
mod event;
mod hook;
mod log;
mod outcome;
mod pattern_kind;
mod place;
mod resources;
mod scenario;

pub use argument::{DataTable, DocString, StepArgument};
pub use event::{Event, StepMatch, StepPart, StepResult};
pub use hook::{HookKind, HookResult};
pub use log::{Attachment, LogLevel, LogRecord};
pub use outcome::{Candidate, CodePlace, Failure, FailureKind, Misfit, Outcome};
pub use pattern_kind::PatternKind;
pub use place::Place;
pub use resources::{Leak, Leftover, Resources};
pub use scenario::{Scenario, Step, StepKeyword, Tag};
