//! The end of a suite, a feature or a scenario.

use std::panic::AssertUnwindSafe;

use super::hook_execution::HookExecution;
use super::hook_progress::HookProgress;
use super::panics::catch_panic;
use crate::model::{Failure, FailureKind};

/// Results of the end of a suite, a feature or a scenario.
#[derive(Debug, Default)]
pub struct TeardownReport {
    /// The after-hooks, in the order they ran.
    pub hooks: Vec<HookExecution>,
    /// Other failures: a destructor that panicked, a caught error that no step checked.
    pub failures: Vec<Failure>,
}

impl TeardownReport {
    /// Returns all failures, those of hooks included.
    pub fn all_failures(&self) -> impl Iterator<Item = Failure> + use<> {
        let mut failures: Vec<_> = self.hooks.iter().filter_map(HookExecution::failure).collect();
        failures.extend(self.failures.iter().cloned());
        failures.into_iter()
    }

    /// Drops values until `next` returns `None`, after these hooks; a panic becomes a failure and does
    /// not stop the others. Should one of them hang, the hooks are reported with it.
    pub(super) fn after_drop<T>(
        hooks: Vec<HookExecution>,
        next: impl FnMut() -> Option<T>,
    ) -> Self {
        HookProgress::restore(hooks);
        let failures = drop_all(next);
        Self { hooks: HookProgress::take_done(), failures }
    }
}

fn drop_all<T>(mut next: impl FnMut() -> Option<T>) -> Vec<Failure> {
    let mut failures = Vec::new();
    while let Some(value) = next() {
        let dropped = catch_panic(AssertUnwindSafe(|| drop(value)));
        if let Err(failure) = dropped {
            let message = format!("dropping a state: {}", failure.message);
            failures.push(Failure { kind: FailureKind::State, message, ..failure });
        }
    }
    failures
}
