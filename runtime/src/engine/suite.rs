//! What outlives a scenario: the suite and its features, with their shared states and hooks.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use super::context::Shared;
use super::panics::catching;
use super::player::{HookReport, Player};
use super::shared_states::SharedStates;
use super::state::World;
use super::{HookKind, Registry, Scope, StepContext};
use crate::model::{Failure, FailureKind, Tag};

/// One run over any number of features.
#[derive(Debug)]
pub struct Suite {
    registry: Arc<Registry>,
    pub(super) shared: SharedStates,
}

/// One feature of a suite.
#[derive(Debug)]
pub struct FeatureScope {
    // Before the suite: a state of the feature may have been made from one of the suite.
    pub(super) shared: SharedStates,
    pub(super) suite: Arc<Suite>,
    tags: Vec<Tag>,
}

/// What came of the end of a suite, a feature or a scenario.
#[derive(Debug, Default)]
pub struct Ending {
    /// The after-hooks, in the order they ran.
    pub hooks: Vec<HookReport>,
    /// What else went wrong: a destructor that panicked, a caught error that no step checked.
    pub failures: Vec<Failure>,
}

impl Ending {
    /// Everything that went wrong, hooks included.
    pub fn all_failures(&self) -> impl Iterator<Item = Failure> + use<> {
        let mut failures: Vec<_> = self.hooks.iter().filter_map(HookReport::failure).collect();
        failures.extend(self.failures.iter().cloned());
        failures.into_iter()
    }
}

impl Suite {
    /// A suite in which nothing has run yet.
    pub fn new(registry: Arc<Registry>) -> Arc<Self> {
        Arc::new(Self { registry, shared: SharedStates::default() })
    }

    /// The definitions, fixtures and hooks of this suite.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Runs the `#[before_all]` hooks. When one fails, no feature should start; the end still runs.
    ///
    /// # Errors
    /// When the async runtime cannot be made.
    pub fn begin(self: &Arc<Self>, limit: Duration) -> io::Result<Vec<HookReport>> {
        Arc::clone(self).feature(Vec::new()).run(HookKind::BeforeAll, limit)
    }

    /// Runs the `#[after_all]` hooks and drops the states of the suite, last made first.
    ///
    /// # Errors
    /// When the async runtime cannot be made.
    pub fn end(self: &Arc<Self>, limit: Duration) -> io::Result<Ending> {
        let hooks = Arc::clone(self).feature(Vec::new()).run(HookKind::AfterAll, limit)?;
        Ok(Ending { hooks, failures: drop_shared(&self.shared) })
    }

    /// A feature with these tags, in which nothing has run yet.
    pub fn feature(self: Arc<Self>, tags: Vec<Tag>) -> Arc<FeatureScope> {
        Arc::new(FeatureScope { shared: SharedStates::default(), suite: self, tags })
    }
}

impl FeatureScope {
    /// Runs the `#[before_feature]` hooks. When one fails, no scenario of the feature should start;
    /// the end still runs.
    ///
    /// # Errors
    /// When the async runtime cannot be made.
    pub fn begin(self: &Arc<Self>, limit: Duration) -> io::Result<Vec<HookReport>> {
        self.run(HookKind::BeforeFeature, limit)
    }

    /// Runs the `#[after_feature]` hooks and drops the states of the feature, last made first.
    ///
    /// # Errors
    /// When the async runtime cannot be made.
    pub fn end(self: &Arc<Self>, limit: Duration) -> io::Result<Ending> {
        let hooks = self.run(HookKind::AfterFeature, limit)?;
        Ok(Ending { hooks, failures: drop_shared(&self.shared) })
    }

    fn run(self: &Arc<Self>, kind: HookKind, limit: Duration) -> io::Result<Vec<HookReport>> {
        if self.suite.registry.hooks(kind).is_empty() {
            return Ok(Vec::new());
        }
        let runtime = super::session::runtime()?;
        let world = World::default();
        let player = Player { feature: self, world: &world, runtime: &runtime };
        let level = match kind {
            HookKind::BeforeAll | HookKind::AfterAll => Scope::Suite,
            _ => Scope::Feature,
        };
        let tags: Vec<&str> = self.tags.iter().map(|t| t.name.as_str()).collect();
        let hooks = self.suite.registry.hooks(kind);
        let context = &|| StepContext::new(String::new(), None, None, None, Shared::default());
        Ok(player.hooks(hooks, level, &tags, context, None, limit))
    }
}

fn drop_shared(states: &SharedStates) -> Vec<Failure> {
    drop_all(|| states.pop())
}

/// Drops values until there is none; what panics is a failure, and the next one goes all the same.
pub(super) fn drop_all<T>(mut next: impl FnMut() -> Option<T>) -> Vec<Failure> {
    let mut failures = Vec::new();
    while let Some(value) = next() {
        let dropped = catching(AssertUnwindSafe(|| drop(value)));
        if let Err(failure) = dropped {
            let message = format!("dropping a state: {}", failure.message);
            failures.push(Failure { kind: FailureKind::State, message, ..failure });
        }
    }
    failures
}
