//! How many of what, and whether the run is good.

use std::sync::Arc;

use super::{Story, Verdict};
use crate::model::{Failure, HookResult, Leak};

/// Counts of a run.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Scenarios whose steps all passed at the first try.
    pub passed: usize,
    /// Scenarios that passed, but not at the first try.
    pub flaky: usize,
    /// Scenarios that a step failed, by whatever red outcome.
    pub failed: usize,
    /// Scenarios that a step asked to skip, and those without steps.
    pub skipped: usize,
    /// Steps of the last try of each scenario, by the word of their outcome.
    pub steps: Vec<(&'static str, usize)>,
    /// What went wrong outside of any scenario: hooks of features and of the run.
    pub failures: Vec<Arc<Failure>>,
    /// Hooks of features and of the run, in the order they ended.
    pub hooks: Vec<Arc<HookResult>>,
    /// What scenarios left behind, where that was looked for. No failure: it may be meant so.
    pub leaks: Vec<Arc<Leak>>,
    /// Whether the run was stopped before every scenario had its turn.
    pub interrupted: bool,
}

impl Totals {
    /// Counts one more scenario.
    pub fn count(&mut self, story: &Story) {
        match story.verdict() {
            Verdict::Passed => self.passed += 1,
            Verdict::Flaky => self.flaky += 1,
            Verdict::Failed => self.failed += 1,
            Verdict::Skipped => self.skipped += 1,
        }
        for result in story.last().into_iter().flat_map(|attempt| &attempt.results) {
            self.count_step(result.outcome.word());
        }
    }

    /// The hook that failed with this, where it is one outside of any scenario.
    pub fn hook_of(&self, failure: &Failure) -> Option<&HookResult> {
        let hooks = self.hooks.iter().map(|hook| &**hook);
        hooks.into_iter().find(|hook| hook.failure.as_ref() == Some(failure))
    }

    /// How many scenarios ended.
    pub fn scenarios(&self) -> usize {
        self.passed + self.flaky + self.failed + self.skipped
    }

    /// How many steps had this outcome.
    pub fn steps_that(&self, word: &str) -> usize {
        self.steps.iter().find(|(w, _)| *w == word).map_or(0, |(_, count)| *count)
    }

    /// Whether the run may count as a success: something ran, and all of it passed in the end.
    pub fn is_success(&self) -> bool {
        self.steps_that("passed") > 0
            && self.failed == 0
            && self.failures.is_empty()
            && !self.interrupted
    }

    fn count_step(&mut self, word: &'static str) {
        match self.steps.iter_mut().find(|(w, _)| *w == word) {
            Some((_, count)) => *count += 1,
            None => {
                // In one order whatever ended first: scenarios run side by side.
                let rank = rank(word);
                let at = self.steps.partition_point(|(w, _)| self::rank(w) < rank);
                self.steps.insert(at, (word, 1));
            }
        }
    }
}

/// Where an outcome stands in a summary.
fn rank(word: &str) -> usize {
    const ORDER: [&str; 7] =
        ["passed", "failed", "timed out", "undefined", "ambiguous", "pending", "skipped"];
    ORDER.iter().position(|w| *w == word).unwrap_or(ORDER.len())
}
