//! What a serve process plays: its suite, and the scenario of the moment with the hooks around it.
//!
//! The wire says nothing of features, so here a feature lasts as long as a scenario: its hooks run,
//! and its states live, around each scenario that the process gets to play. Tags are told by a runner
//! of this project alone; under others there are none.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::{FeatureScope, HookKind, HookReport, Registry, Session, Suite};
use crate::harmony::contract::{Initialization, nowhere};
use crate::model::{Failure, FailureKind, Outcome, Scenario, Tag};

const BEFORE: [HookKind; 3] =
    [HookKind::BeforeAll, HookKind::BeforeFeature, HookKind::BeforeScenario];

/// The suite of this process, begun before its first step.
#[derive(Debug)]
pub(super) struct ProcessSuite {
    suite: Arc<Suite>,
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

struct Played {
    // Before the feature, whose states its own may use.
    session: Session,
    feature: Arc<FeatureScope>,
    /// Whether its before-hooks let the steps run; `None` until they ran.
    begun: Option<Result<(), Outcome>>,
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
    fn begin(&self, limit: Duration) -> Result<(), Failure> {
        if let Some(begun) = lock(&self.begun).clone() {
            return begun;
        }
        // What the next thread finds, should this one not come back.
        *lock(&self.begun) = Some(Err(Failure::new(
            FailureKind::State,
            "the hooks before everything were given up: nothing of this process can run",
        )));
        let begun = first_failure(self.suite.begin(limit));
        *lock(&self.begun) = Some(begun.clone());
        begun
    }

    /// Runs the hooks after everything, if it began, and drops the states of the suite.
    pub(super) fn end(&self, limit: Duration) -> Vec<Failure> {
        if lock(&self.begun).take().is_none() {
            return Vec::new();
        }
        failures(self.suite.end(limit))
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
    pub(super) fn begin(&mut self, limit: Duration) -> Result<&mut Session, Outcome> {
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
                let begun = self.suite.begin(limit).map_err(Outcome::Failed);
                let begun = begun.and_then(|()| played.begin(&self.suite, limit));
                played.begun.insert(begun).clone()
            }
        };
        begun.map(|()| &mut played.session)
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
            failed.extend(played.session.end_scenario(limit).all_failures());
        }
        let Played { session, feature, .. } = played;
        drop(session);
        if begun >= Around::Feature {
            failed.extend(failures(feature.end(limit)));
        }
        failed
    }
}

impl Played {
    fn new(suite: &ProcessSuite, told: Initialization) -> io::Result<Self> {
        let feature_tags = tags(told.feature_tags.as_deref().unwrap_or_default());
        let feature = Arc::clone(&suite.suite).feature(feature_tags);
        let session = Session::in_feature(&feature, scenario(told))?;
        Ok(Self { session, feature, begun: None })
    }

    fn begin(&mut self, suite: &ProcessSuite, limit: Duration) -> Result<(), Outcome> {
        suite.around(Around::Feature);
        first_failure(self.feature.begin(limit))?;
        suite.around(Around::Scenario);
        let hooks = self.session.begin_scenario(limit);
        // A hook that wants the scenario skipped speaks through its steps.
        let mut outcomes = hooks.iter().map(|hook| &hook.outcome);
        match outcomes.find(|o| matches!(o, Outcome::Skipped { .. } | Outcome::Pending { .. })) {
            Some(wish) => Err(wish.clone()),
            None => Ok(first_failure(Ok(hooks))?),
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

fn first_failure(hooks: io::Result<Vec<HookReport>>) -> Result<(), Failure> {
    match hooks {
        Ok(hooks) => hooks.iter().find_map(HookReport::failure).map_or(Ok(()), Err),
        Err(error) => Err(no_session(&error)),
    }
}

fn failures(ending: io::Result<crate::engine::Ending>) -> Vec<Failure> {
    match ending {
        Ok(ending) => ending.all_failures().collect(),
        Err(error) => vec![no_session(&error)],
    }
}

fn no_session(error: &io::Error) -> Failure {
    Failure::new(FailureKind::State, format!("the scenario cannot be played: {error}"))
}
