//! How many of what, and whether the run is good.

use std::collections::HashMap;

use crate::model::{Event, Outcome};

/// Counts of a run.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Scenarios whose steps all passed.
    pub passed: usize,
    /// Scenarios that a step failed, by whatever red outcome.
    pub failed: usize,
    /// Scenarios that a step asked to skip, and those without steps.
    pub skipped: usize,
    /// Steps by the word of their outcome.
    pub steps: Vec<(&'static str, usize)>,
    /// Whether the run was stopped before every scenario had its turn.
    pub interrupted: bool,
    open: HashMap<usize, Verdict>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Passed,
    Skipped,
    Failed,
}

impl Totals {
    /// Counts one more event.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::ScenarioStarted { number, scenario } => {
                // A scenario without steps has shown nothing.
                let empty = scenario.steps.is_empty();
                let verdict = if empty { Verdict::Skipped } else { Verdict::Passed };
                self.open.insert(*number, verdict);
            }
            Event::StepFinished { number, result, .. } => {
                self.count_step(result.outcome.word());
                let verdict = verdict_of(&result.outcome);
                self.open.entry(*number).and_modify(|v| *v = (*v).max(verdict));
            }
            Event::ScenarioFinished { number, .. } => match self.open.remove(number) {
                Some(Verdict::Passed) => self.passed += 1,
                Some(Verdict::Skipped) => self.skipped += 1,
                Some(Verdict::Failed) => self.failed += 1,
                None => {}
            },
            Event::RunFinished { interrupted, .. } => self.interrupted = *interrupted,
            Event::RunStarted { .. } => {}
        }
    }

    /// How many steps had this outcome.
    pub fn steps_that(&self, word: &str) -> usize {
        self.steps.iter().find(|(w, _)| *w == word).map_or(0, |(_, count)| *count)
    }

    /// Whether the run may count as a success: something ran, and all of it passed.
    pub fn is_success(&self) -> bool {
        self.steps_that("passed") > 0 && self.failed == 0 && !self.interrupted
    }

    fn count_step(&mut self, word: &'static str) {
        match self.steps.iter_mut().find(|(w, _)| *w == word) {
            Some((_, count)) => *count += 1,
            None => self.steps.push((word, 1)),
        }
    }
}

fn verdict_of(outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Passed => Verdict::Passed,
        Outcome::Skipped { .. } => Verdict::Skipped,
        _ => Verdict::Failed,
    }
}
