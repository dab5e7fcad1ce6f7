//! Step logs, output capture, resource usage, and `tracing` spans and subscribers.
//!
//! ```text
//!  StepContext::log, attach ──────────────────────> StepLog ──> the result of the step, every report
//!  tracing events ── subscriber or StepLogLayer ──────^
//!  run, feature, scenario, step, hook ──> spans ──> any subscriber
//! ```
//!
//! Nothing here runs a step or writes a report.

mod activity_board;
mod event;
mod journal;
#[cfg(feature = "tracing-subscriber")]
mod layer;
pub(crate) mod output_capture;
mod snapshot;
pub(crate) mod span;
mod step_log;
mod subscriber;
#[cfg(feature = "opentelemetry")]
mod telemetry;

pub(crate) use activity_board::ActivityBoard;
pub(crate) use journal::{
    has_journal, record_panic, start_journal, thread_number, write_to_journal,
};
#[cfg(feature = "tracing-subscriber")]
pub use layer::StepLogLayer;
#[doc(hidden)]
pub use snapshot::MEMORY_THRESHOLD;
pub(crate) use snapshot::Snapshot;
pub(crate) use span::Scope;
pub(crate) use span::TARGET;
pub(crate) use step_log::{LogRoute, StepLog};
pub use subscriber::install_step_log;
pub(crate) use subscriber::{install, with_step_log_installed};
#[cfg(feature = "opentelemetry")]
pub(crate) use telemetry::default_service_name;
#[cfg(feature = "opentelemetry")]
#[doc(hidden)]
pub use telemetry::{Telemetry, TelemetryError};
#[doc(no_inline)]
pub use tracing::level_filters::LevelFilter;

/// The `tracing` target of events written by [`StepContext::log`](crate::StepContext::log).
pub(crate) const LOG_TARGET: &str = "harmony_bdd::log";
