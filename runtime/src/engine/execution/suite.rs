//! The suite and its features, which outlive a scenario, with their shared states and hooks.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::call::Executor;
use super::hook_execution::HookExecution;
use super::teardown::TeardownReport;
use crate::engine::binding::{SharedTexts, StepContext};
use crate::engine::matching::Registry;
use crate::engine::state::{FixtureScope, SharedStates, States, World};
use crate::engine::tasks::{RuntimePool, SuiteRuntime, TokioFlavor};
use crate::model::{Failure, FailureKind, HookKind, Tag};

/// Time that the tasks of the suite have to end with it.
const TASK_END_TIMEOUT: Duration = Duration::from_secs(1);

/// One run over any number of features.
#[derive(Debug)]
pub struct Suite {
    registry: Arc<Registry>,
    // Before the runtime, which its values may still need.
    pub(super) shared: SharedStates,
    /// The runtime of everything that outlives a scenario.
    pub(super) runtime: SuiteRuntime,
    /// The runtimes of the scenarios.
    pub(super) runtimes: Arc<RuntimePool>,
    pub(super) flavor: TokioFlavor,
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
        Self::with_flavor(registry, TokioFlavor::default())
    }

    /// Creates a suite whose scenarios have runtimes of this kind, unless their tags ask for another.
    pub fn with_flavor(registry: Arc<Registry>, flavor: TokioFlavor) -> Arc<Self> {
        let (shared, runtime) = (SharedStates::default(), SuiteRuntime::default());
        Arc::new(Self { registry, shared, runtime, runtimes: Arc::default(), flavor })
    }

    /// Creates the runtimes of `scenarios` that run at the same time, so that none of them seems to open
    /// their descriptors.
    ///
    /// # Errors
    /// Returns an error if the system refuses a thread or a descriptor.
    pub fn prepare_runtimes(&self, scenarios: usize) -> io::Result<()> {
        self.runtimes.fill(scenarios)
    }

    /// Returns the definitions, fixtures and hooks of this suite.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Runs the `#[before_all]` hooks. If one fails, no feature should start; the suite must be finished
    /// all the same.
    ///
    /// # Errors
    /// Returns an error if the async runtime cannot be created, or has ended.
    pub fn start(self: &Arc<Self>, limit: Duration) -> io::Result<Vec<HookExecution>> {
        Arc::clone(self).feature(Vec::new()).run(HookKind::BeforeAll, limit)
    }

    /// Runs the `#[after_all]` hooks and drops the states of the suite, in reverse order of their creation.
    ///
    /// # Errors
    /// Returns an error if the async runtime cannot be created, or has ended.
    pub fn finish(self: &Arc<Self>, limit: Duration) -> io::Result<TeardownReport> {
        let hooks = Arc::clone(self).feature(Vec::new()).run(HookKind::AfterAll, limit)?;
        Ok(self.drop_states(hooks, &self.shared))
    }

    /// Ends the runtimes and all tasks of the suite, after everything else.
    ///
    /// # Errors
    /// Returns a failure if tasks do not end.
    pub fn end_tasks(&self) -> Result<(), Failure> {
        self.runtimes.clear();
        match self.runtime.end(TASK_END_TIMEOUT) {
            0 => Ok(()),
            count => {
                let message = format!(
                    "{count} {} of features or of the suite still ran {TASK_END_TIMEOUT:?} after the run: let them end when their state is dropped",
                    if count == 1 { "task or blocking call" } else { "tasks or blocking calls" }
                );
                Err(Failure::new(FailureKind::State, message))
            }
        }
    }

    fn drop_states(&self, hooks: Vec<HookExecution>, states: &SharedStates) -> TeardownReport {
        let runtime = self.runtime.running();
        let _entered = runtime.as_ref().map(Handle::enter);
        TeardownReport::after_drop(hooks, || states.pop())
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
    /// Returns an error if the async runtime cannot be created, or has ended.
    pub fn start(self: &Arc<Self>, limit: Duration) -> io::Result<Vec<HookExecution>> {
        self.run(HookKind::BeforeFeature, limit)
    }

    /// Runs the `#[after_feature]` hooks and drops the states of the feature, in reverse order of their
    /// creation.
    ///
    /// # Errors
    /// Returns an error if the async runtime cannot be created, or has ended.
    pub fn finish(self: &Arc<Self>, limit: Duration) -> io::Result<TeardownReport> {
        let hooks = self.run(HookKind::AfterFeature, limit)?;
        Ok(self.suite.drop_states(hooks, &self.shared))
    }

    /// Returns the states that a call in this feature can access, with those of its scenario.
    pub(super) fn states<'a>(&'a self, world: &'a World) -> States<'a> {
        States { world, feature: &self.shared, suite: &self.suite.shared }
    }

    fn run(self: &Arc<Self>, kind: HookKind, limit: Duration) -> io::Result<Vec<HookExecution>> {
        if self.suite.registry.hooks(kind).is_empty() {
            return Ok(Vec::new());
        }
        let (suite, world) = (&self.suite, World::default());
        let runtime = suite.runtime.handle()?;
        let (registry, states) = (suite.registry(), self.states(&world));
        let (tasks, suite_runtime) = (suite.runtime.scope(&runtime), &suite.runtime);
        let executor = Executor { registry, states, tasks, suite_runtime, scenario_tasks: None };
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
