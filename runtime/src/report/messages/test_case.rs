//! The ids of a test case.

use std::sync::Arc;

use super::library_ids::HookKey;
use super::lines::Id;
use crate::model::{Failure, HookResult};
use crate::report::scenario_record::AttemptRecord;

/// The ids of a test case and of its steps, in the order they run.
#[derive(Debug)]
pub(super) struct TestCaseIds {
    pub(super) id: Id,
    pub(super) before: Vec<(HookKey, Id)>,
    pub(super) steps: Vec<Id>,
    pub(super) after: Vec<(HookKey, Id)>,
    /// The step for failures around the steps that no hook caused.
    pub(super) around_step: Option<Id>,
}

impl TestCaseIds {
    /// Returns whether the test case has all hooks and failures of an attempt.
    pub(super) fn fits(&self, attempt: &AttemptRecord) -> bool {
        let is_planned = |result: &Arc<HookResult>| {
            let key = HookKey::from(&**result);
            self.before.iter().chain(&self.after).any(|(planned, _)| *planned == key)
        };
        unreported_failure(attempt).is_none() && attempt.hooks.iter().all(is_planned)
    }
}

/// Returns a failure around the steps of an attempt that no hook caused.
pub(super) fn unreported_failure(attempt: &AttemptRecord) -> Option<&Failure> {
    let is_of_hook =
        |failure: &Failure| attempt.hooks.iter().any(|hook| hook.failure.as_ref() == Some(failure));
    attempt.failures.iter().map(|failure| &**failure).find(|failure| !is_of_hook(failure))
}
