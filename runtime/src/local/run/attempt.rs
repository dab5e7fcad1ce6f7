//! One attempt at one scenario: its hooks and its steps in order, each within its deadline.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::attempt_shared::{AttemptShared, SpanEnd};
use super::failures::{run_hook_failed, start_failure};
use super::features::StartTask;
use super::hung_attempt::{HungAttempt, HungStep, Phase, Remainder};
use super::message::{Message, send};
use super::state::RunState;
use super::step_result::{scenario_not_started, skipped, step_call, two_step_arguments};
use crate::engine::{Deadline, HookExecution, HookKind, Match, Session};
use crate::local::crash::journal;
use crate::model::{Activity, Event, Outcome, Step, StepResult};
use crate::observe::has_journal;
use crate::schedule::AttemptId;

/// The thread was abandoned while it hung; a new worker reports its scenario.
pub(super) struct Abandoned;

/// The events of an attempt that have not been sent yet, and the next attempt, if there is one.
pub(super) struct AttemptOutcome {
    pub(super) events: Vec<Event>,
    pub(super) retry: Option<AttemptId>,
}

/// A scenario that runs on this thread.
pub(super) struct ScenarioAttempt {
    shared: Arc<AttemptShared>,
    messages: Sender<Message>,
}

impl ScenarioAttempt {
    pub(super) fn new(
        run: &Arc<RunState>,
        messages: &Sender<Message>,
        id: AttemptId,
        lane: usize,
    ) -> Self {
        let shared = Arc::new(AttemptShared::new(run, id, lane));
        Self { shared, messages: messages.clone() }
    }

    /// Returns the event of the start.
    pub(super) fn start(&self) -> Event {
        self.shared.start()
    }

    /// Runs the scenario with the hooks around it.
    pub(super) fn run(self) -> Result<AttemptOutcome, Abandoned> {
        let AttemptShared { run, scenario, .. } = &*self.shared;
        let is_dry = run.options.dry_run;
        let mut outcome = Outcome::Passed;
        if !is_dry {
            self.start_feature(&mut outcome)?;
        }
        let span = self.shared.span();
        let _entered = span.enter();
        // A scenario is not started if its feature failed to start.
        let mut has_started = outcome.is_passed() && !is_dry;
        let mut session = self.new_session();
        match &mut session {
            Ok(session) if has_started => self.start_scenario(session, &mut outcome)?,
            _ => has_started = false,
        }
        for (index, step) in scenario.steps.iter().enumerate() {
            let result = match &mut session {
                // A before-hook that skips the scenario is reported by the first step.
                _ if index == 0 && !matches!(outcome, Outcome::Passed | Outcome::Failed(_)) => {
                    self.shared.instant_result(outcome.clone())
                }
                _ if !outcome.is_passed() => self.shared.result_after_failure(step, &outcome),
                _ if run.options.stop.is_set() => {
                    self.shared.mark_interrupted();
                    self.shared.instant_result(skipped(Some("the run was stopped")))
                }
                _ if step.extra_argument.is_some() => {
                    self.shared.instant_result(two_step_arguments())
                }
                Ok(session) if is_dry => self.look_up(session, step, &mut outcome),
                Ok(session) => self.execute(session, index, step)?,
                Err(error) => self.shared.instant_result(scenario_not_started(error)),
            };
            let result = self.shared.allow_skipped(result);
            if outcome.is_passed() && !is_dry {
                outcome.clone_from(&result.outcome);
            }
            self.shared.push_step_result(index, result);
        }
        if let (Ok(session), true) = (session, has_started) {
            self.end_scenario(session, &mut outcome)?;
        }
        self.finish(&outcome)
    }

    /// Runs the hooks after what hung. The states are lost with the abandoned thread, so that these
    /// hooks get fresh ones.
    pub(super) fn resume(
        remainder: Remainder,
        messages: &Sender<Message>,
    ) -> Result<AttemptOutcome, Abandoned> {
        let Remainder { shared, after, mut outcome } = remainder;
        let attempt = Self { shared, messages: messages.clone() };
        let span = attempt.shared.span().clone();
        let _entered = span.enter();
        if after == Phase::AfterFeature {
            return Ok(AttemptOutcome { events: attempt.shared.take_events(), retry: None });
        }
        let run = &attempt.shared.run;
        attempt.shared.end_tasks();
        let has_hooks = !run.suite.registry().hooks(HookKind::AfterScenario).is_empty();
        if has_hooks && matches!(after, Phase::BeforeScenario | Phase::Step) {
            // Without a session the hooks cannot run, and the scenario has failed already.
            if let Ok(mut session) = attempt.new_session() {
                session.resume_after_timeout(outcome.clone());
                attempt.end_scenario(session, &mut outcome)?;
            }
        }
        attempt.finish(&outcome)
    }

    fn new_session(&self) -> io::Result<Session> {
        let AttemptShared { run, scenario, id, .. } = &*self.shared;
        let feature = run.features.scope(id.number);
        let session = Session::new_in(feature, Some(Arc::clone(scenario)))?;
        self.shared.set_task_ender(session.task_ender());
        Ok(session)
    }

    fn start_feature(&self, outcome: &mut Outcome) -> Result<(), Abandoned> {
        let AttemptShared { run, id, .. } = &*self.shared;
        let failed = match run.features.start(id.number) {
            StartTask::Done(failed) => failed,
            StartTask::RunHooks(feature) => {
                let limit = run.options.step_timeout;
                let span = self.shared.feature_span();
                let start = || {
                    let _entered = span.enter();
                    feature.start(limit)
                };
                let failed = match self.with_deadline(Phase::BeforeFeature, start)? {
                    Ok(hooks) => {
                        let failed = hooks.iter().find_map(HookExecution::failure).map(Arc::new);
                        self.shared.push_hook_results(None, hooks);
                        failed
                    }
                    Err(error) => Some(Arc::new(start_failure("feature", &error))),
                };
                run.features.mark_started(id.number, failed.clone());
                failed
            }
        };
        if let Some(failure) = failed {
            *outcome = Outcome::Failed((*failure).clone());
            self.shared.push_hook_failure(failure);
        }
        Ok(())
    }

    fn start_scenario(
        &self,
        session: &mut Session,
        outcome: &mut Outcome,
    ) -> Result<(), Abandoned> {
        let AttemptShared { run, id, .. } = &*self.shared;
        let limit = run.options.step_timeout;
        if !run.suite.registry().has_hooks(&[HookKind::BeforeScenario]) {
            return Ok(());
        }
        let hooks = self.with_deadline(Phase::BeforeScenario, || session.begin_scenario(limit))?;
        let is_skipping = |hook: &&HookExecution| {
            matches!(hook.outcome, Outcome::Skipped { .. } | Outcome::Pending { .. })
        };
        if let Some(hook) = hooks.iter().find(is_skipping) {
            outcome.clone_from(&hook.outcome);
        } else if let Some(failure) = hooks.iter().find_map(HookExecution::failure) {
            *outcome = Outcome::Failed(failure.clone());
            self.shared.push_hook_failure(Arc::new(failure));
        }
        self.shared.push_hook_results(Some(id.number), hooks);
        Ok(())
    }

    /// Runs the after-hooks and drops the states before the scenario counts as finished, so that
    /// nothing of it outlives the run.
    fn end_scenario(&self, session: Session, outcome: &mut Outcome) -> Result<(), Abandoned> {
        let AttemptShared { run, id, .. } = &*self.shared;
        let limit = run.options.step_timeout;
        let teardown = self.with_deadline(Phase::AfterScenario, || session.end_scenario(limit))?;
        for failure in teardown.all_failures() {
            if !outcome.is_failure() {
                *outcome = Outcome::Failed(failure.clone());
            }
            self.shared.push_hook_failure(Arc::new(failure));
        }
        self.shared.push_hook_results(Some(id.number), teardown.hooks);
        Ok(())
    }

    /// Ends the scenario for the reports, and its feature after its last scenario.
    fn finish(&self, outcome: &Outcome) -> Result<AttemptOutcome, Abandoned> {
        let AttemptShared { run, id, .. } = &*self.shared;
        let retry = self.shared.finish(outcome);
        let feature_span = self.shared.feature_span();
        let end = if retry.is_some() { SpanEnd::Retry } else { SpanEnd::Final };
        self.shared.end_span(outcome, end);
        if retry.is_none()
            && !run.options.dry_run
            && let Some(feature) = run.features.scenario_finished(id.number)
        {
            let limit = run.options.step_timeout;
            let ended = self.with_deadline(Phase::AfterFeature, || {
                let _entered = feature_span.enter();
                feature.finish(limit)
            })?;
            let failures: Vec<_> = match ended {
                Ok(teardown) => {
                    let failures = teardown.all_failures().collect();
                    self.shared.push_hook_results(None, teardown.hooks);
                    failures
                }
                Err(error) => vec![start_failure("end of a feature", &error)],
            };
            for failure in failures {
                feature_span.record_failure(&failure);
                self.shared.push(run_hook_failed(failure));
            }
            feature_span.end();
        }
        journal::record_idle();
        Ok(AttemptOutcome { events: self.shared.take_events(), retry })
    }

    /// Runs hooks, or makes or drops states, which may hang.
    fn with_deadline<T>(&self, phase: Phase, work: impl FnOnce() -> T) -> Result<T, Abandoned> {
        let hung = HungAttempt { shared: Arc::clone(&self.shared), phase };
        let messages = self.messages.clone();
        let run = &self.shared.run;
        let on_hang = move |hook| send(&messages, Message::Hung(hung.hook_hangs(hook)));
        let watch = run.watchdog.guard_hooks(Deadline::after(run.options.step_timeout), on_hang);
        self.shared.enter(None, self.shared.output_position(), phase.description());
        self.shared.show(Activity::Hooks, run.elapsed(), run.options.step_timeout);
        let result = work();
        watch.disarm().map_err(|_| Abandoned)?;
        Ok(result)
    }

    /// Finds the definition of a step without running it.
    fn look_up(&self, session: &mut Session, step: &Step, outcome: &mut Outcome) -> StepResult {
        let (run, scenario) = (&self.shared.run, Some(&*self.shared.scenario));
        if let Ok(Match::Unique(matched)) = run.suite.registry().find_in(scenario, &step.text) {
            let mut result = self.shared.instant_result(skipped(Some("dry run")));
            result.definition = Some(matched.into());
            return result;
        }
        // Without exactly one definition, the execution runs no user code.
        let resolved = session.resolve(step_call(step), run.options.step_timeout);
        let execution = session.execute(resolved);
        if execution.outcome.is_failure() && run.options.fail_fast {
            outcome.clone_from(&execution.outcome);
        }
        self.shared.to_step_result(execution, step, run.elapsed(), String::new())
    }

    fn execute(
        &self,
        session: &mut Session,
        index: usize,
        step: &Step,
    ) -> Result<StepResult, Abandoned> {
        let run = &self.shared.run;
        let resolved = session.resolve(step_call(step), run.options.step_timeout);
        let output_position = self.shared.output_position();
        let started = run.elapsed();
        let limit = run.step_timeout(self.shared.id, resolved.timeout());
        let hung = HungAttempt { shared: Arc::clone(&self.shared), phase: Phase::Step };
        let (running, definition) = (resolved.running().clone(), resolved.definition());
        let hung_step = HungStep { limit, started, output_position, running, definition };
        let messages = self.messages.clone();
        let on_hang = move || send(&messages, Message::Hung(hung.step_hangs(index, &hung_step)));
        let watch = run.watchdog.arm(Deadline::after(limit), on_hang);
        self.shared.show(Activity::Step(index), started, limit);
        if has_journal() {
            let Step { keyword_text, text, location, .. } = step;
            let phase = format!("the step {keyword_text} {text} ({location})");
            self.shared.enter(Some(index), output_position, &phase);
        }
        let execution = session.execute(resolved);
        watch.disarm().map_err(|_| Abandoned)?;
        let output = self.shared.output_since(output_position);
        Ok(self.shared.to_step_result(execution, step, started, output))
    }
}
