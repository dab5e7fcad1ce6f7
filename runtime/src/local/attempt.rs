//! One try of one scenario: its steps in order, each within its deadline.

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::run::outside;
use super::schedule::{Plan, Turn};
use super::worker::{Message, send, start_worker};
use crate::engine::{HookKind, HookReport, Match, Session, StepCall, StepReport};
use crate::model::{Event, Failure, FailureKind, Outcome, Scenario, Step, StepMatch, StepResult};

/// How much later than its limit something is given up.
const GRACE: Duration = Duration::from_millis(50);

/// The thread was given up while it hung; another one has taken its place and told its story.
pub(super) struct GivenUp;

/// A scenario being played on this thread.
pub(super) struct Attempt(Arc<Shared>);

/// What the watchdog needs as well, should a step not come back.
struct Shared {
    plan: Arc<Plan>,
    messages: Sender<Message>,
    turn: Turn,
    lane: usize,
    scenario: Arc<Scenario>,
    started: Duration,
    /// Steps that ended and have not been told yet.
    events: Mutex<Vec<Event>>,
}

impl Attempt {
    pub(super) fn begin(
        plan: &Arc<Plan>,
        messages: &Sender<Message>,
        turn: Turn,
        lane: usize,
    ) -> Self {
        let scenario = Arc::clone(plan.scenario(turn));
        Self(Arc::new(Shared {
            plan: Arc::clone(plan),
            messages: messages.clone(),
            turn,
            lane,
            started: plan.elapsed(),
            // The steps, the end and the beginning of the next scenario.
            events: Mutex::new(Vec::with_capacity(scenario.steps.len() + 2)),
            scenario,
        }))
    }

    pub(super) fn started(&self) -> Event {
        let Shared { turn, lane, scenario, started, .. } = &*self.0;
        Event::ScenarioStarted {
            number: turn.number,
            attempt: turn.attempt,
            scenario: Arc::clone(scenario),
            lane: *lane,
            started: *started,
        }
    }

    /// Plays all steps; returns what is still to be told and the next try, where there is one.
    pub(super) fn play(self) -> Result<(Vec<Event>, Option<Turn>), GivenUp> {
        let Shared { plan, scenario, turn, .. } = &*self.0;
        let is_dry = plan.options.dry_run;
        let mut decisive = Outcome::Passed;
        if !is_dry {
            let begin = || plan.features.begin(turn.number, plan.options.step_timeout);
            if let Some(failure) = self.guarded(0, plan.options.step_timeout, begin)? {
                decisive = Outcome::Failed((*failure).clone());
                self.0.troubled(failure);
            }
        }
        let feature = plan.features.scope(turn.number);
        let mut session = Session::in_feature(feature, Some(Arc::clone(scenario)));
        if let (Ok(session), true, false) = (&mut session, decisive.is_passed(), is_dry) {
            self.begin_scenario(session, &mut decisive)?;
        }
        for (index, step) in scenario.steps.iter().enumerate() {
            let result = match &mut session {
                // A hook that wants the scenario skipped speaks through its first step.
                _ if index == 0 && !matches!(decisive, Outcome::Passed | Outcome::Failed(_)) => {
                    self.0.instant(decisive.clone())
                }
                _ if !decisive.is_passed() => self.0.instant(skipped(None)),
                _ if plan.options.stop.is_set() => {
                    plan.cut_short();
                    self.0.instant(skipped(Some("the run was stopped")))
                }
                _ if step.second_argument.is_some() => self.0.instant(two_arguments()),
                Ok(session) if is_dry => self.look_up(session, step, &mut decisive),
                Ok(session) => self.execute(session, index, step)?,
                Err(error) => self.0.instant(not_started(error)),
            };
            if decisive.is_passed() && !is_dry {
                decisive.clone_from(&result.outcome);
            }
            self.0.tell(index, result);
        }
        // The states go before the scenario counts as finished, so that nothing of it outlives the run.
        if let (Ok(mut session), false) = (session, is_dry) {
            let steps = scenario.steps.len();
            let limit = plan.options.step_timeout;
            let ending = self.guarded(steps, limit, || {
                let ending = session.end_scenario(limit);
                drop(session);
                ending
            })?;
            for failure in ending.all_failures() {
                if !decisive.is_red() {
                    decisive = Outcome::Failed(failure.clone());
                }
                self.0.troubled(Arc::new(failure));
            }
        }
        Ok(self.0.finish(&decisive))
    }

    fn begin_scenario(&self, session: &mut Session, decisive: &mut Outcome) -> Result<(), GivenUp> {
        let plan = &self.0.plan;
        if plan.suite.registry().hooks(HookKind::BeforeScenario).is_empty() {
            return Ok(());
        }
        let limit = plan.options.step_timeout;
        let hooks = self.guarded(0, limit, || session.begin_scenario(limit))?;
        let unwilling = |hook: &&HookReport| {
            matches!(hook.outcome, Outcome::Skipped { .. } | Outcome::Pending { .. })
        };
        if let Some(hook) = hooks.iter().find(unwilling) {
            decisive.clone_from(&hook.outcome);
        } else if let Some(failure) = hooks.iter().find_map(HookReport::failure) {
            *decisive = Outcome::Failed(failure.clone());
            self.0.troubled(Arc::new(failure));
        }
        Ok(())
    }

    /// Does something around the steps that may hang; the step at `step` then counts as too late.
    fn guarded<T>(
        &self,
        step: usize,
        limit: Duration,
        work: impl FnOnce() -> T,
    ) -> Result<T, GivenUp> {
        let shared = Arc::clone(&self.0);
        let printed_before = 0;
        let started = shared.plan.elapsed();
        let late = move || Late { shared, step, limit, started, printed_before }.take_over();
        // Several hooks may run, each within the limit.
        let deadline = Instant::now() + limit * 2 + GRACE;
        let watch = self.0.plan.watchdog.arm(deadline, late);
        let done = work();
        watch.disarm().map_err(|_| GivenUp)?;
        Ok(done)
    }

    /// Says what the step means without running it.
    fn look_up(&self, session: &mut Session, step: &Step, decisive: &mut Outcome) -> StepResult {
        let plan = &self.0.plan;
        if let Ok(Match::One(_)) = plan.suite.registry().find(&step.text) {
            return self.0.instant(skipped(Some("dry run")));
        }
        // Whatever is not exactly one definition runs nothing when it is executed.
        let resolved = session.resolve(call(step), plan.options.step_timeout);
        let report = session.execute(resolved);
        if report.outcome.is_red() && plan.options.fail_fast {
            decisive.clone_from(&report.outcome);
        }
        self.0.plain(report, step, plan.elapsed(), String::new())
    }

    fn execute(
        &self,
        session: &mut Session,
        index: usize,
        step: &Step,
    ) -> Result<StepResult, GivenUp> {
        let plan = &self.0.plan;
        let resolved = session.resolve(call(step), plan.options.step_timeout);
        let printed_before = plan.options.printed.as_ref().map_or(0, |printed| printed.mark());
        let started = plan.elapsed();
        let limit = resolved.limit();
        let shared = Arc::clone(&self.0);
        let late = move || Late { shared, step: index, limit, started, printed_before }.take_over();
        // A cancellable async body ends by itself at its limit; the grace lets it say so.
        let deadline = Instant::now() + limit + GRACE;
        let watch = plan.watchdog.arm(deadline, late);
        let report = session.execute(resolved);
        watch.disarm().map_err(|_| GivenUp)?;
        Ok(self.0.plain(report, step, started, self.0.printed_since(printed_before)))
    }
}

impl Shared {
    fn tell(&self, step: usize, result: StepResult) {
        let result = Arc::new(result);
        let event = Event::StepFinished { number: self.turn.number, step, result };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// Something around the steps went wrong.
    fn troubled(&self, failure: Arc<Failure>) {
        let event = Event::HookFailed { number: Some(self.turn.number), failure };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// A step that took no time.
    fn instant(&self, outcome: Outcome) -> StepResult {
        StepResult::instant(outcome, self.plan.elapsed())
    }

    fn printed_since(&self, mark: u64) -> String {
        self.plan.options.printed.as_ref().map(|p| p.since(mark)).unwrap_or_default()
    }

    fn plain(
        &self,
        report: StepReport,
        step: &Step,
        started: Duration,
        output: String,
    ) -> StepResult {
        let wants_captures = self.plan.options.captures || !report.outcome.is_passed();
        StepResult {
            outcome: report.outcome,
            started,
            duration: report.duration,
            logs: report.logs,
            attachments: report.attachments,
            output,
            definition: report.definition.map(|definition| StepMatch {
                pattern: Cow::Borrowed(definition.pattern.source),
                function: Cow::Borrowed(definition.function),
                file: Cow::Borrowed(definition.file),
                line: definition.line,
                captures: if wants_captures { self.captures(step) } else { Vec::new() },
            }),
            parts: Vec::new(),
        }
    }

    fn captures(&self, step: &Step) -> Vec<Option<Range<usize>>> {
        match self.plan.suite.registry().find(&step.text) {
            Ok(Match::One(matched)) => matched.captures,
            _ => Vec::new(),
        }
    }

    fn finish(&self, decisive: &Outcome) -> (Vec<Event>, Option<Turn>) {
        let next = self.plan.retry(self.turn, decisive);
        let mut events =
            std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner));
        let is_red = |event: &Event| matches!(event, Event::StepFinished { result, .. } if result.outcome.is_red());
        if self.plan.options.fail_fast && next.is_none() && events.iter().any(is_red) {
            self.plan.end();
        }
        events.push(Event::ScenarioFinished {
            number: self.turn.number,
            duration: self.plan.elapsed().saturating_sub(self.started),
            retried: next.is_some(),
        });
        if next.is_none() && !self.plan.options.dry_run {
            let limit = self.plan.options.step_timeout;
            events
                .extend(self.plan.features.ended(self.turn.number, limit).into_iter().map(outside));
        }
        (events, next)
    }
}

/// What remains to be said and done when a step is still running at its deadline.
struct Late {
    shared: Arc<Shared>,
    step: usize,
    limit: Duration,
    started: Duration,
    printed_before: u64,
}

impl Late {
    fn take_over(self) {
        let shared = &self.shared;
        let outcome = Outcome::TimedOut { limit: self.limit };
        if self.step < shared.scenario.steps.len() {
            let timed_out = StepResult {
                duration: self.limit,
                output: shared.printed_since(self.printed_before),
                ..StepResult::instant(outcome.clone(), self.started)
            };
            shared.tell(self.step, timed_out);
        } else {
            let message = format!("what runs after the last step was {outcome}");
            shared.troubled(Arc::new(Failure::new(FailureKind::State, message)));
        }
        for step in self.step + 1..shared.scenario.steps.len() {
            shared.tell(step, shared.instant(skipped(None)));
        }
        let (events, next) = shared.finish(&outcome);
        let messages = &shared.messages;
        send(messages, Message::Events(events));
        if start_worker(Arc::clone(&shared.plan), messages.clone(), next).is_err() {
            shared.plan.end();
            send(messages, Message::Ended);
        }
    }
}

fn call(step: &Step) -> StepCall {
    StepCall {
        keyword: step.keyword,
        text: step.text.clone(),
        argument: step.argument.clone(),
        place: Some(step.place.clone()),
        process: None,
    }
}

fn skipped(reason: Option<&str>) -> Outcome {
    Outcome::Skipped { reason: reason.map(str::to_owned) }
}

fn not_started(error: &io::Error) -> Outcome {
    let message = format!("the scenario could not begin: {error}");
    Failure::new(FailureKind::State, message).into()
}

fn two_arguments() -> Outcome {
    let message = "the step carries a table and a doc string; a step function takes one of them";
    Failure::new(FailureKind::Argument, message).into()
}
