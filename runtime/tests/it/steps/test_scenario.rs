//! A scenario of single steps over all definitions of this binary.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use harmony_bdd::engine::{Registry, Session, StepCall, StepExecution};
use harmony_bdd::model::{Outcome, StepArgument};

/// Deadline of a step, far more than any needs.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// A session with fresh state over all definitions of this binary.
pub(crate) struct TestScenario(Session);

impl TestScenario {
    pub(crate) fn new() -> Self {
        static REGISTRY: OnceLock<Arc<Registry>> = OnceLock::new();
        let registry =
            REGISTRY.get_or_init(|| Arc::new(Registry::collect().expect("this binary has steps")));
        Self(Session::new(Arc::clone(registry), None).expect("an async runtime"))
    }

    pub(crate) fn step(&mut self, text: &str) -> Outcome {
        self.call(StepCall { text: text.to_owned(), ..StepCall::default() }).outcome
    }

    pub(crate) fn step_with(&mut self, text: &str, argument: StepArgument) -> Outcome {
        let call =
            StepCall { text: text.to_owned(), argument: Some(argument), ..StepCall::default() };
        self.call(call).outcome
    }

    pub(crate) fn call(&mut self, call: StepCall) -> StepExecution {
        let step = self.0.resolve(call, LIMIT);
        self.0.execute(step)
    }

    /// Ends the scenario and returns its failures.
    pub(crate) fn end(self) -> Vec<String> {
        self.0.end_scenario(LIMIT).all_failures().map(|f| f.to_string()).collect()
    }

    /// Executes steps that must all pass.
    pub(crate) fn passes(&mut self, texts: &[&str]) {
        for text in texts {
            assert_eq!(self.step(text), Outcome::Passed, "{text}");
        }
    }
}

/// Returns the message of a failed step.
pub(crate) fn failure(outcome: Outcome) -> String {
    match outcome {
        Outcome::Failed(failure) => failure.to_string(),
        other => panic!("expected a failure, got {other:?}"),
    }
}
