//! Plain data shared by all stages: locations, scenarios, steps, outcomes and events.
//!
//! Nothing here parses, matches, runs or prints. This module imports `text` only.

mod activity;
mod event;
mod hook;
mod log;
mod measurement;
mod outcome;
mod pattern_kind;
mod process_activity;
mod resource_usage;
mod shared_output;
mod stop_flag;

// The docs show them at the root of the crate.
#[doc(no_inline)]
pub use harmony_bdd_gherkin::model::{DataTable, DocString};
#[doc(inline)]
pub use harmony_bdd_gherkin::model::{Location, Scenario, Step, StepArgument, StepKeyword, Tag};

pub use activity::{Activity, RunningScenario};
pub use event::{Event, ProcessStepResult, StepMatch, StepResult};
#[doc(hidden)]
pub use hook::HookSide;
pub use hook::{HookKind, HookResult};
pub use log::{Attachment, LogLevel, LogRecord};
#[doc(hidden)]
pub use measurement::Measurement;
#[doc(hidden)]
pub use outcome::ConversionError;
pub use outcome::{Candidate, Failure, FailureKind, Outcome, OutcomeKind, SourceLocation};
#[doc(hidden)]
pub use pattern_kind::PatternKind;
#[doc(hidden)]
pub use process_activity::{
    ProcessActivity, ProcessChange, ProcessChangeKind, ProcessMessage, ProcessSpan, StderrLine,
    TRANSCRIPT_TITLE,
};
pub use resource_usage::{Leak, LeakedResource, ResourceUsage};
pub use shared_output::SharedOutput;
#[doc(hidden)]
pub use stop_flag::StopFlag;
