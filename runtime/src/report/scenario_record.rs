//! The record of a finished scenario, collected from its events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    Event, Failure, HookResult, Location, Outcome, ProcessActivity, ResourceUsage, Scenario,
    StepResult,
};

/// The result of a run with scenarios that passed on a retry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FlakyResult {
    /// They count as passed.
    #[default]
    Pass,
    /// They fail the run.
    Fail,
}

/// A finished scenario with all its attempts.
#[derive(Debug, Clone)]
pub struct ScenarioRecord {
    /// The index of the scenario in the order of the selection.
    pub number: usize,
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// The attempts, at least one; the last one decides.
    pub attempts: Vec<AttemptRecord>,
    /// The result that it has if it is flaky.
    pub flaky_result: FlakyResult,
}

/// One attempt at a scenario.
#[derive(Debug, Clone)]
pub struct AttemptRecord {
    /// The index of the worker thread that ran it.
    pub lane: usize,
    /// The start, as time since the start of the run.
    pub started: Duration,
    /// The duration.
    pub duration: Duration,
    /// The results of the steps, in order.
    pub results: Vec<Arc<StepResult>>,
    /// The hooks of the scenario, in the order in which they finished.
    pub hooks: Vec<Arc<HookResult>>,
    /// The failures of hooks and of dropped states.
    pub failures: Vec<Arc<Failure>>,
    /// The resource usage of each process, if it was measured.
    pub resources: Vec<Arc<ResourceUsage>>,
    /// True if it ended before its last step because the run was stopped.
    pub interrupted: bool,
    /// The activity of each process, in a run across processes.
    pub processes: Vec<Arc<ProcessActivity>>,
}

/// The status of a finished scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScenarioStatus {
    /// All its steps passed on the first attempt.
    Passed,
    /// It skipped itself, or it has no steps.
    Skipped,
    /// It ended before its last step because the run was stopped.
    Interrupted,
    /// It passed, but not on the first attempt.
    Flaky,
    /// A step or a hook failed.
    Failed,
}

impl ScenarioRecord {
    /// Returns the status of the scenario.
    pub fn status(&self) -> ScenarioStatus {
        if self.last().is_some_and(|last| !last.failures.is_empty()) {
            return ScenarioStatus::Failed;
        }
        match self.deciding_step() {
            Some((_, result)) if result.outcome.is_failure() => ScenarioStatus::Failed,
            _ if self.last().is_some_and(|last| last.interrupted) => ScenarioStatus::Interrupted,
            // A scenario without steps has tested nothing.
            None if self.scenario.steps.is_empty() => ScenarioStatus::Skipped,
            None if self.attempts.len() > 1 => ScenarioStatus::Flaky,
            None => ScenarioStatus::Passed,
            Some(_) => ScenarioStatus::Skipped,
        }
    }

    /// Returns whether the scenario fails the run: it failed, or it is flaky and that fails the run.
    pub fn fails_run(&self) -> bool {
        match self.status() {
            ScenarioStatus::Failed => true,
            ScenarioStatus::Flaky => self.flaky_result == FlakyResult::Fail,
            _ => false,
        }
    }

    /// Returns the last attempt, which decides.
    pub fn last(&self) -> Option<&AttemptRecord> {
        self.attempts.last()
    }

    /// Returns the step that decides the status, with its index: the first failed step of the last
    /// attempt, or else the first skipped one.
    pub fn deciding_step(&self) -> Option<(usize, &StepResult)> {
        self.last().and_then(AttemptRecord::deciding_step)
    }

    /// Returns the total duration of all attempts.
    pub fn duration(&self) -> Duration {
        self.attempts.iter().map(|attempt| attempt.duration).sum()
    }

    /// Returns the location of the example row, or else of the scenario.
    pub fn location(&self) -> &Location {
        self.scenario.selectable_location()
    }
}

impl AttemptRecord {
    /// Returns the step that decides this attempt; see [`ScenarioRecord::deciding_step`].
    pub fn deciding_step(&self) -> Option<(usize, &StepResult)> {
        let find = |is_it: fn(&Outcome) -> bool| {
            let index = self.results.iter().position(|result| is_it(&result.outcome))?;
            Some((index, &*self.results[index]))
        };
        find(Outcome::is_failure).or_else(|| find(|outcome| !outcome.is_passed()))
    }
}

/// Collects the events of scenarios into records.
#[derive(Debug, Default)]
pub(super) struct ScenarioCollector {
    /// The scenarios that are running.
    open: Vec<ScenarioRecord>,
    /// The result of those that turn out to be flaky.
    flaky_result: FlakyResult,
}

impl ScenarioCollector {
    pub(super) fn new(flaky_result: FlakyResult) -> Self {
        Self { open: Vec::new(), flaky_result }
    }

    /// Returns the scenarios that are running at the end of a run, which did not wait for them; `end` is
    /// its duration.
    pub(super) fn take_interrupted(&mut self, end: Duration) -> Vec<ScenarioRecord> {
        let mut records = std::mem::take(&mut self.open);
        records.sort_by_key(|record| record.number);
        for attempt in records.iter_mut().filter_map(|record| record.attempts.last_mut()) {
            attempt.interrupted = true;
            attempt.duration = end.saturating_sub(attempt.started);
        }
        records
    }

    /// Returns the record that `event` completes.
    pub(super) fn on_event(&mut self, event: &Event) -> Option<ScenarioRecord> {
        match event {
            Event::ScenarioStarted { number, scenario, lane, started, .. } => {
                let index = self.position(*number).unwrap_or_else(|| {
                    self.open.push(ScenarioRecord {
                        number: *number,
                        scenario: Arc::clone(scenario),
                        attempts: Vec::with_capacity(1),
                        flaky_result: self.flaky_result,
                    });
                    self.open.len() - 1
                });
                self.open[index].attempts.push(AttemptRecord {
                    lane: *lane,
                    started: *started,
                    duration: Duration::ZERO,
                    results: Vec::with_capacity(scenario.steps.len()),
                    hooks: Vec::new(),
                    failures: Vec::new(),
                    resources: Vec::new(),
                    interrupted: false,
                    processes: Vec::new(),
                });
            }
            Event::StepFinished { number, result, .. } => {
                if let Some(attempt) = self.current(*number) {
                    attempt.results.push(Arc::clone(result));
                }
            }
            Event::HookFinished { number, result } => {
                if let Some(attempt) = number.and_then(|number| self.current(number)) {
                    attempt.hooks.push(Arc::clone(result));
                }
            }
            Event::HookFailed { number, failure } => {
                if let Some(attempt) = self.current(*number) {
                    attempt.failures.push(Arc::clone(failure));
                }
            }
            Event::ScenarioFinished { number, duration, retried, interrupted } => {
                if let Some(attempt) = self.current(*number) {
                    attempt.duration = *duration;
                    attempt.interrupted = *interrupted;
                }
                if !retried {
                    return self.position(*number).map(|index| self.open.swap_remove(index));
                }
            }
            Event::ResourcesMeasured { number, resources } => {
                if let Some(attempt) = self.current(*number) {
                    attempt.resources.push(Arc::clone(resources));
                }
            }
            Event::ProcessFinished { number, activity } => {
                if let Some(attempt) = self.current(*number) {
                    attempt.processes.push(Arc::clone(activity));
                }
            }
            Event::RunStarted { .. }
            | Event::RunHookFailed { .. }
            | Event::SharedOutput(_)
            | Event::ResourcesLeaked(_)
            | Event::Tick { .. }
            | Event::RunFinished { .. } => {}
        }
        None
    }

    fn current(&mut self, number: usize) -> Option<&mut AttemptRecord> {
        let index = self.position(number)?;
        self.open[index].attempts.last_mut()
    }

    fn position(&self, number: usize) -> Option<usize> {
        self.open.iter().position(|record| record.number == number)
    }
}

/// Holds records back until all before them in the order of the selection have come.
#[derive(Debug, Default)]
pub(super) struct Reorder {
    next: usize,
    /// Sorted by number.
    held: VecDeque<Arc<ScenarioRecord>>,
}

impl Reorder {
    /// Adds a record; [`next_ready`](Self::next_ready) then returns it and its successors in order.
    pub(super) fn add(&mut self, record: &Arc<ScenarioRecord>) {
        let at = self.held.partition_point(|held| held.number < record.number);
        self.held.insert(at, Arc::clone(record));
    }

    /// Returns the next record, if it has come.
    pub(super) fn next_ready(&mut self) -> Option<Arc<ScenarioRecord>> {
        if self.held.front()?.number != self.next {
            return None;
        }
        self.next += 1;
        self.held.pop_front()
    }

    /// Returns the remaining records. Their numbers have gaps if the run ended early.
    pub(super) fn take_rest(&mut self) -> impl Iterator<Item = Arc<ScenarioRecord>> + use<> {
        std::mem::take(&mut self.held).into_iter()
    }
}
