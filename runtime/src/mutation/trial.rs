//! Mutants, and the runs that may decide them.

use std::sync::Arc;

use super::change::Change;
use crate::model::{Scenario, Step};

/// One run of a changed scenario.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The index of the original.
    pub original: usize,
    /// The scenario to run.
    pub scenario: Arc<Scenario>,
    /// For each of its steps, the index of the step in the original.
    pub steps: Vec<usize>,
    /// The index of the first step that may notice the change. A failure before it has another reason.
    pub changed_at: usize,
    /// The step that another role executes, by its index, and that role.
    pub role: Option<(usize, String)>,
}

impl Trial {
    /// Returns a run of the original as it is.
    pub(super) fn control(original: usize, scenario: &Arc<Scenario>) -> Self {
        let steps = (0..scenario.steps.len()).collect();
        Self { original, scenario: Arc::clone(scenario), steps, changed_at: 0, role: None }
    }

    /// Returns a run of those steps that `keep` accepts, by their index in the original.
    pub(super) fn of_steps(
        original: usize,
        scenario: &Scenario,
        changed_at: usize,
        keep: impl Fn(usize) -> bool,
    ) -> Self {
        let steps: Vec<usize> = (0..scenario.steps.len()).filter(|&step| keep(step)).collect();
        let kept = steps.iter().map(|&step| scenario.steps[step].clone()).collect();
        let changed_at = steps.iter().position(|&step| step >= changed_at).unwrap_or(steps.len());
        let scenario = Arc::new(Scenario { steps: kept, ..scenario.clone() });
        Self { original, scenario, steps, changed_at, role: None }
    }

    /// Returns a run with one changed step.
    pub(super) fn with_step(
        original: usize,
        scenario: &Scenario,
        index: usize,
        step: Step,
    ) -> Self {
        let mut changed = scenario.clone();
        changed.steps[index] = step;
        let steps = (0..changed.steps.len()).collect();
        Self { original, scenario: Arc::new(changed), steps, changed_at: index, role: None }
    }
}

/// A change and the runs that may decide whether a step notices it.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// The name of this mutant, the same in every run of the same features.
    pub id: String,
    /// The index of the original that shows it.
    pub original: usize,
    /// The index of the changed step, or of the Then that is examined.
    pub step: usize,
    /// The change.
    pub change: Change,
    /// The runs, in their order. One in which a step notices the change decides.
    pub trials: Vec<Trial>,
    /// The reason of a mark that excludes it.
    pub skipped: Option<String>,
}
