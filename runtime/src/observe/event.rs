//! The step log that an event of `tracing` belongs to, and its text there.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::{LOG_TARGET, StepLog};
use crate::model::LogLevel;

/// Adds an event to the step log of its span, or else to that of the thread.
///
/// A span may outlive its step, on a background task: its events then belong to the running step.
pub(super) fn attach_event(event: &Event<'_>, of_span: Option<StepLog>) {
    let metadata = event.metadata();
    // The step log already has it.
    if metadata.target() == LOG_TARGET {
        return;
    }
    let step_log =
        of_span.filter(|step_log| !step_log.is_closed()).or_else(StepLog::of_this_thread);
    let Some(step_log) = step_log else { return };
    let mut line = EventText { text: format!("{}: ", metadata.target()), fields: String::new() };
    event.record(&mut line);
    let EventText { text, fields } = line;
    step_log.log(level(*metadata.level()), text + &fields);
}

/// Returns the step log of a new span: that of its explicit parent, or else that of the thread, or else
/// that of the current span.
pub(super) fn step_log_of_new_span(
    parent: Option<StepLog>,
    current: Option<StepLog>,
) -> Option<StepLog> {
    let open = |step_log: &StepLog| !step_log.is_closed();
    parent.filter(open).or_else(StepLog::of_this_thread).or_else(|| current.filter(open))
}

/// The text of an event, such as `target: message field=value`.
struct EventText {
    text: String,
    fields: String,
}

impl Visit for EventText {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a `String` cannot fail.
        let _ = match field.name() {
            "message" => write!(self.text, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::TRACE => LogLevel::Trace,
        Level::DEBUG => LogLevel::Debug,
        Level::INFO => LogLevel::Info,
        Level::WARN => LogLevel::Warn,
        Level::ERROR => LogLevel::Error,
    }
}
