//! The schedule of a run: its phases, the attempts of each, and the retries.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::attempt_id::AttemptId;
use super::options::ScheduleOptions;
use super::queue::{Queue, Taken};
use super::tags::Retries;
use super::units::{Plan, Unit};
use crate::model::{FailureKind, Outcome, Scenario};

/// The schedule of a run, which its workers share.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// The scenarios that workers may take in this phase of the run.
    queue: Queue,
    /// The units of each phase, until it begins: those that run in parallel, then those that run alone.
    phases: [Mutex<Vec<Unit>>; 2],
    /// The retries of each scenario.
    retries: Vec<Retries>,
}

impl Schedule {
    /// Schedules these scenarios.
    pub(crate) fn new(scenarios: &[Arc<Scenario>], options: &ScheduleOptions) -> Self {
        Self::with_locks(scenarios, options, |_| None)
    }

    /// Schedules these scenarios. Those with the same `lock`, which is passed their numbers, do not overlap.
    pub(crate) fn with_locks(
        scenarios: &[Arc<Scenario>],
        options: &ScheduleOptions,
        lock: impl Fn(usize) -> Option<String>,
    ) -> Self {
        let plan = Plan::new(scenarios, options, lock);
        let retries = |scenario: &Arc<Scenario>| {
            let retry = options.retry.as_ref();
            retry.map(|retry| retry.of(&scenario.tags)).unwrap_or_default()
        };
        Self {
            queue: Queue::new(plan.locks),
            phases: [plan.parallel, plan.alone].map(Mutex::new),
            retries: scenarios.iter().map(retries).collect(),
        }
    }

    /// Begins the phases one after the other, each with its number of workers.
    pub(crate) fn phases(&self, jobs: usize) -> impl Iterator<Item = usize> {
        [jobs, 1].into_iter().zip(&self.phases).map(|(jobs, units)| {
            let units = std::mem::take(&mut *units.lock().unwrap_or_else(PoisonError::into_inner));
            let workers = jobs.min(units.len());
            self.queue.add(units);
            workers
        })
    }

    /// Takes the first attempt that may start now.
    pub(crate) fn take(&self) -> Taken {
        self.queue.take()
    }

    /// Waits for the first attempt that may start; `None` if none is left or `is_over` returns true.
    /// [`wake`](Self::wake) must be called when it begins to.
    pub(crate) fn wait(&self, is_over: impl Fn() -> bool) -> Option<AttemptId> {
        self.queue.wait(is_over)
    }

    /// Makes the waiting workers ask again whether the run is over.
    pub(crate) fn wake(&self) {
        self.queue.wake();
    }

    /// Returns the attempt after one with this outcome, if the scenario is to be retried.
    pub(crate) fn retry(&self, id: AttemptId, outcome: &Outcome) -> Option<AttemptId> {
        let may_change = match outcome {
            // A conversion of the same text fails again.
            Outcome::Failed(failure) => failure.kind != FailureKind::Argument,
            outcome => matches!(outcome, Outcome::TimedOut { .. }),
        };
        let is_left = id.attempt < self.retries[id.number].count;
        (may_change && is_left).then_some(AttemptId { attempt: id.attempt + 1, ..id })
    }

    /// Lets others start after an attempt that has ended, unless the run `is_over`. Returns the attempt that the
    /// same worker is to run next, if there is one: the retry, or the scenario after it in its unit.
    pub(crate) fn end_attempt(
        &self,
        number: usize,
        retry: Option<AttemptId>,
        is_over: bool,
    ) -> Option<AttemptId> {
        let Some(retry) = retry else {
            if is_over {
                self.queue.finish_last(number);
                return None;
            }
            return self.queue.finish(number);
        };
        let delay = self.retries[number].delay;
        if delay.is_zero() {
            return Some(retry);
        }
        self.queue.retry_at(retry, Instant::now() + delay);
        None
    }
}
