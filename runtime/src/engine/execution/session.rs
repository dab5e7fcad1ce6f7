//! One running scenario: its state, and the only place where a step is executed.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::call::Executor;
use super::hook_execution::HookExecution;
use super::step::{ResolvedStep, RunningStep, StepCall, StepExecution};
use super::suite::{FeatureRun, Suite};
use super::teardown::TeardownReport;
use crate::engine::binding::{SharedTexts, StepContext};
use crate::engine::definition::StepDefinition;
use crate::engine::matching::{MatchedStep, Registry};
use crate::engine::state::{Caught, FixtureScope, World};
use crate::engine::tasks::{ScenarioTasks, TaskEnder};
use crate::model::{Failure, FailureKind, HookKind, LogLevel, Outcome, Scenario, StepArgument};
use crate::observe::StepLog;
use crate::observe::span::{self, StepFields};

/// Time that the tasks of a scenario have to end with it.
const TASK_END_TIMEOUT: Duration = Duration::from_secs(1);

/// One scenario that runs on one thread.
///
/// A session never abandons a blocking body: the owner of its thread arms a
/// [`Watchdog`](crate::engine::Watchdog) for that. An async body is cancelled at its deadline.
pub struct Session {
    feature: Arc<FeatureRun>,
    scenario: Option<Arc<Scenario>>,
    /// Dropped before the tasks, whose runtime its values may still need.
    world: World,
    tasks: ScenarioTasks,
    /// First outcome other than passed, for the after-hooks.
    so_far: Outcome,
    shared: SharedTexts,
}

impl Session {
    /// Creates a session with fresh state, in its own suite and feature.
    ///
    /// # Errors
    /// Returns an error if the async runtime cannot be created (no file descriptors left).
    pub fn new(registry: Arc<Registry>, scenario: Option<Arc<Scenario>>) -> io::Result<Self> {
        Self::new_in(&Suite::new(registry).feature(Vec::new()), scenario)
    }

    /// Creates a session with fresh state in a feature, whose shared states and those of its suite it uses.
    ///
    /// # Errors
    /// Returns an error if the async runtime cannot be created (no file descriptors left).
    pub fn new_in(feature: &Arc<FeatureRun>, scenario: Option<Arc<Scenario>>) -> io::Result<Self> {
        let feature = Arc::clone(feature);
        let (suite, world) = (&feature.suite, World::default());
        let tags = scenario.as_ref().map_or(&[][..], |scenario| &scenario.tags);
        let tasks = ScenarioTasks::new(&suite.runtimes, suite.flavor.or_by_tags(tags))?;
        let shared = SharedTexts::default();
        Ok(Self { feature, scenario, world, tasks, so_far: Outcome::Passed, shared })
    }

    /// Returns what ends the tasks of the scenario if its thread is abandoned.
    pub fn task_ender(&self) -> Option<TaskEnder> {
        self.tasks.ender()
    }

    /// Runs the `#[before_scenario]` hooks. If one fails, the scenario fails with
    /// [`HookExecution::failure`] and its steps should not run; [`end_scenario`](Self::end_scenario) must.
    pub fn begin_scenario(&mut self, limit: Duration) -> Vec<HookExecution> {
        let reports = self.scenario_hooks(HookKind::BeforeScenario, limit);
        let ending = reports.iter().find_map(|hook| match &hook.outcome {
            Outcome::Skipped { .. } | Outcome::Pending { .. } => Some(hook.outcome.clone()),
            _ => hook.failure().map(Outcome::from),
        });
        self.so_far = ending.unwrap_or(Outcome::Passed);
        reports
    }

    /// Runs the `#[after_scenario]` hooks, whatever the outcome of the scenario, drops its states in
    /// reverse order of their creation, and ends its tasks.
    pub fn end_scenario(self, limit: Duration) -> TeardownReport {
        let hooks = self.scenario_hooks(HookKind::AfterScenario, limit);
        let mut failures = Vec::new();
        // In a scenario that failed, the steps that would have checked the error may not have run.
        if self.so_far.is_passed()
            && let Some(caught) = self.world.take::<Caught>()
        {
            failures.extend(caught.unchecked().map(unchecked));
        }
        let Self { world, tasks, .. } = self;
        let mut report = {
            let _entered = tasks.scope().enter();
            TeardownReport::after_drop(hooks, || world.pop())
        };
        report.failures.splice(..0, failures);
        // Less than the limit of the teardown, which would abandon the thread.
        report.failures.extend(tasks.end(TASK_END_TIMEOUT.min(limit / 2)).err());
        report
    }

    /// Adds texts that steps in other processes have shared, by name.
    pub fn set_shared(&mut self, texts: impl IntoIterator<Item = (String, String)>) {
        self.shared.lock().extend(texts);
    }

    /// Returns the texts that steps [shared](StepContext::set_shared) and those that
    /// [`set_shared`](Self::set_shared) added, sorted by name.
    pub fn shared(&self) -> Vec<(String, String)> {
        self.shared.lock().iter().map(|(name, text)| (name.clone(), text.clone())).collect()
    }

    /// Continues a session whose thread was abandoned with this outcome: its after-hooks run here, with
    /// fresh states.
    pub fn resume_after_timeout(&mut self, outcome: Outcome) {
        self.so_far = outcome;
    }

    /// Finds the definition of `call` and its timeout, which defaults to `limit`. Starts the step's span,
    /// inside that of the calling thread.
    pub fn resolve(&self, call: StepCall, limit: Duration) -> ResolvedStep {
        let registry = self.feature.suite.registry();
        let resolved = ResolvedStep::resolve(registry, self.scenario.as_deref(), call, limit);
        let definition = resolved.found.as_ref().ok().map(|matched| matched.definition);
        let running = begin(&resolved.call, definition);
        ResolvedStep { running, ..resolved }
    }

    /// Executes a resolved step on this thread, with its hooks around it.
    pub fn execute(&mut self, step: ResolvedStep) -> StepExecution {
        let ResolvedStep { call, found, limit, running } = step;
        let started = Instant::now();
        let StepCall { text, argument, location, process, .. } = call;
        let (scenario, shared) = (self.scenario.clone(), self.shared.clone());
        let context = StepContext::new(text, location, process, scenario, shared);
        let context = context.writing_to(running.step_log.clone());
        let writing = running.step_log.enter();
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
        // If the thread was abandoned meanwhile, the runner has reported the step already.
        let (logs, attachments) = running.finish(&outcome).unwrap_or_default();
        StepExecution { outcome, duration: started.elapsed(), logs, attachments, definition }
    }

    fn run(
        &self,
        matched: &MatchedStep,
        argument: Option<&StepArgument>,
        context: &StepContext,
        limit: Duration,
    ) -> Outcome {
        let definition = matched.definition;
        let mut outcome = Outcome::Passed;
        self.step_hooks(HookKind::BeforeStep, context, &mut outcome, limit);
        if outcome.is_passed() {
            let started = Instant::now();
            let executor = self.executor();
            outcome = executor.step(definition, &matched.captures, argument, context, limit);
            warn_if_slow(definition, started.elapsed(), context);
        }
        self.step_hooks(HookKind::AfterStep, context, &mut outcome, limit);
        outcome
    }

    /// Runs the hooks around a step; the first failure fails a step that has passed so far.
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
        let ran = self.executor().hooks(
            hooks,
            FixtureScope::Scenario,
            &tags,
            again,
            Some(&so_far),
            limit,
        );
        if outcome.is_passed()
            && let Some(failure) = ran.iter().find_map(HookExecution::failure)
        {
            *outcome = failure.into();
        }
    }

    fn scenario_hooks(&self, kind: HookKind, limit: Duration) -> Vec<HookExecution> {
        let hooks = self.feature.suite.registry().hooks(kind);
        let (scenario, shared) = (&self.scenario, &self.shared);
        let context =
            &|| StepContext::new(String::new(), None, None, scenario.clone(), shared.clone());
        let tags = self.tags();
        let so_far = Some(&self.so_far);
        self.executor().hooks(hooks, FixtureScope::Scenario, &tags, context, so_far, limit)
    }

    fn tags(&self) -> Vec<&str> {
        let tags = self.scenario.as_ref().map_or(&[][..], |scenario| &scenario.tags);
        tags.iter().map(|tag| tag.name.as_str()).collect()
    }

    fn executor(&self) -> Executor<'_> {
        let (registry, states) = (self.feature.suite.registry(), self.feature.states(&self.world));
        let (tasks, suite_runtime) = (self.tasks.scope(), &self.feature.suite.runtime);
        Executor { registry, states, tasks, suite_runtime, scenario_tasks: Some(&self.tasks) }
    }
}

fn begin(call: &StepCall, definition: Option<&StepDefinition>) -> RunningStep {
    let step_log = StepLog::default();
    // Before the span is created, so that the span records into the log.
    let writing = step_log.enter();
    let span = span::step(&StepFields {
        keyword: call.keyword,
        text: &call.text,
        location: call.location.as_ref(),
        process: call.process.as_deref(),
        definition: definition.map(|d| (d.at.file, d.at.line)),
    });
    drop(writing);
    RunningStep { step_log, span }
}

fn warn_if_slow(definition: &StepDefinition, took: Duration, context: &StepContext) {
    if let Some(ms) = definition.options.warn_after_ms
        && took > Duration::from_millis(ms)
    {
        let took = took.as_millis();
        context.log(LogLevel::Warn, format!("slow step: took {took} ms (warn_after_ms = {ms})"));
    }
}

fn unchecked(text: &str) -> Failure {
    Failure::new(
        FailureKind::Error,
        format!("expected error {text:?} was never checked; take `&Caught` in a later step"),
    )
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("world", &self.world).finish_non_exhaustive()
    }
}
