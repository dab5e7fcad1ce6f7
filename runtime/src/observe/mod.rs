//! What running code tells beside its outcome: log records and attachments, the spans of `tracing`.
//!
//! ```text
//!  StepContext::log, attach ──────────────────> Journal of the step ──> its result, every report
//!  tracing events ── our subscriber or layer ──────^
//!  run, feature, scenario, step, hook ──> spans ──> whoever subscribes
//! ```
//!
//! Nothing here runs a step or writes a report.

mod event;
mod journal;
#[cfg(feature = "tracing-subscriber")]
mod layer;
pub(crate) mod printed;
mod resources;
pub(crate) mod span;
mod subscriber;
#[cfg(feature = "opentelemetry")]
mod telemetry;

pub(crate) use journal::Journal;
#[cfg(feature = "tracing-subscriber")]
pub use layer::AttachEvents;
pub use resources::MEMORY_THRESHOLD;
pub(crate) use resources::Snapshot;
pub(crate) use span::Scope;
pub use span::TARGET;
pub use subscriber::attach_events;
pub(crate) use subscriber::{before_everything, install};
#[cfg(feature = "opentelemetry")]
pub use telemetry::Telemetry;
#[cfg(feature = "opentelemetry")]
pub(crate) use telemetry::service_name;
pub use tracing::level_filters::LevelFilter;

/// The target of what a step wrote by [`StepContext::log`](crate::StepContext::log).
pub const LOG_TARGET: &str = "harmony_bdd::log";
