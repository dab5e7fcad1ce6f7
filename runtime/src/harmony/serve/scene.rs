//! What a serve process plays: its suite, and the scenario of the moment with the hooks around it.
//!
//! The wire says nothing of features, so here a feature lasts as long as a scenario: its hooks run,
//! and its states live, around each scenario that the process gets to play. Tags are told by a runner
//! of this project alone; under others there are none.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::dispatch::note;
use crate::engine::{FeatureScope, HookKind, HookReport, Registry, Session, Suite};
use crate::harmony::contract::{Initialization, nowhere};
use crate::model::{Failure, FailureKind, LogRecord, Outcome, Scenario, Tag};
use crate::observe::{self, Scope};

const BEFORE: [HookKind; 3] =
    [HookKind::BeforeAll, HookKind::BeforeFeature, HookKind::BeforeScenario];

/// The suite of this process, begun before its first step.
#[derive(Debug)]
pub(super) struct ProcessSuite {
    suite: Arc<Suite>,
    spans: Mutex<Spans>,
    begun: Mutex<Option<Result<(), Failure>>>,
    /// What the runner told this process about itself and the scenario to come, and what it had told
    /// about the one that is played.
    told: Mutex<Initialization>,
    playing: Mutex<Initialization>,
    /// What has begun and not ended; also after the thread that began it was given up.
    begun_around: Mutex<Around>,
}

/// The scenario of the moment, as one thread plays it.
pub(super) struct Scene {
    suite: Arc<ProcessSuite>,
    played: Option<Played>,
}

/// The spans that are open; also after the thread that began them was given up.
#[derive(Debug, Default)]
struct Spans {
    run: Option<Scope>,
    feature: Option<Scope>,
    scenario: Option<Scope>,
}

struct Played {
    // Before the feature, whose states its own may use.
    session: Session,
    feature: Arc<FeatureScope>,
    /// Whether its before-hooks let the steps run; `None` until they ran.
    begun: Option<Result<(), Outcome>>,
    span: Scope,
    /// What the before-hooks logged, for the reply to the first step.
    logs: Vec<LogRecord>,
}

/// A scenario whose steps can run.
pub(super) struct Ready<'a> {
    pub(super) session: &'a mut Session,
    pub(super) span: &'a Scope,
    /// What the before-hooks logged, once.
    pub(super) logs: Vec<LogRecord>,
}

/// What is around the steps, inside the suite.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Around {
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
            begun: Mutex::new(None),
            told: Mutex::default(),
            playing: Mutex::default(),
            begun_around: Mutex::new(Around::Nothing),
        })
    }

    /// Takes what the runner says of the scenario to come.
    pub(super) fn told(&self, told: Initialization) {
        *lock(&self.told) = told;
    }

    /// The role that this process plays, where a runner said so.
    pub(super) fn role(&self) -> Option<String> {
        lock(&self.told).role.clone()
    }

    pub(super) fn has_hooks_before(&self) -> bool {
        self.suite.registry().has_hooks(&BEFORE)
    }

    /// Runs the hooks before everything, once. Only one thread at a time plays scenes.
    fn begin(&self, limit: Duration, logs: &mut Vec<LogRecord>) -> Result<(), Failure> {
        if let Some(begun) = lock(&self.begun).clone() {
            return begun;
        }
        // What the next thread finds, should this one not come back.
        *lock(&self.begun) = Some(Err(Failure::new(
            FailureKind::State,
            "the hooks before everything were given up: nothing of this process can run",
        )));
        let begun = first_failure(
            observe::before_everything(|| {
                let span = self.run_span();
                let _inside = span.enter();
                self.suite.begin(limit)
            }),
            logs,
        );
        *lock(&self.begun) = Some(begun.clone());
        begun
    }

    /// Runs the hooks after everything, if it began, and drops the states of the suite.
    pub(super) fn end(&self, limit: Duration) -> Vec<Failure> {
        if lock(&self.begun).take().is_none() {
            return Vec::new();
        }
        let span = self.run_span();
        let failures = {
            let _inside = span.enter();
            failures(self.suite.end(limit))
        };
        failures.iter().for_each(|failure| span.saw_failure(failure));
        span.end();
        failures
    }

    /// The span of the process's life from its first step on.
    fn run_span(&self) -> Scope {
        let mut spans = lock(&self.spans);
        match &spans.run {
            // The hooks before everything may install who listens.
            Some(run) if !run.is_none() => run.clone(),
            _ => spans.run.insert(Scope::run(None)).clone(),
        }
    }

    /// The spans of a feature and a scenario that begin.
    fn begin_spans(&self) -> (Scope, Scope) {
        let told = lock(&self.told).clone();
        let name = told.scenario.as_deref().unwrap_or_default();
        let id = told.feature_id.map_or(String::new(), |id| id.to_string());
        let run = self.run_span();
        let feature = run.feature(&id, "");
        let scenario = feature.scenario_named(name, told.role.as_deref());
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
            failures.iter().for_each(|failure| span.saw_failure(failure));
        }
        for span in [&scenario, &feature].into_iter().flatten() {
            span.end();
        }
    }

    /// A step came to this outcome.
    pub(super) fn saw(&self, outcome: &Outcome) {
        let spans = lock(&self.spans);
        for span in [&spans.run, &spans.feature, &spans.scenario].into_iter().flatten() {
            span.saw(outcome);
        }
    }

    /// Notes what has begun; what had before.
    fn around(&self, around: Around) -> Around {
        std::mem::replace(&mut lock(&self.begun_around), around)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No user code runs under the locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scene {
    /// A scene in which nothing has run yet.
    pub(super) fn new(suite: Arc<ProcessSuite>) -> Self {
        Self { suite, played: None }
    }

    /// Whether the next step is the first of its scenario.
    pub(super) fn is_new(&self) -> bool {
        self.played.as_ref().is_none_or(|played| played.begun.is_none())
    }

    /// The session of the scenario, with its before-hooks run.
    ///
    /// # Errors
    /// Why no step of the scenario is to run.
    pub(super) fn begin(&mut self, limit: Duration) -> Result<Ready<'_>, Outcome> {
        let played = match &mut self.played {
            Some(played) => played,
            none => {
                let told = lock(&self.suite.told).clone();
                lock(&self.suite.playing).clone_from(&told);
                none.insert(Played::new(&self.suite, told).map_err(|e| no_session(&e))?)
            }
        };
        let begun = match &played.begun {
            Some(begun) => begun.clone(),
            None => {
                let begun = self.suite.begin(limit, &mut played.logs).map_err(Outcome::Failed);
                let begun = begun.and_then(|()| played.begin(&self.suite, limit));
                played.begun.insert(begun).clone()
            }
        };
        begun?;
        let Played { session, span, logs, .. } = played;
        Ok(Ready { session, span, logs: std::mem::take(logs) })
    }

    /// What the before-hooks of a scenario logged that did not begin.
    pub(super) fn take_logs(&mut self) -> Vec<LogRecord> {
        self.played.as_mut().map(|played| std::mem::take(&mut played.logs)).unwrap_or_default()
    }

    /// Runs the after-hooks of the scenario and drops its states; what went wrong.
    pub(super) fn end(&mut self, limit: Duration) -> Vec<Failure> {
        let begun = self.suite.around(Around::Nothing);
        let mut played = match self.played.take() {
            Some(played) if played.begun.is_some() => played,
            _ if begun == Around::Nothing => return Vec::new(),
            // The thread that began it was given up, and its session with it.
            _ => match Played::new(&self.suite, lock(&self.suite.playing).clone()) {
                Ok(mut played) => {
                    played.session.take_over(Outcome::TimedOut { limit });
                    played
                }
                Err(error) => return vec![no_session(&error)],
            },
        };
        let mut failed = Vec::new();
        if begun >= Around::Scenario {
            let _inside = played.span.enter();
            let ending = played.session.end_scenario(limit);
            tell(&ending.hooks);
            failed.extend(ending.all_failures());
        }
        let Played { session, feature, .. } = played;
        drop(session);
        if begun >= Around::Feature {
            let span = lock(&self.suite.spans).feature.clone().unwrap_or_else(Scope::none);
            let _inside = span.enter();
            failed.extend(failures(feature.end(limit)));
        }
        self.suite.end_spans(&failed);
        failed
    }
}

impl Played {
    fn new(suite: &ProcessSuite, told: Initialization) -> io::Result<Self> {
        let feature_tags = tags(told.feature_tags.as_deref().unwrap_or_default());
        let feature = Arc::clone(&suite.suite).feature(feature_tags);
        let session = Session::in_feature(&feature, scenario(told))?;
        let span = lock(&suite.spans).scenario.clone().unwrap_or_else(Scope::none);
        Ok(Self { session, feature, begun: None, span, logs: Vec::new() })
    }

    fn begin(&mut self, suite: &ProcessSuite, limit: Duration) -> Result<(), Outcome> {
        let (feature, scenario) = suite.begin_spans();
        self.span = scenario;
        suite.around(Around::Feature);
        let begun = {
            let _inside = feature.enter();
            self.feature.begin(limit)
        };
        first_failure(begun, &mut self.logs)?;
        suite.around(Around::Scenario);
        let hooks = {
            let _inside = self.span.enter();
            self.session.begin_scenario(limit)
        };
        // A hook that wants the scenario skipped speaks through its steps.
        let mut outcomes = hooks.iter().map(|hook| &hook.outcome);
        let wishes = |o: &&Outcome| matches!(o, Outcome::Skipped { .. } | Outcome::Pending { .. });
        let wish = outcomes.find(wishes).cloned();
        let begun = first_failure(Ok(hooks), &mut self.logs);
        match wish {
            Some(wish) => Err(wish),
            None => Ok(begun?),
        }
    }
}

/// The scenario as far as the runner tells it: one that tells no tags tells no name either.
fn scenario(told: Initialization) -> Option<Arc<Scenario>> {
    let tags = tags(told.tags.as_deref()?);
    Some(Arc::new(Scenario {
        feature: "".into(),
        language: "en",
        rule: None,
        name: told.scenario.unwrap_or_default(),
        tags,
        steps: Vec::new(),
        place: nowhere(),
        example: None,
    }))
}

fn tags(names: &[String]) -> Vec<Tag> {
    names.iter().map(|name| Tag { name: name.clone(), place: nowhere() }).collect()
}

fn first_failure(
    hooks: io::Result<Vec<HookReport>>,
    logs: &mut Vec<LogRecord>,
) -> Result<(), Failure> {
    match hooks {
        Ok(hooks) => {
            logs.extend(logged(&hooks));
            hooks.iter().find_map(HookReport::failure).map_or(Ok(()), Err)
        }
        Err(error) => Err(no_session(&error)),
    }
}

fn failures(ending: io::Result<crate::engine::Ending>) -> Vec<Failure> {
    match ending {
        Ok(ending) => {
            tell(&ending.hooks);
            ending.all_failures().collect()
        }
        Err(error) => vec![no_session(&error)],
    }
}

/// What after-hooks logged: no reply can carry it, so stderr does.
pub(super) fn tell(hooks: &[HookReport]) {
    logged(hooks).iter().for_each(|record| note(&record.message));
}

/// What hooks logged, with their names.
pub(super) fn logged(hooks: &[HookReport]) -> Vec<LogRecord> {
    let mut logged = Vec::new();
    for hook in hooks {
        let name = hook.definition.kind.name_of(hook.definition.function);
        for record in &hook.logs {
            let message = format!("{name}: {}", record.message);
            logged.push(LogRecord { message, ..record.clone() });
        }
    }
    logged
}

fn no_session(error: &io::Error) -> Failure {
    Failure::new(FailureKind::State, format!("the scenario cannot be played: {error}"))
}
