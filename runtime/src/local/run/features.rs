//! The features of a run: their shared states, and the hooks at their start and their end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::engine::{FeatureRun, Suite};
use crate::model::{Failure, Scenario, Tag};
use crate::observe;

/// The features of the scenarios of a run, by scenario.
pub(super) struct Features {
    features: Vec<Feature>,
    /// The index of each scenario's feature.
    feature_of: Vec<usize>,
}

/// One feature of a run.
struct Feature {
    scope: Arc<FeatureRun>,
    start: Mutex<StartState>,
    changed: Condvar,
    /// Number of its scenarios that have not ended.
    remaining: AtomicUsize,
    /// Its span, once it has started.
    span: OnceLock<observe::Scope>,
}

/// Progress of the before-hooks of a feature.
enum StartState {
    NotStarted,
    Running,
    /// The hooks have run; with the failure that keeps the scenarios from running, if any.
    Done(Option<Arc<Failure>>),
}

/// The task of a scenario at the start of its feature.
pub(super) enum StartTask<'a> {
    /// Run the before-hooks of the feature.
    RunHooks(&'a Arc<FeatureRun>),
    /// Nothing; with the failure that keeps the scenario from running, if any.
    Done(Option<Arc<Failure>>),
}

impl Features {
    pub(super) fn new(
        suite: &Arc<Suite>,
        scenarios: &[Arc<Scenario>],
        tags: &HashMap<Arc<str>, Vec<Tag>>,
    ) -> Self {
        let mut features: Vec<Feature> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut feature_of = Vec::with_capacity(scenarios.len());
        for scenario in scenarios {
            let path = &scenario.location.path;
            let index = *known.entry(path).or_insert_with(|| {
                let tags = tags.get(path).cloned().unwrap_or_default();
                features.push(Feature {
                    scope: Arc::clone(suite).feature(tags),
                    start: Mutex::new(StartState::NotStarted),
                    changed: Condvar::new(),
                    remaining: AtomicUsize::new(0),
                    span: OnceLock::new(),
                });
                features.len() - 1
            });
            *features[index].remaining.get_mut() += 1;
            feature_of.push(index);
        }
        Self { features, feature_of }
    }

    pub(super) fn scope(&self, number: usize) -> &Arc<FeatureRun> {
        &self.features[self.feature_of[number]].scope
    }

    /// Returns the span of the scenario's feature, which the first call starts inside `run`.
    pub(super) fn span(
        &self,
        scenario: &Scenario,
        number: usize,
        run: &observe::Scope,
    ) -> &observe::Scope {
        let feature = &self.features[self.feature_of[number]];
        feature.span.get_or_init(|| run.feature(&scenario.feature, &scenario.location.path))
    }

    /// Asks for the start of the scenario's feature: the first caller runs the before-hooks; later
    /// callers block until they finish and then receive the failure, if any.
    pub(super) fn start(&self, number: usize) -> StartTask<'_> {
        let feature = &self.features[self.feature_of[number]];
        let mut start = feature.lock();
        loop {
            match &*start {
                StartState::Done(failure) => return StartTask::Done(failure.clone()),
                StartState::Running => {
                    start = feature.changed.wait(start).unwrap_or_else(PoisonError::into_inner);
                }
                StartState::NotStarted => {
                    *start = StartState::Running;
                    return StartTask::RunHooks(&feature.scope);
                }
            }
        }
    }

    /// Records that the before-hooks have run or were abandoned. The first call counts: abandoned
    /// hooks may still return.
    pub(super) fn mark_started(&self, number: usize, failure: Option<Arc<Failure>>) {
        let feature = &self.features[self.feature_of[number]];
        let mut start = feature.lock();
        if !matches!(*start, StartState::Done(_)) {
            *start = StartState::Done(failure);
        }
        drop(start);
        feature.changed.notify_all();
    }

    /// Records that a scenario has ended and is not retried. Returns its feature if it was the last
    /// one, so that the caller ends the feature.
    pub(super) fn scenario_finished(&self, number: usize) -> Option<&Arc<FeatureRun>> {
        let feature = &self.features[self.feature_of[number]];
        // Acquire and Release: the last scenario drops the states that the others have used.
        (feature.remaining.fetch_sub(1, Ordering::AcqRel) == 1).then_some(&feature.scope)
    }

    /// Returns the features that have started and whose scenarios did not all run.
    pub(super) fn unfinished(&self) -> Vec<(Arc<FeatureRun>, observe::Scope)> {
        let is_unfinished = |feature: &&Feature| {
            !matches!(*feature.lock(), StartState::NotStarted)
                && feature.remaining.load(Ordering::Acquire) > 0
        };
        let span = |feature: &Feature| feature.span.get().cloned();
        let parts = |feature: &Feature| {
            (Arc::clone(&feature.scope), span(feature).unwrap_or_else(observe::Scope::none))
        };
        self.features.iter().filter(is_unfinished).map(parts).collect()
    }
}

impl Feature {
    fn lock(&self) -> MutexGuard<'_, StartState> {
        // No user code runs under the lock.
        self.start.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
