//! One try of one scenario: its steps in order, each within its deadline.

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::late::{Late, LateStep, Stage};
use super::monitor::Monitor;
use super::run::outside;
use super::schedule::{Plan, Turn};
use super::scope::{Begin, not_begun};
use super::worker::Message;
use crate::channel::Sender;
use crate::engine::{
    HookKind, HookReport, Match, Matched, ResolvedStep, Session, StepCall, StepDefinition,
    StepReport,
};
use crate::model::{Event, Failure, FailureKind, Outcome, Scenario, Step, StepMatch, StepResult};
use crate::observe::{Scope, Snapshot};

/// How much later than its limit something is given up.
const GRACE: Duration = Duration::from_millis(50);

/// The thread was given up while it hung; another one has taken its place and told its story.
pub(super) struct GivenUp;

/// What is to be told after a scenario, and its next try, where there is one.
pub(super) type Played = (Vec<Event>, Option<Turn>);

/// A scenario being played on this thread.
pub(super) struct Attempt(pub(super) Arc<Shared>);

/// What the watchdog needs as well, should a step not come back.
pub(super) struct Shared {
    pub(super) plan: Arc<Plan>,
    pub(super) messages: Sender<Message>,
    pub(super) turn: Turn,
    lane: usize,
    pub(super) scenario: Arc<Scenario>,
    started: Duration,
    /// This process before the scenario, where that is measured.
    before: Option<Snapshot>,
    /// The scenario's span, from the moment its feature has begun.
    span: OnceLock<Scope>,
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
            before: plan.monitor.as_ref().and_then(Monitor::before),
            span: OnceLock::new(),
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
    pub(super) fn play(self) -> Result<Played, GivenUp> {
        let Shared { plan, scenario, turn, .. } = &*self.0;
        let is_dry = plan.options.dry_run;
        let mut decisive = Outcome::Passed;
        if !is_dry {
            self.begin_feature(&mut decisive)?;
        }
        let span = self.0.span();
        let _inside = span.enter();
        // What a feature cannot begin does not begin either.
        let mut begins = decisive.is_passed() && !is_dry;
        let feature = plan.features.scope(turn.number);
        let mut session = Session::in_feature(feature, Some(Arc::clone(scenario)));
        match &mut session {
            Ok(session) if begins => self.begin_scenario(session, &mut decisive)?,
            _ => begins = false,
        }
        for (index, step) in scenario.steps.iter().enumerate() {
            let result = match &mut session {
                // A hook that wants the scenario skipped speaks through its first step.
                _ if index == 0 && !matches!(decisive, Outcome::Passed | Outcome::Failed(_)) => {
                    self.0.instant(decisive.clone())
                }
                _ if !decisive.is_passed() => self.0.unreached(step, &decisive),
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
        if let (Ok(session), true) = (session, begins) {
            self.end_scenario(session, &mut decisive)?;
        }
        self.close(&decisive)
    }

    fn begin_feature(&self, decisive: &mut Outcome) -> Result<(), GivenUp> {
        let Shared { plan, turn, .. } = &*self.0;
        let failed = match plan.features.begin(turn.number) {
            Begin::Done(failed) => failed,
            Begin::First(feature) => {
                let limit = plan.options.step_timeout;
                let span = self.0.feature_span();
                let begin = || {
                    let _inside = span.enter();
                    feature.begin(limit)
                };
                let failed = match self.guarded(Stage::BeforeFeature, begin)? {
                    Ok(hooks) => {
                        let failed = hooks.iter().find_map(HookReport::failure).map(Arc::new);
                        self.0.hooks(None, hooks);
                        failed
                    }
                    Err(error) => Some(Arc::new(not_begun("feature", &error))),
                };
                plan.features.begun(turn.number, failed.clone());
                failed
            }
        };
        if let Some(failure) = failed {
            *decisive = Outcome::Failed((*failure).clone());
            self.0.troubled(failure);
        }
        Ok(())
    }

    fn begin_scenario(&self, session: &mut Session, decisive: &mut Outcome) -> Result<(), GivenUp> {
        let plan = &self.0.plan;
        let limit = plan.options.step_timeout;
        if !plan.suite.registry().has_hooks(&[HookKind::BeforeScenario]) {
            return Ok(());
        }
        let hooks = self.guarded(Stage::BeforeScenario, || session.begin_scenario(limit))?;
        let unwilling = |hook: &&HookReport| {
            matches!(hook.outcome, Outcome::Skipped { .. } | Outcome::Pending { .. })
        };
        if let Some(hook) = hooks.iter().find(unwilling) {
            decisive.clone_from(&hook.outcome);
        } else if let Some(failure) = hooks.iter().find_map(HookReport::failure) {
            *decisive = Outcome::Failed(failure.clone());
            self.0.troubled(Arc::new(failure));
        }
        self.0.hooks(Some(self.0.turn.number), hooks);
        Ok(())
    }

    /// The states go before the scenario counts as finished, so that nothing of it outlives the run.
    pub(super) fn end_scenario(
        &self,
        mut session: Session,
        decisive: &mut Outcome,
    ) -> Result<(), GivenUp> {
        let plan = &self.0.plan;
        let limit = plan.options.step_timeout;
        let ending = self.guarded(Stage::AfterScenario, || {
            let ending = session.end_scenario(limit);
            drop(session);
            ending
        })?;
        for failure in ending.all_failures() {
            if !decisive.is_red() {
                *decisive = Outcome::Failed(failure.clone());
            }
            self.0.troubled(Arc::new(failure));
        }
        self.0.hooks(Some(self.0.turn.number), ending.hooks);
        Ok(())
    }

    /// Ends the scenario for the reports, and its feature when it was the last one.
    pub(super) fn close(&self, decisive: &Outcome) -> Result<Played, GivenUp> {
        let Shared { plan, turn, .. } = &*self.0;
        let next = self.0.finish(decisive);
        let feature_span = self.0.feature_span();
        self.0.end_span(decisive, next.is_none());
        if next.is_none()
            && !plan.options.dry_run
            && let Some(feature) = plan.features.leave(turn.number)
        {
            let limit = plan.options.step_timeout;
            let ended = self.guarded(Stage::AfterFeature, || {
                let _inside = feature_span.enter();
                feature.end(limit)
            })?;
            let failures: Vec<_> = match ended {
                Ok(ending) => {
                    let failures = ending.all_failures().collect();
                    self.0.hooks(None, ending.hooks);
                    failures
                }
                Err(error) => vec![not_begun("end of a feature", &error)],
            };
            for failure in failures {
                feature_span.saw_failure(&failure);
                self.0.push(outside(failure));
            }
            feature_span.end();
        }
        Ok((self.0.told(), next))
    }

    /// Does something around the steps that may hang.
    fn guarded<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> Result<T, GivenUp> {
        let late = Late { shared: Arc::clone(&self.0), stage };
        let plan = &self.0.plan;
        let limit = plan.options.step_timeout;
        let watch = plan.watchdog.guard_hooks(limit, move |hook| late.hook(hook));
        let done = work();
        watch.disarm().map_err(|_| GivenUp)?;
        Ok(done)
    }

    /// Says what the step means without running it.
    fn look_up(&self, session: &mut Session, step: &Step, decisive: &mut Outcome) -> StepResult {
        let plan = &self.0.plan;
        if let Ok(Match::One(Matched { definition, captures })) =
            plan.suite.registry().find(&step.text)
        {
            let mut result = self.0.instant(skipped(Some("dry run")));
            result.definition = Some(matched(definition, captures));
            return result;
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
        let late = Late { shared: Arc::clone(&self.0), stage: Stage::Step };
        let running = resolved.running().clone();
        let step_of_it = LateStep { limit, started, printed_before, running };
        let late = move || late.step(index, &step_of_it);
        // A cancellable async body ends by itself at its limit; the grace lets it say so.
        let deadline = Instant::now() + limit + GRACE;
        let watch = plan.watchdog.arm(deadline, late);
        let report = session.execute(resolved);
        watch.disarm().map_err(|_| GivenUp)?;
        Ok(self.0.plain(report, step, started, self.0.printed_since(printed_before)))
    }
}

impl Shared {
    fn feature_span(&self) -> &Scope {
        self.plan.features.span(&self.scenario, self.turn.number, self.plan.span())
    }

    /// Begins with the first call.
    pub(super) fn span(&self) -> &Scope {
        self.span.get_or_init(|| self.feature_span().scenario(&self.scenario, self.turn.attempt))
    }

    /// The scenario's span is over, and with `last` what came of it counts for those around it.
    pub(super) fn end_span(&self, decisive: &Outcome, last: bool) {
        let span = self.span();
        span.saw(decisive);
        span.end();
        if last {
            self.feature_span().saw(decisive);
            self.plan.span().saw(decisive);
        }
    }

    pub(super) fn tell(&self, step: usize, result: StepResult) {
        let result = Arc::new(result);
        self.push(Event::StepFinished { number: self.turn.number, step, result });
    }

    /// Something around the steps went wrong.
    pub(super) fn troubled(&self, failure: Arc<Failure>) {
        self.push(Event::HookFailed { number: Some(self.turn.number), failure });
    }

    /// Hooks that ended, for the scenario with this number or for its feature.
    pub(super) fn hooks(&self, number: Option<usize>, hooks: impl IntoIterator<Item = HookReport>) {
        for hook in hooks {
            self.push(self.plan.hook_finished(number, hook));
        }
    }

    /// A step behind one that did not pass. It is not run, but behind a red one it is told whether it
    /// could be: whoever mends the first wants to know of the others.
    pub(super) fn unreached(&self, step: &Step, so_far: &Outcome) -> StepResult {
        let Plan { suite, options, .. } = &*self.plan;
        let unknown = so_far.is_red().then(|| {
            let resolved = ResolvedStep::of(suite.registry(), call(step), options.step_timeout);
            resolved.unknown().cloned()
        });
        self.instant(unknown.flatten().unwrap_or_else(|| skipped(None)))
    }

    pub(super) fn push(&self, event: Event) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// What is to be told by now.
    pub(super) fn told(&self) -> Vec<Event> {
        std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A step that took no time.
    pub(super) fn instant(&self, outcome: Outcome) -> StepResult {
        StepResult::instant(outcome, self.plan.elapsed())
    }

    pub(super) fn printed_since(&self, mark: u64) -> String {
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
            definition: report.definition.map(|definition| {
                let captures = if wants_captures { self.captures(step) } else { Vec::new() };
                matched(definition, captures)
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

    /// Ends the scenario for the reports; returns the next try, where there is one.
    pub(super) fn finish(&self, decisive: &Outcome) -> Option<Turn> {
        let next = self.plan.retry(self.turn, decisive);
        let duration = self.plan.elapsed().saturating_sub(self.started);
        if let (Some(monitor), Some(before)) = (&self.plan.monitor, &self.before)
            && let Some(resources) = monitor.after(&self.scenario, before)
        {
            let (number, resources) = (self.turn.number, Arc::new(resources));
            self.push(Event::ResourcesMeasured { number, resources });
        }
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let is_red = |event: &Event| match event {
            Event::StepFinished { result, .. } => result.outcome.is_red(),
            Event::HookFailed { .. } => true,
            _ => false,
        };
        if self.plan.options.fail_fast && next.is_none() && events.iter().any(is_red) {
            self.plan.end();
        }
        events.push(Event::ScenarioFinished {
            number: self.turn.number,
            duration,
            retried: next.is_some(),
        });
        next
    }
}

fn matched(definition: &StepDefinition, captures: Vec<Option<Range<usize>>>) -> StepMatch {
    StepMatch {
        pattern: Cow::Borrowed(definition.pattern.source),
        function: Cow::Borrowed(definition.function),
        file: Cow::Borrowed(definition.at.file),
        line: definition.at.line,
        captures,
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

pub(super) fn skipped(reason: Option<&str>) -> Outcome {
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
