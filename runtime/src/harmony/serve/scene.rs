//! What a serve process plays: its suite, and the scenario of the moment with the hooks around it.
//!
//! The wire says nothing of features, so here a feature lasts as long as a scenario: its hooks run,
//! and its states live, around each scenario that the process gets to play. Nor does it say tags.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::{FeatureScope, HookKind, HookReport, Registry, Session, Suite};
use crate::model::{Failure, FailureKind, Outcome};

const BEFORE: [HookKind; 3] =
    [HookKind::BeforeAll, HookKind::BeforeFeature, HookKind::BeforeScenario];

/// The suite of this process, begun before its first step.
#[derive(Debug)]
pub(super) struct ProcessSuite {
    suite: Arc<Suite>,
    begun: Mutex<Option<Result<(), Failure>>>,
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
    begun: Option<Result<(), Failure>>,
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
        let (begun, begun_around) = (Mutex::new(None), Mutex::new(Around::Nothing));
        Arc::new(Self { suite: Suite::new(registry), begun, begun_around })
    }

    pub(super) fn has_hooks_before(&self) -> bool {
        self.suite.registry().has_hooks(&BEFORE)
    }

    /// Runs the hooks before everything, once. Only one thread at a time plays scenes.
    fn begin(&self, limit: Duration) -> Result<(), Failure> {
        if let Some(begun) = self.lock().clone() {
            return begun;
        }
        // What the next thread finds, should this one not come back.
        *self.lock() = Some(Err(Failure::new(
            FailureKind::State,
            "the hooks before everything were given up: nothing of this process can run",
        )));
        let begun = first_failure(self.suite.begin(limit));
        *self.lock() = Some(begun.clone());
        begun
    }

    /// Runs the hooks after everything, if it began, and drops the states of the suite.
    pub(super) fn end(&self, limit: Duration) -> Vec<Failure> {
        if self.lock().take().is_none() {
            return Vec::new();
        }
        failures(self.suite.end(limit))
    }

    /// Notes what has begun; what had before.
    fn around(&self, around: Around) -> Around {
        let mut begun = self.begun_around.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut begun, around)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Result<(), Failure>>> {
        // No user code runs under the lock.
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    /// Why no step of the scenario can run.
    pub(super) fn begin(&mut self, limit: Duration) -> Result<&mut Session, Failure> {
        let played = match &mut self.played {
            Some(played) => played,
            none => none.insert(Played::new(&self.suite).map_err(|e| no_session(&e))?),
        };
        let begun = match &played.begun {
            Some(begun) => begun.clone(),
            None => {
                let begun = self.suite.begin(limit).and_then(|()| played.begin(&self.suite, limit));
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
            _ => match Played::new(&self.suite) {
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
    fn new(suite: &ProcessSuite) -> io::Result<Self> {
        let feature = Arc::clone(&suite.suite).feature(Vec::new());
        let session = Session::in_feature(&feature, None)?;
        Ok(Self { session, feature, begun: None })
    }

    fn begin(&mut self, suite: &ProcessSuite, limit: Duration) -> Result<(), Failure> {
        suite.around(Around::Feature);
        first_failure(self.feature.begin(limit))?;
        suite.around(Around::Scenario);
        first_failure(Ok(self.session.begin_scenario(limit)))
    }
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
