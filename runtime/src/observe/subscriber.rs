//! The subscriber of a binary that brings none of its own: it writes the events of a step into the
//! step's journal and does nothing else.
//!
//! Spans matter to it only as the way an event on another thread finds its step.

use std::cell::RefCell;
use std::num::NonZeroU64;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, NoSubscriber};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber, dispatcher};
use tracing_core::span::Current;

use super::event::{keep, of_new_span};
use super::{Journal, TARGET};

thread_local! {
    /// The spans that are entered on this thread, the innermost last.
    static ENTERED: RefCell<Vec<NonZeroU64>> = const { RefCell::new(Vec::new()) };
}

/// What [`attach_events`] asked for.
static WANTED: OnceLock<Dispatch> = OnceLock::new();

/// Asks for events of `tracing` up to this level to be attached to the step they happen in, unless a
/// subscriber is installed by the time the hooks before everything have run. Only the first call counts.
pub fn attach_events(level: LevelFilter) {
    if level != LevelFilter::OFF {
        WANTED.get_or_init(|| Dispatch::new(Attaching::new(level)));
    }
}

/// Does what runs before everything: it may install a subscriber; until it has, its events are
/// attached as [`attach_events`] asked for.
pub(crate) fn before_everything<R>(work: impl FnOnce() -> R) -> R {
    let result = match WANTED.get().filter(|_| nobody_listens()) {
        Some(wanted) => dispatcher::with_default(wanted, work),
        None => work(),
    };
    install();
    result
}

/// Installs what [`attach_events`] asked for, unless there is a subscriber.
pub(crate) fn install() {
    if let Some(wanted) = WANTED.get().filter(|_| nobody_listens()) {
        // Somebody else may have been quicker, which is as good.
        let _ = dispatcher::set_global_default(wanted.clone());
    }
}

fn nobody_listens() -> bool {
    dispatcher::get_default(|listening| listening.is::<NoSubscriber>())
}

/// Attaches events to steps.
struct Attaching {
    level: LevelFilter,
    spans: Mutex<Open>,
}

/// The spans that are open, in the order of their numbers: the newest, which close first, are the last.
#[derive(Default)]
struct Open {
    spans: Vec<Known>,
    /// How many there ever were, which is the number of the newest.
    count: u64,
}

impl Open {
    fn position(&self, number: NonZeroU64) -> Option<usize> {
        self.spans.binary_search_by_key(&number, |known| known.number).ok()
    }
}

/// A span that is open.
struct Known {
    number: NonZeroU64,
    metadata: &'static Metadata<'static>,
    journal: Option<Journal>,
    handles: usize,
}

impl Attaching {
    fn new(level: LevelFilter) -> Self {
        Self { level, spans: Mutex::default() }
    }

    fn journal(&self, id: Option<NonZeroU64>) -> Option<Journal> {
        let id = id?;
        let open = self.lock();
        open.spans[open.position(id)?].journal.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        // No user code runs under the lock.
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Attaching {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Of this crate's spans only those of steps and hooks lead to a journal.
        let leads = || metadata.target() != TARGET || matches!(metadata.name(), "step" | "hook");
        match metadata.is_span() {
            true => *metadata.level() <= Level::INFO.max(self.deepest()) && leads(),
            false => *metadata.level() <= self.level && metadata.target() != super::LOG_TARGET,
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::from_level(Level::INFO.max(self.deepest())))
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let named = self.journal(span.parent().map(Id::into_non_zero_u64));
        let around = || match span.is_contextual() {
            true => self.journal(innermost()),
            false => None,
        };
        let journal = match span.is_root() {
            true => None,
            false => of_new_span(named, around()),
        };
        let mut open = self.lock();
        // It does not wrap within a process's life.
        open.count += 1;
        let number = NonZeroU64::new(open.count).unwrap_or(NonZeroU64::MAX);
        open.spans.push(Known { number, metadata: span.metadata(), journal, handles: 1 });
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
        keep(event, self.journal(span));
    }

    fn enter(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(span.into_non_zero_u64()));
    }

    fn exit(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| {
            // Mostly the last; guards may be dropped in another order.
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
        let over = open.spans[at].handles == 0;
        let closed = over.then(|| open.spans.remove(at));
        drop(open);
        drop(closed);
        over
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

impl Attaching {
    fn deepest(&self) -> Level {
        self.level.into_level().unwrap_or(Level::ERROR)
    }
}

fn innermost() -> Option<NonZeroU64> {
    ENTERED.with_borrow(|entered| entered.last().copied())
}
