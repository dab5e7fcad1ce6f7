//! The counts of a run and its result.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ScenarioRecord, ScenarioStatus};
use crate::model::{Failure, HookResult, Leak, OutcomeKind, SharedOutput};

/// The counts of a run.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Scenarios that were selected.
    pub selected: usize,
    /// Scenarios that passed on the first attempt.
    pub passed: usize,
    /// Scenarios that passed, but not on the first attempt.
    pub flaky: usize,
    /// Scenarios that failed.
    pub failed: usize,
    /// Scenarios that skipped themselves, and those without steps.
    pub skipped: usize,
    /// Scenarios with a step that a process of another implementation does not support.
    pub unsupported: usize,
    /// Scenarios that were running when the run was stopped, and ended before their last step.
    pub cut_short: usize,
    /// Steps of the last attempt of each scenario, by the kind of their outcome.
    pub steps: BTreeMap<OutcomeKind, usize>,
    /// Failures outside of any scenario: of hooks of features and of the run.
    pub failures: Vec<Arc<Failure>>,
    /// Hooks of features and of the run, in the order in which they finished.
    pub hooks: Vec<Arc<HookResult>>,
    /// Output that was printed while several scenarios ran, in order.
    pub shared_output: Vec<Arc<SharedOutput>>,
    /// Leaks, if they were checked for. A leak does not fail the run, as it may be intended.
    pub leaks: Vec<Arc<Leak>>,
    /// True if the run was stopped before all scenarios had run.
    pub interrupted: bool,
    /// True if scenarios that passed on a retry fail the run.
    pub flaky_fails: bool,
}

impl Totals {
    /// Counts a finished scenario.
    pub fn count(&mut self, record: &ScenarioRecord) {
        match record.status() {
            ScenarioStatus::Passed => self.passed += 1,
            ScenarioStatus::Flaky => self.flaky += 1,
            ScenarioStatus::Failed => self.failed += 1,
            ScenarioStatus::Skipped => {
                let is_unsupported = record
                    .deciding_step()
                    .is_some_and(|(_, result)| result.outcome.kind() == OutcomeKind::Unsupported);
                match is_unsupported {
                    true => self.unsupported += 1,
                    false => self.skipped += 1,
                }
            }
            ScenarioStatus::Interrupted => self.cut_short += 1,
        }
        for result in record.last().into_iter().flat_map(|attempt| &attempt.results) {
            *self.steps.entry(result.outcome.kind()).or_default() += 1;
        }
    }

    /// Returns the hook of a feature or of the run that failed with `failure`.
    pub fn hook_of(&self, failure: &Failure) -> Option<&HookResult> {
        let hooks = self.hooks.iter().map(|hook| &**hook);
        hooks.into_iter().find(|hook| hook.failure.as_ref() == Some(failure))
    }

    /// Returns the number of finished scenarios.
    pub fn scenarios(&self) -> usize {
        self.passed + self.flaky + self.failed + self.skipped + self.unsupported + self.cut_short
    }

    /// Returns the number of selected scenarios that have not finished. At the end of a run it is greater
    /// than 0 only if the run was stopped.
    pub fn not_run(&self) -> usize {
        self.selected.saturating_sub(self.scenarios())
    }

    /// Returns the number of steps with this kind of outcome.
    pub fn step_count(&self, kind: OutcomeKind) -> usize {
        self.steps.get(&kind).copied().unwrap_or(0)
    }

    /// Returns whether the run succeeded: something ran, and all of it passed in the end.
    pub fn is_success(&self) -> bool {
        self.step_count(OutcomeKind::Passed) > 0 && self.is_without_failure()
    }

    /// Returns whether nothing failed, nor was left out because the run was stopped.
    pub fn is_without_failure(&self) -> bool {
        self.failed == 0
            && self.failures.is_empty()
            && !self.interrupted
            && !self.has_failing_flaky()
    }

    /// Returns the number of scenarios that fail the run: failed ones and, if that is set, flaky ones.
    pub fn failing(&self) -> usize {
        self.failed + if self.flaky_fails { self.flaky } else { 0 }
    }

    /// Returns whether scenarios that passed on a retry fail the run.
    pub fn has_failing_flaky(&self) -> bool {
        self.flaky_fails && self.flaky > 0
    }
}
