//! The default subscriber: it adds the events of a step to the log of the step.
//!
//! It uses spans only to find the step of an event on another thread.

use std::cell::RefCell;
use std::num::NonZeroU64;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, NoSubscriber};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber, dispatcher};
use tracing_core::span::Current;

use super::event::{attach_event, step_log_of_new_span};
use super::{StepLog, TARGET};

thread_local! {
    /// The spans entered on this thread, the innermost last.
    static ENTERED: RefCell<Vec<NonZeroU64>> = const { RefCell::new(Vec::new()) };
}

/// The subscriber requested by [`install_step_log`].
static REQUESTED: OnceLock<Dispatch> = OnceLock::new();

/// Requests that `tracing` events up to `level` are attached to the step that emitted them.
///
/// The request has no effect if another subscriber is installed by the time the `before_all` hooks have
/// run. Only the first call has an effect.
pub fn install_step_log(level: LevelFilter) {
    if level != LevelFilter::OFF {
        REQUESTED.get_or_init(|| Dispatch::new(StepLogSubscriber::new(level)));
    }
}

/// Runs `work`, which may install a subscriber, and then installs the requested one unless it has.
///
/// Until then, events inside `work` are attached as [`install_step_log`] requests.
pub(crate) fn with_step_log_installed<R>(work: impl FnOnce() -> R) -> R {
    let result = match REQUESTED.get().filter(|_| has_no_subscriber()) {
        Some(requested) => dispatcher::with_default(requested, work),
        None => work(),
    };
    install();
    result
}

/// Installs the subscriber requested by [`install_step_log`], unless there is one.
pub(crate) fn install() {
    if let Some(requested) = REQUESTED.get().filter(|_| has_no_subscriber()) {
        // Another thread may have installed one meanwhile, which then takes precedence.
        let _ = dispatcher::set_global_default(requested.clone());
    }
}

fn has_no_subscriber() -> bool {
    dispatcher::get_default(|listening| listening.is::<NoSubscriber>())
}

/// The subscriber that attaches events to step logs.
struct StepLogSubscriber {
    level: LevelFilter,
    spans: Mutex<SpanTable>,
}

/// The open spans, sorted by number: the newest, which usually close first, are last.
#[derive(Default)]
struct SpanTable {
    spans: Vec<OpenSpan>,
    /// The number of spans ever opened, which is the number of the newest.
    count: u64,
}

impl SpanTable {
    fn position(&self, number: NonZeroU64) -> Option<usize> {
        self.spans.binary_search_by_key(&number, |span| span.number).ok()
    }
}

/// An open span.
struct OpenSpan {
    number: NonZeroU64,
    metadata: &'static Metadata<'static>,
    step_log: Option<StepLog>,
    handles: usize,
}

impl StepLogSubscriber {
    fn new(level: LevelFilter) -> Self {
        Self { level, spans: Mutex::default() }
    }

    fn step_log(&self, id: Option<NonZeroU64>) -> Option<StepLog> {
        let id = id?;
        let open = self.lock();
        open.spans[open.position(id)?].step_log.clone()
    }

    fn lock(&self) -> MutexGuard<'_, SpanTable> {
        // No user code runs under the lock.
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for StepLogSubscriber {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Of this crate's spans only those of steps and hooks have a step log.
        let has_log = || metadata.target() != TARGET || matches!(metadata.name(), "step" | "hook");
        match metadata.is_span() {
            true => *metadata.level() <= Level::INFO.max(self.max_level()) && has_log(),
            false => *metadata.level() <= self.level && metadata.target() != super::LOG_TARGET,
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::from_level(Level::INFO.max(self.max_level())))
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let parent = self.step_log(span.parent().map(Id::into_non_zero_u64));
        let current = || match span.is_contextual() {
            true => self.step_log(innermost()),
            false => None,
        };
        let step_log = match span.is_root() {
            true => None,
            false => step_log_of_new_span(parent, current()),
        };
        let mut open = self.lock();
        // A process cannot open enough spans for the counter to wrap.
        open.count += 1;
        let number = NonZeroU64::new(open.count).unwrap_or(NonZeroU64::MAX);
        open.spans.push(OpenSpan { number, metadata: span.metadata(), step_log, handles: 1 });
        Id::from_non_zero_u64(number)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let span = match event.parent() {
            Some(parent) => Some(parent.into_non_zero_u64()),
            None if event.is_contextual() => innermost(),
            None => None,
        };
        attach_event(event, self.step_log(span));
    }

    fn enter(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(span.into_non_zero_u64()));
    }

    fn exit(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| {
            // It is usually the last one; guards may be dropped in another order.
            if let Some(at) = entered.iter().rposition(|id| *id == span.into_non_zero_u64()) {
                entered.remove(at);
            }
        });
    }

    fn clone_span(&self, id: &Id) -> Id {
        let mut open = self.lock();
        if let Some(at) = open.position(id.into_non_zero_u64()) {
            open.spans[at].handles += 1;
        }
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut open = self.lock();
        let Some(at) = open.position(id.into_non_zero_u64()) else { return false };
        open.spans[at].handles -= 1;
        let is_closed = open.spans[at].handles == 0;
        let closed = is_closed.then(|| open.spans.remove(at));
        drop(open);
        drop(closed);
        is_closed
    }

    fn current_span(&self) -> Current {
        let Some(id) = innermost() else { return Current::none() };
        let open = self.lock();
        match open.position(id) {
            Some(at) => Current::new(Id::from_non_zero_u64(id), open.spans[at].metadata),
            None => Current::none(),
        }
    }
}

impl StepLogSubscriber {
    fn max_level(&self) -> Level {
        self.level.into_level().unwrap_or(Level::ERROR)
    }
}

fn innermost() -> Option<NonZeroU64> {
    ENTERED.with_borrow(|entered| entered.last().copied())
}
