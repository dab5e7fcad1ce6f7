//! The part of an attempt that the watchdog's thread needs as well, should a step hang.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::leak_monitor::LeakMonitor;
use super::state::RunState;
use super::step_result::{skipped, step_call};
use crate::engine::{HookExecution, Match, ResolvedStep, StepExecution, TaskEnder};
use crate::local::crash::journal;
use crate::model::{
    Activity, Event, Failure, Outcome, RunningScenario, Scenario, Step, StepResult,
};
use crate::observe::{Scope, Snapshot};
use crate::schedule::{AttemptId, allowed_skip};

/// Position of a finished attempt among those of its scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpanEnd {
    /// The scenario is retried; its outcome does not count yet.
    Retry,
    /// The scenario has ended; its outcome counts for the feature and the run.
    Final,
}

/// Events and results of one attempt at a scenario, shared by the threads that may report them.
pub(super) struct AttemptShared {
    pub(super) run: Arc<RunState>,
    pub(super) id: AttemptId,
    pub(super) lane: usize,
    pub(super) scenario: Arc<Scenario>,
    started: Duration,
    /// The resources of this process before the scenario, if they are measured.
    before: Option<Snapshot>,
    /// The scenario's span, which starts after the feature has started.
    span: OnceLock<Scope>,
    /// Events that have not been sent yet.
    events: Mutex<Vec<Event>>,
    interrupted: AtomicBool,
    /// Ends the tasks of the scenario if its thread is abandoned.
    task_ender: Mutex<Option<TaskEnder>>,
}

impl AttemptShared {
    pub(super) fn new(run: &Arc<RunState>, id: AttemptId, lane: usize) -> Self {
        let scenario = Arc::clone(run.scenario(id));
        Self {
            run: Arc::clone(run),
            id,
            lane,
            started: run.elapsed(),
            before: run.leak_monitor.as_ref().and_then(LeakMonitor::snapshot),
            span: OnceLock::new(),
            // The steps, the end of this scenario and the start of the next one.
            events: Mutex::new(Vec::with_capacity(scenario.steps.len() + 2)),
            task_ender: Mutex::default(),
            scenario,
            interrupted: AtomicBool::new(false),
        }
    }

    /// Sets what ends the tasks of the scenario if its thread is abandoned.
    pub(super) fn set_task_ender(&self, ender: Option<TaskEnder>) {
        *self.task_ender.lock().unwrap_or_else(PoisonError::into_inner) = ender;
    }

    /// Ends the tasks of the scenario, whose thread was abandoned.
    pub(super) fn end_tasks(&self) {
        let ender = self.task_ender.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ender) = ender {
            ender.end();
        }
    }

    /// Returns the event of the start, which the first message of the attempt sends.
    pub(super) fn start(&self) -> Event {
        let event = Event::ScenarioStarted {
            number: self.id.number,
            attempt: self.id.attempt,
            scenario: Arc::clone(&self.scenario),
            lane: self.lane,
            started: self.started,
        };
        journal::record_event(&event);
        event
    }

    /// Records in the journal that this thread enters a step or, without its index, something around
    /// the steps.
    pub(super) fn enter(&self, step: Option<usize>, output_position: u64, phase: &str) {
        journal::record_activity(
            Some((self.id.number, self.id.attempt)),
            step,
            phase,
            output_position,
        );
    }

    pub(super) fn feature_span(&self) -> &Scope {
        self.run.features.span(&self.scenario, self.id.number, self.run.span())
    }

    /// Returns the scenario's span, which the first call starts.
    pub(super) fn span(&self) -> &Scope {
        self.span.get_or_init(|| self.feature_span().scenario(&self.scenario, self.id.attempt))
    }

    /// Ends the scenario's span; a final outcome counts for the spans around it too.
    pub(super) fn end_span(&self, outcome: &Outcome, end: SpanEnd) {
        let span = self.span();
        span.record_outcome(outcome);
        span.end();
        if end == SpanEnd::Final {
            self.feature_span().record_outcome(outcome);
            self.run.span().record_outcome(outcome);
        }
    }

    pub(super) fn push(&self, event: Event) {
        journal::record_event(&event);
        self.lock().push(event);
    }

    pub(super) fn push_step_result(&self, step: usize, result: StepResult) {
        let result = Arc::new(result);
        self.push(Event::StepFinished { number: self.id.number, step, result });
    }

    /// Records a failure around the steps of this scenario.
    pub(super) fn push_hook_failure(&self, failure: Arc<Failure>) {
        self.push(Event::HookFailed { number: self.id.number, failure });
    }

    /// Records hooks that ended, for the scenario with this number or for its feature.
    pub(super) fn push_hook_results(
        &self,
        number: Option<usize>,
        hooks: impl IntoIterator<Item = HookExecution>,
    ) {
        for hook in hooks {
            self.push(self.run.hook_finished(number, hook));
        }
    }

    /// Shows what this scenario is doing.
    pub(super) fn show(&self, activity: Activity, since: Duration, limit: Duration) {
        let number = self.id.number;
        self.run.board.set(RunningScenario { number, activity, since, limit });
    }

    /// Records that this scenario ends before its last step because the run stops.
    pub(super) fn mark_interrupted(&self) {
        // Relaxed: only the thread that runs the scenario, or the one that replaces it, reads it.
        self.interrupted.store(true, Ordering::Relaxed);
        self.run.mark_interrupted();
    }

    /// Takes the events recorded so far.
    pub(super) fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut *self.lock())
    }

    /// Returns the result of a step after a failed one: it is not run, but reported as undefined if
    /// it has no definition, so that one run shows all missing steps.
    pub(super) fn result_after_failure(&self, step: &Step, so_far: &Outcome) -> StepResult {
        let RunState { suite, options, .. } = &*self.run;
        let unresolved = so_far.is_failure().then(|| {
            let call = step_call(step);
            let resolved = ResolvedStep::resolve(
                suite.registry(),
                Some(&self.scenario),
                call,
                options.step_timeout,
            );
            resolved.unresolved_outcome().cloned()
        });
        self.instant_result(unresolved.flatten().unwrap_or_else(|| skipped(None)))
    }

    /// Skips a step that is not implemented, if the scenario allows it.
    pub(super) fn allow_skipped(&self, result: StepResult) -> StepResult {
        match allowed_skip(&result.outcome, &self.scenario.tags) {
            Some(reason) => StepResult { outcome: skipped(Some(&reason)), ..result },
            None => result,
        }
    }

    /// Returns the result of a step that took no time.
    pub(super) fn instant_result(&self, outcome: Outcome) -> StepResult {
        StepResult::instant(outcome, self.run.elapsed())
    }

    pub(super) fn to_step_result(
        &self,
        execution: StepExecution,
        step: &Step,
        started: Duration,
        output: String,
    ) -> StepResult {
        let needs_captures = self.run.options.record_captures || !execution.outcome.is_passed();
        StepResult {
            outcome: execution.outcome,
            started,
            duration: execution.duration,
            logs: execution.logs,
            attachments: execution.attachments,
            output,
            definition: execution.definition.map(|definition| {
                let captures = if needs_captures { self.captures(step) } else { Vec::new() };
                definition.step_match(captures)
            }),
            per_process: Vec::new(),
        }
    }

    pub(super) fn captures(&self, step: &Step) -> Vec<Option<Range<usize>>> {
        match self.run.suite.registry().find_in(Some(&self.scenario), &step.text) {
            Ok(Match::Unique(matched)) => matched.captures,
            _ => Vec::new(),
        }
    }

    pub(super) fn output_position(&self) -> u64 {
        self.run.options.output_capture.as_ref().map_or(0, |capture| capture.position())
    }

    pub(super) fn output_since(&self, position: u64) -> String {
        let capture = self.run.options.output_capture.as_ref();
        capture.map(|capture| capture.read_since(position)).unwrap_or_default()
    }

    /// Records the end of the scenario and returns its next attempt, if it is retried.
    pub(super) fn finish(&self, outcome: &Outcome) -> Option<AttemptId> {
        let retry = self.run.retry(self.id, outcome);
        let duration = self.run.elapsed().saturating_sub(self.started);
        if let (Some(monitor), Some(before)) = (&self.run.leak_monitor, &self.before)
            && let Some(resources) = monitor.usage_since(&self.scenario, before)
        {
            let (number, resources) = (self.id.number, Arc::new(resources));
            self.push(Event::ResourcesMeasured { number, resources });
        }
        let is_failure = |event: &Event| match event {
            Event::StepFinished { result, .. } => result.outcome.is_failure(),
            Event::HookFailed { .. } | Event::RunHookFailed { .. } => true,
            _ => false,
        };
        let has_failed = self.lock().iter().any(is_failure);
        if self.run.options.fail_fast && retry.is_none() && has_failed {
            self.run.stop();
        }
        self.push(Event::ScenarioFinished {
            number: self.id.number,
            duration,
            retried: retry.is_some(),
            interrupted: self.interrupted.load(Ordering::Relaxed),
        });
        self.run.board.remove(self.id.number);
        retry
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        // No user code runs under the lock.
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
