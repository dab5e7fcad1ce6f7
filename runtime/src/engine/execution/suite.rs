//! The suite and its features, which outlive a scenario, with their shared states and hooks.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::call::Executor;
use super::hook_execution::HookExecution;
use super::runtime::runtime;
use super::teardown::TeardownReport;
use crate::engine::binding::{SharedTexts, StepContext};
use crate::engine::matching::Registry;
use crate::engine::state::{FixtureScope, SharedStates, States, World};
use crate::model::{HookKind, Tag};

/// One run over any number of features.
#[derive(Debug)]
pub struct Suite {
    registry: Arc<Registry>,
    pub(super) shared: SharedStates,
}

/// One feature of a suite.
#[derive(Debug)]
pub struct FeatureRun {
    // Before the suite: a state of the feature may have been made from a state of the suite.
    pub(super) shared: SharedStates,
    pub(super) suite: Arc<Suite>,
    tags: Vec<Tag>,
}

impl Suite {
    /// Creates a suite in which nothing has run yet.
    pub fn new(registry: Arc<Registry>) -> Arc<Self> {
        Arc::new(Self { registry, shared: SharedStates::default() })
    }

    /// Returns the definitions, fixtures and hooks of this suite.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Runs the `#[before_all]` hooks. If one fails, no feature should start; the suite must be finished
    /// all the same.
    ///
    /// # Errors
    /// Returns an error if the async runtime cannot be created.
    pub fn start(self: &Arc<Self>, limit: Duration) -> io::Result<Vec<HookExecution>> {
        Arc::clone(self).feature(Vec::new()).run(HookKind::BeforeAll, limit)
    }

    /// Runs the `#[after_all]` hooks and drops the states of the suite, in reverse order of their creation.
    ///
    /// # Errors
    /// Returns an error if the async runtime cannot be created.
    pub fn finish(self: &Arc<Self>, limit: Duration) -> io::Result<TeardownReport> {
        let hooks = Arc::clone(self).feature(Vec::new()).run(HookKind::AfterAll, limit)?;
        Ok(TeardownReport::after_drop(hooks, || self.shared.pop()))
    }

    /// Creates a feature with these tags, in which nothing has run yet.
    pub fn feature(self: Arc<Self>, tags: Vec<Tag>) -> Arc<FeatureRun> {
        Arc::new(FeatureRun { shared: SharedStates::default(), suite: self, tags })
    }
}

impl FeatureRun {
    /// Runs the `#[before_feature]` hooks. If one fails, no scenario of the feature should start; the feature
    /// must be finished all the same.
    ///
    /// # Errors
    /// Returns an error if the async runtime cannot be created.
    pub fn start(self: &Arc<Self>, limit: Duration) -> io::Result<Vec<HookExecution>> {
        self.run(HookKind::BeforeFeature, limit)
    }

    /// Runs the `#[after_feature]` hooks and drops the states of the feature, in reverse order of their
    /// creation.
    ///
    /// # Errors
    /// Returns an error if the async runtime cannot be created.
    pub fn finish(self: &Arc<Self>, limit: Duration) -> io::Result<TeardownReport> {
        let hooks = self.run(HookKind::AfterFeature, limit)?;
        Ok(TeardownReport::after_drop(hooks, || self.shared.pop()))
    }

    /// Returns the states that a call in this feature can access, with those of its scenario.
    pub(super) fn states<'a>(&'a self, world: &'a World) -> States<'a> {
        States { world, feature: &self.shared, suite: &self.suite.shared }
    }

    fn run(self: &Arc<Self>, kind: HookKind, limit: Duration) -> io::Result<Vec<HookExecution>> {
        if self.suite.registry.hooks(kind).is_empty() {
            return Ok(Vec::new());
        }
        let runtime = runtime()?;
        let world = World::default();
        let (registry, states) = (self.suite.registry(), self.states(&world));
        let executor = Executor { registry, states, runtime: &runtime };
        let level = match kind {
            HookKind::BeforeAll | HookKind::AfterAll => FixtureScope::Suite,
            _ => FixtureScope::Feature,
        };
        let tags: Vec<&str> = self.tags.iter().map(|t| t.name.as_str()).collect();
        let hooks = self.suite.registry.hooks(kind);
        let context = &|| StepContext::new(String::new(), None, None, None, SharedTexts::default());
        Ok(executor.hooks(hooks, level, &tags, context, None, limit))
    }
}
