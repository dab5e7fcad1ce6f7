//! The same as a layer, for those who bring a subscriber of their own.

use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::Journal;
use super::event::{keep, of_new_span};

/// A layer that attaches events of `tracing` to the step they happen in.
///
/// Without it a subscriber of your own takes the place of the one that [`main!`](crate::main) brings,
/// and what steps tell `tracing` stays out of the reports.
///
/// ```no_run
/// use harmony_bdd::observe::{AttachEvents, LevelFilter};
/// use std::process::ExitCode;
/// use tracing_subscriber::{Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};
///
/// fn main() -> ExitCode {
///     let attached = AttachEvents::default().with_filter(LevelFilter::DEBUG);
///     tracing_subscriber::registry().with(attached).init();
///     harmony_bdd::cli::main()
/// }
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct AttachEvents {}

impl<S> Layer<S> for AttachEvents
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let of = |id: &Id| context.span(id)?.extensions().get::<Journal>().cloned();
        if attributes.is_root() {
            return;
        }
        let named = attributes.parent().and_then(of);
        let around = match attributes.is_contextual() {
            true => context.current_span().id().and_then(of),
            false => None,
        };
        if let Some(journal) = of_new_span(named, around)
            && let Some(span) = context.span(id)
        {
            span.extensions_mut().insert(journal);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let span = context.event_span(event);
        keep(event, span.and_then(|span| span.extensions().get::<Journal>().cloned()));
    }
}
