//! All that is known of one scenario once it has ended, gathered from its events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Event, Failure, HookResult, Outcome, Place, Resources, Scenario, StepResult};

/// One scenario from its first try to its last.
#[derive(Debug, Clone)]
pub struct Story {
    /// Its number in the run, counted from 0 in the order of the selection.
    pub number: usize,
    /// What was run.
    pub scenario: Arc<Scenario>,
    /// Every try, the last of which decides; at least one.
    pub attempts: Vec<Attempt>,
}

/// One try of a scenario.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The thread that played it, counted from 0.
    pub lane: usize,
    /// When it began, counted from the beginning of the run.
    pub started: Duration,
    /// How long it took.
    pub duration: Duration,
    /// What came of each step, in order.
    pub results: Vec<Arc<StepResult>>,
    /// The hooks around the scenario, in the order they ended.
    pub hooks: Vec<Arc<HookResult>>,
    /// What went wrong around the steps.
    pub failures: Vec<Arc<Failure>>,
    /// What each process used, where that was measured.
    pub resources: Vec<Arc<Resources>>,
}

/// What came of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// All its steps passed at the first try.
    Passed,
    /// A step asked to skip it, or it has no steps.
    Skipped,
    /// It passed, but not at the first try.
    Flaky,
    /// A step failed, by whatever red outcome.
    Failed,
}

impl Story {
    /// What came of it.
    pub fn verdict(&self) -> Verdict {
        if self.last().is_some_and(|last| !last.failures.is_empty()) {
            return Verdict::Failed;
        }
        match self.decisive() {
            // A scenario without steps has shown nothing.
            None if self.scenario.steps.is_empty() => Verdict::Skipped,
            None if self.attempts.len() > 1 => Verdict::Flaky,
            None => Verdict::Passed,
            Some((_, result)) if result.outcome.is_red() => Verdict::Failed,
            Some(_) => Verdict::Skipped,
        }
    }

    /// The try that decides.
    pub fn last(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// The step that decides: the first of the last try that did not pass, a red one before one
    /// that was skipped.
    pub fn decisive(&self) -> Option<(usize, &StepResult)> {
        self.last().and_then(Attempt::decisive)
    }

    /// The time of all tries together.
    pub fn duration(&self) -> Duration {
        self.attempts.iter().map(|attempt| attempt.duration).sum()
    }

    /// Where it stands: the row of an outline, or else the scenario's heading.
    pub fn place(&self) -> &Place {
        self.scenario.example.as_ref().unwrap_or(&self.scenario.place)
    }
}

impl Attempt {
    /// The step that decides, as in [`Story::decisive`].
    pub fn decisive(&self) -> Option<(usize, &StepResult)> {
        let find = |is_it: fn(&Outcome) -> bool| {
            let index = self.results.iter().position(|result| is_it(&result.outcome))?;
            Some((index, &*self.results[index]))
        };
        find(Outcome::is_red).or_else(|| find(|outcome| !outcome.is_passed()))
    }
}

/// Gathers events into stories.
#[derive(Debug, Default)]
pub(super) struct Stories {
    /// As many as are played at a time.
    open: Vec<Story>,
}

impl Stories {
    /// The story that `event` completes.
    pub(super) fn event(&mut self, event: &Event) -> Option<Story> {
        match event {
            Event::ScenarioStarted { number, scenario, lane, started, .. } => {
                let index = self.position(*number).unwrap_or_else(|| {
                    self.open.push(Story {
                        number: *number,
                        scenario: Arc::clone(scenario),
                        attempts: Vec::with_capacity(1),
                    });
                    self.open.len() - 1
                });
                self.open[index].attempts.push(Attempt {
                    lane: *lane,
                    started: *started,
                    duration: Duration::ZERO,
                    results: Vec::with_capacity(scenario.steps.len()),
                    hooks: Vec::new(),
                    failures: Vec::new(),
                    resources: Vec::new(),
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
                if let Some(attempt) = number.and_then(|number| self.current(number)) {
                    attempt.failures.push(Arc::clone(failure));
                }
            }
            Event::ScenarioFinished { number, duration, retried } => {
                if let Some(attempt) = self.current(*number) {
                    attempt.duration = *duration;
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
            Event::RunStarted { .. }
            | Event::LeftBehind(_)
            | Event::Waiting
            | Event::RunFinished { .. } => {}
        }
        None
    }

    fn current(&mut self, number: usize) -> Option<&mut Attempt> {
        let index = self.position(number)?;
        self.open[index].attempts.last_mut()
    }

    fn position(&self, number: usize) -> Option<usize> {
        self.open.iter().position(|story| story.number == number)
    }
}

/// Holds stories back until it is their turn in the order of the selection.
#[derive(Debug, Default)]
pub(super) struct InOrder {
    next: usize,
    /// By number.
    held: VecDeque<Arc<Story>>,
}

impl InOrder {
    /// Takes a story; whatever may now be told is left to [`ready`](Self::ready).
    pub(super) fn take(&mut self, story: &Arc<Story>) {
        let at = self.held.partition_point(|held| held.number < story.number);
        self.held.insert(at, Arc::clone(story));
    }

    /// The next story whose turn it is.
    pub(super) fn ready(&mut self) -> Option<Arc<Story>> {
        if self.held.front()?.number != self.next {
            return None;
        }
        self.next += 1;
        self.held.pop_front()
    }

    /// What is left of a run that ended early: its numbers have gaps.
    pub(super) fn rest(&mut self) -> impl Iterator<Item = Arc<Story>> + use<> {
        std::mem::take(&mut self.held).into_iter()
    }
}
