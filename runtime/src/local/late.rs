//! What is still to be said and done when something of a scenario hangs: its thread is given up and
//! another one takes the scenario over.

use std::sync::Arc;
use std::time::Duration;

use super::attempt::{Attempt, GivenUp, Played, Shared};
use super::scope::not_begun;
use super::worker::{Message, send, start_worker};
use crate::engine::{HookKind, LateHook, RunningStep, Session};
use crate::model::{Event, Outcome, StepResult};

/// What hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    BeforeFeature,
    BeforeScenario,
    Step,
    AfterScenario,
    AfterFeature,
}

/// What remains to be said and done when something is still running at its deadline.
pub(super) struct Late {
    pub(super) shared: Arc<Shared>,
    pub(super) stage: Stage,
}

/// A step that is still running at its deadline.
pub(super) struct LateStep {
    pub(super) limit: Duration,
    pub(super) started: Duration,
    pub(super) printed_before: u64,
    pub(super) running: RunningStep,
}

impl Late {
    /// A step hangs. Runs on the watchdog's thread, as [`hook`](Self::hook) does.
    pub(super) fn step(self, index: usize, step: &LateStep) {
        let outcome = Outcome::TimedOut { limit: step.limit };
        let (logs, attachments) = step.running.end(&outcome).unwrap_or_default();
        let timed_out = StepResult {
            duration: step.limit,
            logs,
            attachments,
            output: self.shared.printed_since(step.printed_before),
            ..StepResult::instant(outcome.clone(), step.started)
        };
        self.shared.tell(index, timed_out);
        self.leave_out(index + 1, &outcome);
        self.take_over(outcome);
    }

    /// A hook or a destructor hangs.
    pub(super) fn hook(self, late: LateHook) {
        let Self { shared, stage } = &self;
        let LateHook { failure, reports } = late;
        let outcome = Outcome::Failed(failure.clone());
        let failure = Arc::new(failure);
        match stage {
            Stage::BeforeFeature => {
                shared.plan.features.begun(shared.turn.number, Some(Arc::clone(&failure)));
                shared.troubled(failure);
            }
            Stage::AfterFeature => shared.push(Event::HookFailed { number: None, failure }),
            _ => shared.troubled(failure),
        }
        let of_scenario = matches!(stage, Stage::BeforeScenario | Stage::AfterScenario);
        shared.hooks(of_scenario.then_some(shared.turn.number), reports);
        if matches!(stage, Stage::BeforeFeature | Stage::BeforeScenario) {
            self.leave_out(0, &outcome);
        }
        self.take_over(outcome);
    }

    /// The steps from this one on are not run.
    fn leave_out(&self, from: usize, so_far: &Outcome) {
        for (index, step) in self.shared.scenario.steps.iter().enumerate().skip(from) {
            self.shared.tell(index, self.shared.unreached(step, so_far));
        }
    }

    /// What may hang again is left to a new worker.
    fn take_over(self, outcome: Outcome) {
        let Self { shared, stage } = self;
        let (plan, messages) = (Arc::clone(&shared.plan), shared.messages.clone());
        let rest = Rest { attempt: Attempt(Arc::clone(&shared)), after: stage, outcome };
        if let Err(error) = start_worker(plan, messages.clone(), Some(rest)) {
            shared.troubled(Arc::new(not_begun("rest of the scenario", &error)));
            shared.finish(&Outcome::Passed);
            shared.plan.end();
            send(&messages, Message::Events(shared.told()));
            send(&messages, Message::Ended);
        }
    }
}

/// What is left of a scenario whose thread was given up.
pub(super) struct Rest {
    attempt: Attempt,
    after: Stage,
    outcome: Outcome,
}

impl Rest {
    /// Runs the hooks that come after what hung. The states hang with it: the hooks get fresh ones.
    pub(super) fn play(self) -> Result<Played, GivenUp> {
        let Self { attempt, after, mut outcome } = self;
        let span = attempt.0.span().clone();
        let _inside = span.enter();
        if after == Stage::AfterFeature {
            return Ok((attempt.0.told(), None));
        }
        let Shared { plan, scenario, turn, .. } = &*attempt.0;
        let has_hooks = !plan.suite.registry().hooks(HookKind::AfterScenario).is_empty();
        if has_hooks && matches!(after, Stage::BeforeScenario | Stage::Step) {
            let feature = plan.features.scope(turn.number);
            // Without a session there is nothing to run them in, and the scenario is red already.
            if let Ok(mut session) = Session::in_feature(feature, Some(Arc::clone(scenario))) {
                session.take_over(outcome.clone());
                attempt.end_scenario(session, &mut outcome)?;
            }
        }
        attempt.close(&outcome)
    }
}
