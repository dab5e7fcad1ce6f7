//! Who plays which scenario, and when: in parallel first, then alone what must run alone.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::monitor::Monitor;
use super::scope::Features;
use super::{RunOptions, StopFlag};
use crate::engine::{HookReport, Registry, Suite, Watchdog};
use crate::model::{Event, FailureKind, Outcome, Scenario};
use crate::observe::Scope;

/// What all workers of a run share.
pub(super) struct Plan {
    pub(super) suite: Arc<Suite>,
    pub(super) features: Features,
    pub(super) options: RunOptions,
    pub(super) watchdog: Watchdog,
    scenarios: Vec<Arc<Scenario>>,
    /// Numbers of scenarios: those that run side by side, then those that run alone.
    order: Vec<usize>,
    /// How many of `order` run side by side.
    together: usize,
    /// How many of `order` may be taken by now.
    released: AtomicUsize,
    next: AtomicUsize,
    lanes: AtomicUsize,
    began: Instant,
    pub(super) monitor: Option<Monitor>,
    span: OnceLock<Scope>,
    /// Set by the run itself: a failure under `fail_fast`, or no thread to be had.
    enough: StopFlag,
    cut_short: AtomicBool,
}

/// One try of one scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) number: usize,
    /// How often it was tried before.
    pub(super) attempt: u32,
}

impl Plan {
    pub(super) fn new(
        registry: Arc<Registry>,
        scenarios: Vec<Arc<Scenario>>,
        options: RunOptions,
        watchdog: Watchdog,
    ) -> Self {
        let is_alone = |scenario: &Scenario| {
            options.serial.iter().any(|serial| scenario.tags.iter().any(|tag| tag.name == *serial))
        };
        let (mut order, alone): (Vec<_>, Vec<_>) =
            (0..scenarios.len()).partition(|&number| !is_alone(&scenarios[number]));
        let together = order.len();
        order.extend(alone);
        let suite = Suite::new(registry);
        let features = Features::of(&suite, &scenarios, &options.feature_tags);
        let monitor = options.resources.then(Monitor::default);
        Self {
            suite,
            features,
            options,
            watchdog,
            scenarios,
            order,
            together,
            released: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
            lanes: AtomicUsize::new(0),
            began: Instant::now(),
            monitor,
            span: OnceLock::new(),
            enough: StopFlag::default(),
            cut_short: AtomicBool::new(false),
        }
    }

    /// How many workers play, and up to which place in the order, phase by phase.
    pub(super) fn phases(&self, jobs: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let alone = self.order.len() - self.together;
        [(jobs.min(self.together), self.together), (alone.min(1), self.order.len())].into_iter()
    }

    /// Lets the order be taken up to `last`. Called while no worker runs.
    pub(super) fn release(&self, last: usize) {
        // Relaxed: the threads that read it are started after it.
        self.released.store(last, Ordering::Relaxed);
    }

    pub(super) fn take(&self) -> Option<Turn> {
        if self.is_over() {
            return None;
        }
        let released = self.released.load(Ordering::Relaxed);
        // Relaxed: only the place in the order is shared; the order was complete before the threads began.
        let place = self
            .next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < released).then_some(n + 1))
            .ok()?;
        Some(Turn { number: self.order[place], attempt: 0 })
    }

    pub(super) fn scenario(&self, turn: Turn) -> &Arc<Scenario> {
        &self.scenarios[turn.number]
    }

    /// The next try after one that came to `outcome`, where there is to be one.
    pub(super) fn retry(&self, turn: Turn, outcome: &Outcome) -> Option<Turn> {
        let may_change = match outcome {
            // What a step says does not change by saying it again.
            Outcome::Failed(failure) => failure.kind != FailureKind::Argument,
            outcome => matches!(outcome, Outcome::TimedOut { .. }),
        };
        let again = may_change && turn.attempt < self.options.retries && !self.is_over();
        again.then_some(Turn { attempt: turn.attempt + 1, ..turn })
    }

    /// The span of the run, for what runs before everything and may install who listens.
    pub(super) fn begin_span(&self) -> Scope {
        let span = Scope::run(Some(self.scenarios.len()));
        if !span.is_none() {
            // Set once, by the run itself.
            let _ = self.span.set(span.clone());
        }
        span
    }

    /// The span of the run.
    pub(super) fn span(&self) -> &Scope {
        self.span.get_or_init(|| Scope::run(Some(self.scenarios.len())))
    }

    /// A number for a thread.
    pub(super) fn new_lane(&self) -> usize {
        // Relaxed: only the number itself is shared.
        self.lanes.fetch_add(1, Ordering::Relaxed)
    }

    /// The time since the run began.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// A hook ended that ran for the scenario with this number, for a feature or for the run.
    pub(super) fn hook_finished(&self, number: Option<usize>, hook: HookReport) -> Event {
        Event::HookFinished { number, result: Arc::new(hook.into_result(self.began)) }
    }

    /// Ends the run by itself.
    pub(super) fn end(&self) {
        self.enough.set();
    }

    /// A scenario ends before its last step because the run was asked to end.
    pub(super) fn cut_short(&self) {
        // Relaxed: read after the workers have ended.
        self.cut_short.store(true, Ordering::Relaxed);
    }

    pub(super) fn was_cut_short(&self) -> bool {
        // Relaxed: pairs with the store in `cut_short`; the channel's end orders the two.
        self.cut_short.load(Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        self.options.stop.is_set() || self.enough.is_set()
    }
}
