//! The suite of a serve process, and its current scenario with the hooks around it.
//!
//! The protocol has no notion of features, so here a feature lasts as long as a scenario: its hooks run,
//! and its states live, around each scenario of the process. Only a runner of this project sends tags;
//! with others there are none.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::dispatch::eprint_line;
use crate::engine::{FeatureRun, HookExecution, HookKind, Registry, Session, Suite};
use crate::harmony::protocol::methods::{InitializeParams, no_location};
use crate::model::{Failure, FailureKind, Location, LogRecord, Outcome, Scenario, Tag};
use crate::observe::{self, Scope};

const BEFORE: [HookKind; 3] =
    [HookKind::BeforeAll, HookKind::BeforeFeature, HookKind::BeforeScenario];

/// The suite of this process, which starts before its first step.
#[derive(Debug)]
pub(super) struct ProcessSuite {
    suite: Arc<Suite>,
    spans: Mutex<Spans>,
    started: Mutex<Option<Result<(), Failure>>>,
    /// The parameters of `initialize` for the next scenario, and those for the current one.
    announced: Mutex<InitializeParams>,
    running: Mutex<InitializeParams>,
    /// The scopes that have started and not ended; also after the thread that started them was abandoned.
    open_scopes: Mutex<OpenScopes>,
}

/// The current scenario of one thread.
pub(super) struct ServeScenario {
    suite: Arc<ProcessSuite>,
    running: Option<RunningScenario>,
}

/// The spans that are open; also after the thread that opened them was abandoned.
#[derive(Debug, Default)]
struct Spans {
    run: Option<Scope>,
    feature: Option<Scope>,
    scenario: Option<Scope>,
}

struct RunningScenario {
    // Dropped before the feature, whose states its own may use.
    session: Session,
    feature: Arc<FeatureRun>,
    /// The result of its before-hooks; `None` until they have run.
    started: Option<Result<(), Outcome>>,
    span: Scope,
    /// The log of the before-hooks, for the response to the first step.
    logs: Vec<LogRecord>,
}

/// A scenario whose steps can run.
pub(super) struct ReadyScenario<'a> {
    pub(super) session: &'a mut Session,
    pub(super) span: &'a Scope,
    /// The log of the before-hooks, once.
    pub(super) logs: Vec<LogRecord>,
}

/// The scopes around the steps, inside the suite.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum OpenScopes {
    #[default]
    Nothing,
    Feature,
    Scenario,
}

impl ProcessSuite {
    pub(super) fn new(registry: Arc<Registry>) -> Arc<Self> {
        Arc::new(Self {
            suite: Suite::new(registry),
            spans: Mutex::default(),
            started: Mutex::new(None),
            announced: Mutex::default(),
            running: Mutex::default(),
            open_scopes: Mutex::new(OpenScopes::Nothing),
        })
    }

    /// Sets the parameters of the next scenario.
    pub(super) fn announced(&self, announced: InitializeParams) {
        *lock(&self.announced) = announced;
    }

    /// Returns the role of this process, if a runner has named it.
    pub(super) fn role(&self) -> Option<String> {
        lock(&self.announced).role.clone()
    }

    pub(super) fn has_hooks_before(&self) -> bool {
        self.suite.registry().has_hooks(&BEFORE)
    }

    /// Runs the `before_all` hooks, once. Only one thread at a time runs a scenario.
    fn start(&self, limit: Duration, logs: &mut Vec<LogRecord>) -> Result<(), Failure> {
        if let Some(started) = lock(&self.started).clone() {
            return started;
        }
        // The result for the next thread, in case this one hangs.
        *lock(&self.started) = Some(Err(Failure::new(
            FailureKind::State,
            "before_all hooks timed out; no step can run",
        )));
        let started = first_failure(
            observe::with_step_log_installed(|| {
                let span = self.run_span();
                let _inside = span.enter();
                self.suite.start(limit)
            }),
            logs,
        );
        *lock(&self.started) = Some(started.clone());
        started
    }

    /// Runs the `after_all` hooks, if the suite has started, and drops the states of the suite.
    pub(super) fn end(&self, limit: Duration) -> Vec<Failure> {
        if lock(&self.started).take().is_none() {
            return Vec::new();
        }
        let span = self.run_span();
        let failures = {
            let _inside = span.enter();
            let mut failures = failures(self.suite.finish(limit));
            failures.extend(self.suite.end_tasks().err());
            failures
        };
        failures.iter().for_each(|failure| span.record_failure(failure));
        span.end();
        failures
    }

    /// Returns the span of the process from its first step on.
    fn run_span(&self) -> Scope {
        let mut spans = lock(&self.spans);
        match &spans.run {
            // The `before_all` hooks may install the subscriber.
            Some(run) if !run.is_none() => run.clone(),
            _ => spans.run.insert(Scope::run(None)).clone(),
        }
    }

    /// Opens the spans of a feature and a scenario.
    fn open_spans(&self) -> (Scope, Scope) {
        let announced = lock(&self.announced).clone();
        let name = announced.scenario.as_deref().unwrap_or_default();
        let id = announced.feature_id.map_or(String::new(), |id| id.to_string());
        let run = self.run_span();
        let feature = run.feature(&id, "");
        let scenario = feature.scenario_named(name, announced.role.as_deref());
        let mut spans = lock(&self.spans);
        (spans.feature, spans.scenario) = (Some(feature.clone()), Some(scenario.clone()));
        (feature, scenario)
    }

    /// Ends the spans of the scenario and its feature.
    fn end_spans(&self, failures: &[Failure]) {
        let (feature, scenario) = {
            let mut spans = lock(&self.spans);
            (spans.feature.take(), spans.scenario.take())
        };
        for span in [&scenario, &feature, &lock(&self.spans).run].into_iter().flatten() {
            failures.iter().for_each(|failure| span.record_failure(failure));
        }
        for span in [&scenario, &feature].into_iter().flatten() {
            span.end();
        }
    }

    /// Records the outcome of a step.
    pub(super) fn record_outcome(&self, outcome: &Outcome) {
        let spans = lock(&self.spans);
        for span in [&spans.run, &spans.feature, &spans.scenario].into_iter().flatten() {
            span.record_outcome(outcome);
        }
    }

    /// Sets the open scopes; returns the former ones.
    fn set_open_scopes(&self, set_open_scopes: OpenScopes) -> OpenScopes {
        std::mem::replace(&mut lock(&self.open_scopes), set_open_scopes)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No user code runs under the locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ServeScenario {
    /// Returns a scenario in which nothing has run yet.
    pub(super) fn new(suite: Arc<ProcessSuite>) -> Self {
        Self { suite, running: None }
    }

    /// Returns whether the next step is the first of its scenario.
    pub(super) fn is_new(&self) -> bool {
        self.running.as_ref().is_none_or(|running| running.started.is_none())
    }

    /// Returns the session of the scenario after its before-hooks have run.
    ///
    /// # Errors
    /// The reason why no step of the scenario is to run.
    pub(super) fn start(&mut self, limit: Duration) -> Result<ReadyScenario<'_>, Outcome> {
        let running = match &mut self.running {
            Some(running) => running,
            none => {
                let announced = lock(&self.suite.announced).clone();
                lock(&self.suite.running).clone_from(&announced);
                none.insert(
                    RunningScenario::new(&self.suite, announced).map_err(|e| no_session(&e))?,
                )
            }
        };
        let started = match &running.started {
            Some(started) => started.clone(),
            None => {
                let started = self.suite.start(limit, &mut running.logs).map_err(Outcome::Failed);
                let started = started.and_then(|()| running.start(&self.suite, limit));
                running.started.insert(started).clone()
            }
        };
        started?;
        let RunningScenario { session, span, logs, .. } = running;
        Ok(ReadyScenario { session, span, logs: std::mem::take(logs) })
    }

    /// Returns the log of the before-hooks of a scenario that could not start.
    pub(super) fn take_logs(&mut self) -> Vec<LogRecord> {
        self.running.as_mut().map(|running| std::mem::take(&mut running.logs)).unwrap_or_default()
    }

    /// Runs the after-hooks of the scenario and drops its states; returns the failures.
    pub(super) fn end(&mut self, limit: Duration) -> Vec<Failure> {
        let started = self.suite.set_open_scopes(OpenScopes::Nothing);
        let running = match self.running.take() {
            Some(running) if running.started.is_some() => running,
            _ if started == OpenScopes::Nothing => return Vec::new(),
            // The thread that started it was abandoned, and its session with it.
            _ => match RunningScenario::new(&self.suite, lock(&self.suite.running).clone()) {
                Ok(mut running) => {
                    running.session.resume_after_timeout(Outcome::TimedOut { limit });
                    running
                }
                Err(error) => return vec![no_session(&error)],
            },
        };
        let mut failed = Vec::new();
        let RunningScenario { session, feature, span, .. } = running;
        if started >= OpenScopes::Scenario {
            let _inside = span.enter();
            let ending = session.end_scenario(limit);
            log_to_stderr(&ending.hooks);
            failed.extend(ending.all_failures());
        } else {
            drop(session);
        }
        if started >= OpenScopes::Feature {
            let span = lock(&self.suite.spans).feature.clone().unwrap_or_else(Scope::none);
            let _inside = span.enter();
            failed.extend(failures(feature.finish(limit)));
        }
        self.suite.end_spans(&failed);
        failed
    }
}

impl RunningScenario {
    fn new(suite: &ProcessSuite, announced: InitializeParams) -> io::Result<Self> {
        let feature_tags = tags(announced.feature_tags.as_deref().unwrap_or_default());
        let feature = Arc::clone(&suite.suite).feature(feature_tags);
        let session = Session::new_in(&feature, scenario(announced))?;
        let span = lock(&suite.spans).scenario.clone().unwrap_or_else(Scope::none);
        Ok(Self { session, feature, started: None, span, logs: Vec::new() })
    }

    fn start(&mut self, suite: &ProcessSuite, limit: Duration) -> Result<(), Outcome> {
        let (feature, scenario) = suite.open_spans();
        self.span = scenario;
        suite.set_open_scopes(OpenScopes::Feature);
        let started = {
            let _inside = feature.enter();
            self.feature.start(limit)
        };
        first_failure(started, &mut self.logs)?;
        suite.set_open_scopes(OpenScopes::Scenario);
        let hooks = {
            let _inside = self.span.enter();
            self.session.begin_scenario(limit)
        };
        // A hook that skips the scenario does so by the outcome of its steps.
        let mut outcomes = hooks.iter().map(|hook| &hook.outcome);
        let wishes = |o: &&Outcome| matches!(o, Outcome::Skipped { .. } | Outcome::Pending { .. });
        let wish = outcomes.find(wishes).cloned();
        let started = first_failure(Ok(hooks), &mut self.logs);
        match wish {
            Some(wish) => Err(wish),
            None => Ok(started?),
        }
    }
}

/// Returns the scenario as far as the runner announces it: without tags there is no name either.
fn scenario(announced: InitializeParams) -> Option<Arc<Scenario>> {
    let tags = tags(announced.tags.as_deref()?);
    let path = announced.feature_path.unwrap_or_default();
    Some(Arc::new(Scenario {
        feature: announced.feature.unwrap_or_default().into(),
        language: "en",
        rule: None,
        name: announced.scenario.unwrap_or_default(),
        tags,
        steps: Vec::new(),
        location: Location { path: path.into(), ..no_location() },
        example_row: None,
        combination: None,
    }))
}

fn tags(names: &[String]) -> Vec<Tag> {
    names.iter().map(|name| Tag { name: name.clone(), location: no_location() }).collect()
}

fn first_failure(
    hooks: io::Result<Vec<HookExecution>>,
    logs: &mut Vec<LogRecord>,
) -> Result<(), Failure> {
    match hooks {
        Ok(hooks) => {
            logs.extend(hook_logs(&hooks));
            hooks.iter().find_map(HookExecution::failure).map_or(Ok(()), Err)
        }
        Err(error) => Err(no_session(&error)),
    }
}

fn failures(ending: io::Result<crate::engine::TeardownReport>) -> Vec<Failure> {
    match ending {
        Ok(ending) => {
            log_to_stderr(&ending.hooks);
            ending.all_failures().collect()
        }
        Err(error) => vec![no_session(&error)],
    }
}

/// Writes the log of after-hooks to stderr: no response can carry it.
pub(super) fn log_to_stderr(hooks: &[HookExecution]) {
    hook_logs(hooks).iter().for_each(|record| eprint_line(&record.message));
}

/// Returns the log of hooks, with their names.
pub(super) fn hook_logs(hooks: &[HookExecution]) -> Vec<LogRecord> {
    let mut hook_logs = Vec::new();
    for hook in hooks {
        let name = hook.definition.kind.describe(hook.definition.function);
        for record in &hook.logs {
            let message = format!("{name}: {}", record.message);
            hook_logs.push(LogRecord { message, ..record.clone() });
        }
    }
    hook_logs
}

fn no_session(error: &io::Error) -> Failure {
    Failure::new(FailureKind::State, format!("cannot run the scenario: {error}"))
}
