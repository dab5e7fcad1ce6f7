//! Plain data shared by all stages: locations, scenarios, steps, outcomes and events.
//!
//! Nothing here parses, matches, runs or prints. This module imports `text` only.

mod activity;
mod argument;
mod event;
mod hook;
mod location;
mod log;
mod outcome;
mod pattern_kind;
mod process_activity;
mod resource_usage;
mod scenario;
mod stop_flag;

pub use activity::{Activity, RunningScenario};
pub use argument::{DataTable, DocString, StepArgument};
pub use event::{Event, ProcessStepResult, StepMatch, StepResult};
#[doc(hidden)]
pub use hook::HookSide;
pub use hook::{HookKind, HookResult};
pub use location::Location;
pub use log::{Attachment, LogLevel, LogRecord};
pub use outcome::{
    Candidate, ConversionError, Failure, FailureKind, Outcome, OutcomeKind, SourceLocation,
};
#[doc(hidden)]
pub use pattern_kind::PatternKind;
#[doc(hidden)]
pub use process_activity::{
    ProcessActivity, ProcessChange, ProcessChangeKind, ProcessMessage, TRANSCRIPT_TITLE,
};
pub use resource_usage::{Leak, LeakedResource, ResourceUsage};
pub use scenario::{Scenario, Step, StepKeyword, Tag};
#[doc(hidden)]
pub use stop_flag::StopFlag;
