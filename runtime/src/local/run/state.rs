//! State of a run that all workers share.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::features::Features;
use super::leak_monitor::LeakMonitor;
use super::options::RunOptions;
use crate::engine::{HookExecution, Registry, Suite, Watchdog};
use crate::local::crash::journal;
use crate::local::worker::Assignments;
use crate::model::{
    Activity, Event, Outcome, RunningScenario, Scenario, SharedOutput, Step, StopFlag,
};
use crate::observe::{ActivityBoard, Scope};
use crate::schedule::{AttemptId, Schedule, Taken};

/// The shared state of a run.
pub(super) struct RunState {
    pub(super) suite: Arc<Suite>,
    pub(super) features: Features,
    pub(super) options: RunOptions,
    pub(super) watchdog: Watchdog,
    /// What each running scenario is doing.
    pub(super) board: ActivityBoard,
    scenarios: Vec<Arc<Scenario>>,
    schedule: Schedule,
    /// The attempts that the parent assigns, if this process is a worker.
    assignments: Option<Assignments>,
    /// True once a thread has been abandoned.
    has_hung: AtomicBool,
    lanes: AtomicUsize,
    started: Instant,
    pub(super) leak_monitor: Option<LeakMonitor>,
    span: OnceLock<Scope>,
    /// Set by the run: after a failure with `fail_fast`, or when the system refused a thread.
    stop_requested: StopFlag,
    interrupted: AtomicBool,
}

impl RunState {
    pub(super) fn new(
        registry: Arc<Registry>,
        scenarios: Vec<Arc<Scenario>>,
        options: RunOptions,
        watchdog: Watchdog,
        assignments: Option<Assignments>,
    ) -> Self {
        let suite = Suite::with_flavor(registry, options.tokio_flavor);
        let features = Features::new(&suite, &scenarios, &options.feature_tags);
        let leak_monitor = options.measure_resources.then(LeakMonitor::default);
        Self {
            suite,
            features,
            schedule: Schedule::new(&scenarios, &options.schedule),
            assignments,
            has_hung: AtomicBool::new(false),
            options,
            watchdog,
            board: ActivityBoard::default(),
            scenarios,
            lanes: AtomicUsize::new(0),
            started: Instant::now(),
            leak_monitor,
            span: OnceLock::new(),
            stop_requested: StopFlag::default(),
            interrupted: AtomicBool::new(false),
        }
    }

    /// Begins the phases one after the other, each with its number of workers.
    pub(super) fn phases(&self, jobs: usize) -> impl Iterator<Item = usize> {
        let assigned = self.assignments.as_ref().map(|_| 1);
        let own = assigned.is_none().then(|| self.schedule.phases(jobs));
        assigned.into_iter().chain(own.into_iter().flatten())
    }

    /// Takes the next attempt, unless the run stops.
    pub(super) fn take(&self) -> Taken {
        match &self.assignments {
            _ if self.is_over() => Taken::Nothing,
            Some(_) => Taken::Later,
            None => self.schedule.take(),
        }
    }

    /// Waits for the next attempt, which may not start yet; `None` if there is none or the run stops.
    pub(super) fn wait(&self) -> Option<AttemptId> {
        match &self.assignments {
            // Another process can have the processor, and the output, of the abandoned thread for itself.
            Some(_) if self.has_hung.load(Ordering::Relaxed) => None,
            Some(assignments) => assignments.wait().filter(|_| !self.is_over()),
            None => self.schedule.wait(|| self.is_over()),
        }
    }

    /// Lets others start after an attempt that has ended. Returns the one that the same worker is to run next.
    pub(super) fn end_attempt(&self, number: usize, retry: Option<AttemptId>) -> Option<AttemptId> {
        match self.assignments {
            // The parent retries it.
            Some(_) => None,
            None => self.schedule.end_attempt(number, retry, self.is_over()),
        }
    }

    /// Records that a thread is abandoned.
    pub(super) fn mark_hung(&self) {
        // Relaxed: the thread that runs the rest of the scenario starts later, and reads it.
        self.has_hung.store(true, Ordering::Relaxed);
    }

    /// Returns whether this many finished scenarios are all that the run has.
    pub(super) fn is_complete(&self, finished: usize) -> bool {
        let is_all = self.assignments.is_some() || finished == self.scenarios.len();
        is_all && !self.was_interrupted()
    }

    /// Wakes the workers that wait if the run was stopped from outside.
    pub(super) fn wake_if_stopped(&self) {
        if self.is_over() {
            self.schedule.wake();
        }
    }

    /// Returns the timeout of a step of this scenario that would have `timeout` by itself.
    pub(super) fn step_timeout(&self, id: AttemptId, timeout: Duration) -> Duration {
        let max = self.options.max_step_times.get(id.number).copied().flatten();
        max.map_or(timeout, |max| max.min(timeout))
    }

    pub(super) fn scenario(&self, id: AttemptId) -> &Arc<Scenario> {
        &self.scenarios[id.number]
    }

    /// Returns the next attempt after one with this outcome, if the scenario is retried.
    pub(super) fn retry(&self, id: AttemptId, outcome: &Outcome) -> Option<AttemptId> {
        if self.is_over() { None } else { self.schedule.retry(id, outcome) }
    }

    /// Starts the span of the run for the hooks before it, which may install a subscriber.
    pub(super) fn start_span(&self) -> Scope {
        let span = Scope::run(Some(self.scenarios.len()));
        if !span.is_none() {
            // Only the run sets it, once.
            let _ = self.span.set(span.clone());
        }
        span
    }

    /// Returns the span of the run.
    pub(super) fn span(&self) -> &Scope {
        self.span.get_or_init(|| Scope::run(Some(self.scenarios.len())))
    }

    /// Records that a thread of this scenario can print from now on. Returns the event of what was printed
    /// before, if several scenarios ran.
    pub(super) fn start_output(&self, number: usize) -> Option<Event> {
        let printed = self.options.output_capture.as_ref()?.start_scenario(number)?;
        Some(self.shared_output(printed))
    }

    /// Records that a thread of this scenario prints no longer. Returns the event of what was printed
    /// before, if several scenarios ran.
    pub(super) fn end_output(&self, number: usize) -> Option<Event> {
        let printed = self.options.output_capture.as_ref()?.end_scenario(number)?;
        Some(self.shared_output(printed))
    }

    fn shared_output(&self, (numbers, text): (Vec<usize>, String)) -> Event {
        let running = |number| (number, Arc::clone(&self.scenarios[number]));
        let scenarios = numbers.into_iter().map(running).collect();
        let event = Event::SharedOutput(Arc::new(SharedOutput { scenarios, text }));
        journal::record_event(&event);
        event
    }

    /// Returns an unused number for a thread.
    pub(super) fn new_lane(&self) -> usize {
        // Relaxed: only the number itself is shared.
        self.lanes.fetch_add(1, Ordering::Relaxed)
    }

    /// Returns the time since the start of the run.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Returns the event of a hook that ran for the scenario with this number, a feature or the run.
    pub(super) fn hook_finished(&self, number: Option<usize>, hook: HookExecution) -> Event {
        Event::HookFinished { number, result: Arc::new(hook.into_result(self.started)) }
    }

    /// Stops the run: no further scenario starts.
    pub(super) fn stop(&self) {
        self.stop_requested.set();
        self.schedule.wake();
    }

    /// Records that a scenario ends before its last step because the run stops.
    pub(super) fn mark_interrupted(&self) {
        // Relaxed: `was_interrupted` reads it after the workers have ended.
        self.interrupted.store(true, Ordering::Relaxed);
    }

    fn was_interrupted(&self) -> bool {
        // Relaxed: pairs with the store in `mark_interrupted`; the end of the channel orders the two.
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Returns the event by which live output is updated.
    pub(super) fn tick(&self) -> Event {
        self.board.tick(self.started, &self.options.stop)
    }

    /// Describes the running scenarios, one after the other.
    pub(super) fn running_scenarios(&self) -> String {
        let mut text = String::new();
        for RunningScenario { number, activity, .. } in self.board.snapshot().iter() {
            let scenario = &self.scenarios[*number];
            let line = scenario.example_row.as_ref().map_or(scenario.location.line, |row| row.line);
            let path = &scenario.location.path;
            let _ = writeln!(text, "  scenario: {} ({path}:{line})", scenario.name);
            if let Activity::Step(index) = activity {
                let Step { keyword_text, text: step, location, .. } = &scenario.steps[*index];
                let _ = writeln!(text, "  running: the step {keyword_text} {step} ({location})");
            }
        }
        text
    }

    fn is_over(&self) -> bool {
        self.options.stop.is_set() || self.stop_requested.is_set()
    }
}
