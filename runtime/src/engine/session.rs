//! One scenario being played: its state, and the one place where a step is executed.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::caught::Caught;
use super::context::Shared;
use super::player::{HookReport, Player};
use super::snippet::snippet;
use super::suite::{Ending, FeatureScope, Suite, drop_all};
use super::{HookKind, Match, Matched, Registry, Scope, StepContext, StepDefinition, World};
use crate::model::{
    Attachment, Failure, FailureKind, LogLevel, LogRecord, Outcome, Place, Scenario, StepArgument,
    StepKeyword,
};
use crate::observe::Journal;
use crate::observe::span::{self, StepFields};

/// A step to execute, from whichever end it came.
#[derive(Debug, Clone, Default)]
pub struct StepCall {
    /// What the step is for; only messages and snippets use it.
    pub keyword: Option<StepKeyword>,
    /// The text after the keyword.
    pub text: String,
    /// The table or doc string below it.
    pub argument: Option<StepArgument>,
    /// Where it stands, where that is known.
    pub place: Option<Place>,
    /// The process role it was sent to.
    pub process: Option<String>,
}

/// What came of a step, with everything a report may want to say about it.
#[derive(Debug)]
pub struct StepReport {
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took, its hooks included.
    pub duration: Duration,
    /// What it logged, and what its hooks logged.
    pub logs: Vec<LogRecord>,
    /// What it attached, and what its hooks attached.
    pub attachments: Vec<Attachment>,
    /// The definition that ran.
    pub definition: Option<&'static StepDefinition>,
}

/// A step whose definition has been looked up, so that its deadline is known before it runs.
#[derive(Debug)]
pub struct ResolvedStep {
    call: StepCall,
    /// Its definition, or what it comes to without one.
    found: Result<Matched, Outcome>,
    limit: Duration,
    running: RunningStep,
}

/// A step that runs, for whoever gives up its thread.
#[derive(Debug, Clone)]
pub struct RunningStep {
    journal: Journal,
    span: tracing::Span,
}

impl RunningStep {
    /// The step came to this outcome: its span is over, and here is what it logged and attached.
    /// `None` when it was over already.
    pub fn end(&self, outcome: &Outcome) -> Option<(Vec<LogRecord>, Vec<Attachment>)> {
        let written = self.journal.close()?;
        span::end(&self.span, outcome);
        Some(written)
    }
}

impl ResolvedStep {
    /// Finds what `call` means and the time it has: what its definition says, or else `limit`.
    pub fn of(registry: &Registry, call: StepCall, limit: Duration) -> Self {
        let StepCall { keyword, text, argument, .. } = &call;
        let found = match registry.find(text) {
            Ok(Match::One(matched)) => Ok(matched),
            Ok(Match::Undefined(near)) => {
                let snippet = snippet(*keyword, text, argument.as_ref());
                Err(Outcome::Undefined { near, snippet })
            }
            Ok(Match::Ambiguous(candidates)) => Err(Outcome::Ambiguous { candidates }),
            Err(error) => Err(Failure::new(FailureKind::State, error.to_string()).into()),
        };
        let of_its_own = found.as_ref().ok().and_then(|m| m.definition.options.timeout_ms);
        let limit = of_its_own.map_or(limit, Duration::from_millis);
        let running = RunningStep { journal: Journal::default(), span: tracing::Span::none() };
        Self { call, found, limit, running }
    }

    /// What the step comes to where it has not exactly one definition, without being run.
    pub fn unknown(&self) -> Option<&Outcome> {
        self.found.as_ref().err()
    }

    /// The time the step has.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// What was to be executed.
    pub fn call(&self) -> &StepCall {
        &self.call
    }

    /// The step as it will run.
    pub fn running(&self) -> &RunningStep {
        &self.running
    }
}

/// One scenario being played on one thread.
///
/// A session never gives up on a blocking body: whoever owns its thread arms a
/// [`Watchdog`](super::Watchdog) for that. An async body is cancelled at the deadline.
pub struct Session {
    feature: Arc<FeatureScope>,
    scenario: Option<Arc<Scenario>>,
    /// Dropped before the runtime, which its values may still need.
    world: World,
    runtime: tokio::runtime::Runtime,
    /// The worst so far, for the after-hooks.
    so_far: Outcome,
    shared: Shared,
}

/// The async runtime of a session.
pub(super) fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

impl Session {
    /// A session with fresh state, in a suite and a feature of its own.
    ///
    /// # Errors
    /// When the async runtime cannot be made (no file descriptors left).
    pub fn new(registry: Arc<Registry>, scenario: Option<Arc<Scenario>>) -> io::Result<Self> {
        Self::in_feature(&Suite::new(registry).feature(Vec::new()), scenario)
    }

    /// A session with fresh state that shares what the feature and its suite share.
    ///
    /// # Errors
    /// When the async runtime cannot be made (no file descriptors left).
    pub fn in_feature(
        feature: &Arc<FeatureScope>,
        scenario: Option<Arc<Scenario>>,
    ) -> io::Result<Self> {
        let feature = Arc::clone(feature);
        let (world, runtime) = (World::default(), runtime()?);
        let shared = Shared::default();
        Ok(Self { feature, scenario, world, runtime, so_far: Outcome::Passed, shared })
    }

    /// Runs the `#[before_scenario]` hooks. When one fails, the scenario fails with
    /// [`HookReport::failure`] and its steps should not run; [`end_scenario`](Self::end_scenario) should.
    pub fn begin_scenario(&mut self, limit: Duration) -> Vec<HookReport> {
        let reports = self.scenario_hooks(HookKind::BeforeScenario, limit);
        if let Some(failure) = reports.iter().find_map(HookReport::failure) {
            self.so_far = failure.into();
        }
        reports
    }

    /// Runs the `#[after_scenario]` hooks, however the scenario went, and drops its states, last
    /// made first. The session is as good as new then.
    pub fn end_scenario(&mut self, limit: Duration) -> Ending {
        let hooks = self.scenario_hooks(HookKind::AfterScenario, limit);
        let mut failures = Vec::new();
        // Where the scenario failed anyway, the steps that would have checked may not have run.
        if self.so_far.is_passed()
            && let Some(caught) = self.world.take::<Caught>()
        {
            failures.extend(caught.unchecked().map(unchecked));
        }
        let entered = self.runtime.enter();
        failures.extend(drop_all(|| self.world.pop()));
        drop(entered);
        self.so_far = Outcome::Passed;
        self.shared = Shared::default();
        Ending { hooks, failures }
    }

    /// Texts that steps in other processes have left for the coming ones, by name.
    pub fn share(&mut self, texts: impl IntoIterator<Item = (String, String)>) {
        self.shared.lock().extend(texts);
    }

    /// What steps have [shared](StepContext::share) so far, and what [`share`](Self::share) brought,
    /// sorted by name.
    pub fn shared(&self) -> Vec<(String, String)> {
        self.shared.lock().iter().map(|(name, text)| (name.clone(), text.clone())).collect()
    }

    /// Takes over for a session whose thread was given up with this outcome: its after-hooks run
    /// here, with fresh states.
    pub fn take_over(&mut self, outcome: Outcome) {
        self.so_far = outcome;
    }

    /// Finds what `call` means and the time it has: what its definition says, or else `limit`. The
    /// step's span begins here, inside that of the calling thread.
    pub fn resolve(&self, call: StepCall, limit: Duration) -> ResolvedStep {
        let resolved = ResolvedStep::of(self.feature.suite.registry(), call, limit);
        let definition = resolved.found.as_ref().ok().map(|matched| matched.definition);
        let running = begin(&resolved.call, definition);
        ResolvedStep { running, ..resolved }
    }

    /// Executes a resolved step on this thread, with its hooks around it.
    pub fn execute(&mut self, step: ResolvedStep) -> StepReport {
        let ResolvedStep { call, found, limit, running } = step;
        let started = Instant::now();
        let StepCall { text, argument, place, process, .. } = call;
        let (scenario, shared) = (self.scenario.clone(), self.shared.clone());
        let context = StepContext::new(text, place, process, scenario, shared);
        let context = context.writing_to(running.journal.clone());
        let writing = running.journal.enter();
        let inside = running.span.enter();
        let (outcome, definition) = match found {
            Ok(matched) => {
                let outcome = self.run(&matched, argument.as_ref(), &context, limit);
                (outcome, Some(matched.definition))
            }
            Err(outcome) => (outcome, None),
        };
        if self.so_far.is_passed() && !outcome.is_passed() {
            self.so_far = outcome.clone();
        }
        drop((inside, writing));
        // Where it was given up meanwhile, its story has been told.
        let (logs, attachments) = running.end(&outcome).unwrap_or_default();
        StepReport { outcome, duration: started.elapsed(), logs, attachments, definition }
    }

    fn run(
        &self,
        matched: &Matched,
        argument: Option<&StepArgument>,
        context: &StepContext,
        limit: Duration,
    ) -> Outcome {
        let definition = matched.definition;
        let mut outcome = Outcome::Passed;
        self.step_hooks(HookKind::BeforeStep, context, &mut outcome, limit);
        if outcome.is_passed() {
            let started = Instant::now();
            let player = self.player();
            outcome = player.step(definition, &matched.captures, argument, context, limit);
            warn_if_slow(definition, started.elapsed(), context);
        }
        self.step_hooks(HookKind::AfterStep, context, &mut outcome, limit);
        outcome
    }

    /// Runs the hooks around a step; the first failure becomes that of a step that has none.
    fn step_hooks(
        &self,
        kind: HookKind,
        context: &StepContext,
        outcome: &mut Outcome,
        limit: Duration,
    ) {
        let hooks = self.feature.suite.registry().hooks(kind);
        if hooks.is_empty() {
            return;
        }
        let so_far = outcome.clone();
        let again = &|| context.again();
        let tags = self.tags();
        let ran = self.player().hooks(hooks, Scope::Scenario, &tags, again, Some(&so_far), limit);
        if outcome.is_passed()
            && let Some(failure) = ran.iter().find_map(HookReport::failure)
        {
            *outcome = failure.into();
        }
    }

    fn scenario_hooks(&self, kind: HookKind, limit: Duration) -> Vec<HookReport> {
        let hooks = self.feature.suite.registry().hooks(kind);
        let (scenario, shared) = (&self.scenario, &self.shared);
        let context =
            &|| StepContext::new(String::new(), None, None, scenario.clone(), shared.clone());
        let tags = self.tags();
        let so_far = Some(&self.so_far);
        self.player().hooks(hooks, Scope::Scenario, &tags, context, so_far, limit)
    }

    fn tags(&self) -> Vec<&str> {
        let tags = self.scenario.as_ref().map_or(&[][..], |scenario| &scenario.tags);
        tags.iter().map(|tag| tag.name.as_str()).collect()
    }

    fn player(&self) -> Player<'_> {
        Player { feature: &self.feature, world: &self.world, runtime: &self.runtime }
    }
}

fn begin(call: &StepCall, definition: Option<&StepDefinition>) -> RunningStep {
    let journal = Journal::default();
    // The span leads what happens in it to the journal.
    let writing = journal.enter();
    let span = span::step(&StepFields {
        keyword: call.keyword,
        text: &call.text,
        place: call.place.as_ref(),
        process: call.process.as_deref(),
        definition: definition.map(|d| (d.at.file, d.at.line)),
    });
    drop(writing);
    RunningStep { journal, span }
}

fn warn_if_slow(definition: &StepDefinition, took: Duration, context: &StepContext) {
    if let Some(ms) = definition.options.warn_after_ms
        && took > Duration::from_millis(ms)
    {
        let took = took.as_millis();
        context.log(LogLevel::Warn, format!("took {took} ms, more than the {ms} ms it should"));
    }
}

fn unchecked(text: &str) -> Failure {
    Failure::new(
        FailureKind::Error,
        format!(
            "the error {text:?} was caught, but no later step looked at it: take `&Caught` in one"
        ),
    )
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("world", &self.world).finish_non_exhaustive()
    }
}
