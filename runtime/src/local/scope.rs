//! The features of a run: what they share, and the hooks at their beginning and their end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::engine::{FeatureScope, Suite};
use crate::model::{Failure, FailureKind, Scenario, Tag};
use crate::observe;

/// The features of the scenarios of a run, by scenario.
pub(super) struct Features {
    features: Vec<Feature>,
    /// The index of each scenario's feature.
    of: Vec<usize>,
}

/// One feature of a run.
struct Feature {
    scope: Arc<FeatureScope>,
    begun: Mutex<Begun>,
    changed: Condvar,
    /// How many of its scenarios have not ended.
    remaining: AtomicUsize,
    /// Its span, from its beginning on.
    span: OnceLock<observe::Scope>,
}

/// How far the before-hooks of a feature are.
enum Begun {
    Not,
    Running,
    /// They have run: why the scenarios cannot, if so.
    Done(Option<Arc<Failure>>),
}

/// What a scenario has to do for the beginning of its feature.
pub(super) enum Begin<'a> {
    /// To run the before-hooks.
    First(&'a Arc<FeatureScope>),
    /// Nothing: why it cannot run, if so.
    Done(Option<Arc<Failure>>),
}

impl Features {
    pub(super) fn of(
        suite: &Arc<Suite>,
        scenarios: &[Arc<Scenario>],
        tags: &HashMap<Arc<str>, Vec<Tag>>,
    ) -> Self {
        let mut features: Vec<Feature> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut of = Vec::with_capacity(scenarios.len());
        for scenario in scenarios {
            let path = &scenario.place.path;
            let index = *known.entry(path).or_insert_with(|| {
                let tags = tags.get(path).cloned().unwrap_or_default();
                features.push(Feature {
                    scope: Arc::clone(suite).feature(tags),
                    begun: Mutex::new(Begun::Not),
                    changed: Condvar::new(),
                    remaining: AtomicUsize::new(0),
                    span: OnceLock::new(),
                });
                features.len() - 1
            });
            *features[index].remaining.get_mut() += 1;
            of.push(index);
        }
        Self { features, of }
    }

    pub(super) fn scope(&self, number: usize) -> &Arc<FeatureScope> {
        &self.features[self.of[number]].scope
    }

    /// The span of the scenario's feature, which begins with the first call inside `run`.
    pub(super) fn span(
        &self,
        scenario: &Scenario,
        number: usize,
        run: &observe::Scope,
    ) -> &observe::Scope {
        let feature = &self.features[self.of[number]];
        feature.span.get_or_init(|| run.feature(&scenario.feature, &scenario.place.path))
    }

    /// Who comes first gets the scenario's feature and runs its before-hooks; who comes while they
    /// run waits. Everybody after that gets why the scenario cannot run, if so.
    pub(super) fn begin(&self, number: usize) -> Begin<'_> {
        let feature = &self.features[self.of[number]];
        let mut begun = feature.lock();
        loop {
            match &*begun {
                Begun::Done(reason) => return Begin::Done(reason.clone()),
                Begun::Running => {
                    begun = feature.changed.wait(begun).unwrap_or_else(PoisonError::into_inner);
                }
                Begun::Not => {
                    *begun = Begun::Running;
                    return Begin::First(&feature.scope);
                }
            }
        }
    }

    /// The before-hooks have run, or are given up. The first reason counts: hooks that were given up
    /// may come back yet.
    pub(super) fn begun(&self, number: usize, reason: Option<Arc<Failure>>) {
        let feature = &self.features[self.of[number]];
        let mut begun = feature.lock();
        if !matches!(*begun, Begun::Done(_)) {
            *begun = Begun::Done(reason);
        }
        drop(begun);
        feature.changed.notify_all();
    }

    /// A scenario has ended for good; its feature when it was the last one, for its end.
    pub(super) fn leave(&self, number: usize) -> Option<&Arc<FeatureScope>> {
        let feature = &self.features[self.of[number]];
        // Acquire and Release: the last one drops what the scenarios before it have used.
        (feature.remaining.fetch_sub(1, Ordering::AcqRel) == 1).then_some(&feature.scope)
    }

    /// The features that have begun and whose scenarios did not all have their turn, for their end.
    pub(super) fn open(&self) -> Vec<(Arc<FeatureScope>, observe::Scope)> {
        let open = |feature: &&Feature| {
            !matches!(*feature.lock(), Begun::Not) && feature.remaining.load(Ordering::Acquire) > 0
        };
        let span = |feature: &Feature| feature.span.get().cloned();
        let parts = |feature: &Feature| {
            (Arc::clone(&feature.scope), span(feature).unwrap_or_else(observe::Scope::none))
        };
        self.features.iter().filter(open).map(parts).collect()
    }
}

impl Feature {
    fn lock(&self) -> MutexGuard<'_, Begun> {
        // No user code runs under the lock.
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The system refused what `what` needs.
pub(super) fn not_begun(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(FailureKind::State, format!("the {what} could not begin: {error}"))
}
