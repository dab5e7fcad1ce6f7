//! Which journal an event of `tracing` belongs into, and what it looks like there.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::{Journal, LOG_TARGET};
use crate::model::LogLevel;

/// Writes an event into the journal of the span it is in, or else into that of the thread.
///
/// A span may outlive its step, on a task in the background: what it says then belongs to the step
/// that runs.
pub(super) fn keep(event: &Event<'_>, of_span: Option<Journal>) {
    let metadata = event.metadata();
    // The journal has it already.
    if metadata.target() == LOG_TARGET {
        return;
    }
    let journal = of_span.filter(|journal| !journal.is_closed()).or_else(Journal::of_this_thread);
    let Some(journal) = journal else { return };
    let mut line = Line { text: format!("{}: ", metadata.target()), fields: String::new() };
    event.record(&mut line);
    let Line { text, fields } = line;
    journal.log(level(*metadata.level()), text + &fields);
}

/// The journal of a new span: that of its parent where one was named, or else that of the thread, or
/// else that of the span it is made in.
pub(super) fn of_new_span(named: Option<Journal>, around: Option<Journal>) -> Option<Journal> {
    let open = |journal: &Journal| !journal.is_closed();
    named.filter(open).or_else(Journal::of_this_thread).or_else(|| around.filter(open))
}

/// `target: message field=value`.
struct Line {
    text: String,
    fields: String,
}

impl Visit for Line {
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
