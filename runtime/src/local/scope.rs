//! The features of a run: what they share, and the hooks at their beginning and their end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::engine::{FeatureScope, HookReport, Suite};
use crate::model::{Failure, FailureKind, Scenario, Tag};

/// The features of the scenarios of a run, by scenario.
pub(super) struct Features {
    features: Vec<Feature>,
    /// The index of each scenario's feature.
    of: Vec<usize>,
}

/// One feature of a run.
struct Feature {
    scope: Arc<FeatureScope>,
    /// Set once its before-hooks have run: why its scenarios cannot, if so.
    begun: OnceLock<Option<Arc<Failure>>>,
    /// How many of its scenarios have not ended.
    remaining: AtomicUsize,
}

impl Features {
    pub(super) fn of(
        suite: &Arc<Suite>,
        scenarios: &[Arc<Scenario>],
        tags: &HashMap<Arc<str>, Vec<Tag>>,
    ) -> Self {
        let mut features: Vec<Feature> = Vec::new();
        let mut known: HashMap<&Arc<str>, usize> = HashMap::new();
        let mut of = Vec::with_capacity(scenarios.len());
        for scenario in scenarios {
            let path = &scenario.place.path;
            let index = *known.entry(path).or_insert_with(|| {
                let tags = tags.get(path).cloned().unwrap_or_default();
                features.push(Feature {
                    scope: Arc::clone(suite).feature(tags),
                    begun: OnceLock::new(),
                    remaining: AtomicUsize::new(0),
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

    /// Runs the before-hooks of the scenario's feature unless they have run; who comes while they
    /// run waits. Returns why the scenario cannot run, if so.
    pub(super) fn begin(&self, number: usize, limit: Duration) -> Option<Arc<Failure>> {
        let feature = &self.features[self.of[number]];
        let begin = || match feature.scope.begin(limit) {
            Ok(hooks) => hooks.iter().find_map(HookReport::failure).map(Arc::new),
            Err(error) => Some(Arc::new(not_begun("feature", &error))),
        };
        feature.begun.get_or_init(begin).clone()
    }

    /// A scenario has ended for good; runs the after-hooks when it was the last of its feature.
    pub(super) fn ended(&self, number: usize, limit: Duration) -> Vec<Failure> {
        let feature = &self.features[self.of[number]];
        // Acquire and Release: the last one drops what the scenarios before it have used.
        match feature.remaining.fetch_sub(1, Ordering::AcqRel) {
            1 => feature.end(limit),
            _ => Vec::new(),
        }
    }

    /// Runs the after-hooks of features that have begun and whose scenarios did not all have their turn.
    pub(super) fn end_all(&self, limit: Duration) -> Vec<Failure> {
        let open = |feature: &&Feature| {
            feature.begun.get().is_some() && feature.remaining.load(Ordering::Acquire) > 0
        };
        self.features.iter().filter(open).flat_map(|feature| feature.end(limit)).collect()
    }
}

impl Feature {
    fn end(&self, limit: Duration) -> Vec<Failure> {
        match self.scope.end(limit) {
            Ok(ending) => ending.all_failures().collect(),
            Err(error) => vec![not_begun("end of a feature", &error)],
        }
    }
}

/// The system refused what `what` needs.
pub(super) fn not_begun(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(FailureKind::State, format!("the {what} could not begin: {error}"))
}
