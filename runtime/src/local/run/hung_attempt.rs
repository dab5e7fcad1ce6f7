//! Recovery from a hung scenario: its thread is abandoned and a new worker finishes the scenario.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::attempt_shared::AttemptShared;
use super::failures::start_failure;
use crate::engine::{HungHook, RunningStep, StepDefinition};
use crate::model::{Event, Outcome, StepResult};

/// The part of an attempt that hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    BeforeFeature,
    BeforeScenario,
    Step,
    AfterScenario,
    AfterFeature,
}

impl Phase {
    /// Returns a description that can follow "in".
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::BeforeFeature => "the hooks before the feature",
            Self::BeforeScenario => "the hooks before the scenario",
            Self::Step => "a step",
            Self::AfterScenario => "the hooks after the scenario, or the drop of its states",
            Self::AfterFeature => "the hooks after the feature, or the drop of its states",
        }
    }
}

/// An attempt that exceeds a deadline. Its methods run on the watchdog's thread.
pub(super) struct HungAttempt {
    pub(super) shared: Arc<AttemptShared>,
    pub(super) phase: Phase,
}

/// A step that is still running at its deadline.
pub(super) struct HungStep {
    pub(super) limit: Duration,
    pub(super) started: Duration,
    pub(super) output_position: u64,
    pub(super) running: RunningStep,
    pub(super) definition: Option<&'static StepDefinition>,
}

/// The rest of a scenario whose thread was abandoned.
#[derive(Clone)]
pub(super) struct Remainder {
    pub(super) shared: Arc<AttemptShared>,
    pub(super) after: Phase,
    pub(super) outcome: Outcome,
}

impl HungAttempt {
    /// Records that a step hangs.
    pub(super) fn step_hangs(self, index: usize, step: &HungStep) -> Remainder {
        let outcome = Outcome::TimedOut { limit: step.limit };
        let (logs, attachments) = step.running.finish(&outcome).unwrap_or_default();
        let timed_out = StepResult {
            duration: step.limit,
            logs,
            attachments,
            output: self.shared.output_since(step.output_position),
            definition: step.definition.map(|definition| {
                let text = &self.shared.scenario.steps[index];
                definition.step_match(self.shared.captures(text))
            }),
            ..StepResult::instant(outcome.clone(), step.started)
        };
        self.shared.push_step_result(index, timed_out);
        self.skip_steps_from(index + 1, &outcome);
        self.into_remainder(outcome)
    }

    /// Records that a hook, or the making or dropping of states, hangs.
    pub(super) fn hook_hangs(self, hung: HungHook) -> Remainder {
        let Self { shared, phase } = &self;
        let HungHook { failure, reports } = hung;
        let outcome = Outcome::Failed(failure.clone());
        let failure = Arc::new(failure);
        match phase {
            Phase::BeforeFeature => {
                shared.run.features.mark_started(shared.id.number, Some(Arc::clone(&failure)));
                shared.push_hook_failure(failure);
            }
            Phase::AfterFeature => shared.push(Event::RunHookFailed { failure }),
            _ => shared.push_hook_failure(failure),
        }
        let is_of_scenario = matches!(phase, Phase::BeforeScenario | Phase::AfterScenario);
        shared.push_hook_results(is_of_scenario.then_some(shared.id.number), reports);
        if matches!(phase, Phase::BeforeFeature | Phase::BeforeScenario) {
            self.skip_steps_from(0, &outcome);
        }
        self.into_remainder(outcome)
    }

    fn skip_steps_from(&self, first: usize, so_far: &Outcome) {
        for (index, step) in self.shared.scenario.steps.iter().enumerate().skip(first) {
            let result = self.shared.result_after_failure(step, so_far);
            self.shared.push_step_result(index, result);
        }
    }

    fn into_remainder(self, outcome: Outcome) -> Remainder {
        Remainder { shared: self.shared, after: self.phase, outcome }
    }
}

impl Remainder {
    /// Returns the number of the scenario.
    pub(super) fn number(&self) -> usize {
        self.shared.id.number
    }

    /// Ends the scenario when no thread can run the rest of it, and returns the events.
    pub(super) fn abandon(self, error: &io::Error) -> Vec<Event> {
        let failure = start_failure("rest of the scenario", error);
        self.shared.push_hook_failure(Arc::new(failure));
        self.shared.finish(&Outcome::Passed);
        self.shared.run.stop();
        self.shared.take_events()
    }
}
