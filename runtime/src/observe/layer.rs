//! A `tracing` layer for suites with their own subscriber.

use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::StepLog;
use super::event::{attach_event, step_log_of_new_span};

/// A layer that attaches `tracing` events to the step that emitted them.
///
/// Your own subscriber replaces the one that [`main!`](crate::main) installs. Without this layer the
/// events of steps do not appear in the reports.
///
/// ```no_run
/// use harmony_bdd::observe::{StepLogLayer, LevelFilter};
/// use std::process::ExitCode;
/// use tracing_subscriber::{Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};
///
/// fn main() -> ExitCode {
///     let attached = StepLogLayer::default().with_filter(LevelFilter::DEBUG);
///     tracing_subscriber::registry().with(attached).init();
///     harmony_bdd::cli::main()
/// }
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct StepLogLayer {}

impl<S> Layer<S> for StepLogLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let of = |id: &Id| context.span(id)?.extensions().get::<StepLog>().cloned();
        if attributes.is_root() {
            return;
        }
        let parent = attributes.parent().and_then(of);
        let current = match attributes.is_contextual() {
            true => context.current_span().id().and_then(of),
            false => None,
        };
        if let Some(step_log) = step_log_of_new_span(parent, current)
            && let Some(span) = context.span(id)
        {
            span.extensions_mut().insert(step_log);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let span = context.event_span(event);
        attach_event(event, span.and_then(|span| span.extensions().get::<StepLog>().cloned()));
    }
}
