//! Further runs for a Then that no mutant has reached: other Thens fail before it, so they are left out.

use super::trial::{Mutant, Trial};
use crate::model::{Scenario, StepKeyword};

/// Maximum number of runs for one Then.
const MAX_PROBES: usize = 12;

/// Returns runs that may make the Then `step` of `original` fail: the scenario without its other Thens,
/// as it is and with the changes of `mutants` before it.
pub(super) fn probes(
    original: usize,
    scenario: &Scenario,
    step: usize,
    mutants: &[Mutant],
) -> Vec<Trial> {
    let keep = |other: usize| {
        other == step || (other < step && scenario.steps[other].keyword != Some(StepKeyword::Then))
    };
    let without_others = Trial::of_steps(original, scenario, step, keep);
    let mut probes = Vec::new();
    if without_others.steps.len() < step + 1 {
        probes.push(without_others);
    }
    let changes = mutants.iter().flat_map(|mutant| &mutant.trials);
    let before = changes.filter(|trial| trial.original == original && trial.role.is_none());
    // The nearest changes first.
    let mut before: Vec<_> = before.filter_map(|trial| reduced(trial, &keep, step)).collect();
    before.reverse();
    probes.extend(before);
    probes.truncate(MAX_PROBES);
    probes
}

/// Returns the trial without the other Thens, if it changes something before `step` that is kept.
fn reduced(trial: &Trial, keep: &impl Fn(usize) -> bool, step: usize) -> Option<Trial> {
    let positions: Vec<usize> =
        (0..trial.steps.len()).filter(|&position| keep(trial.steps[position])).collect();
    let changed = *trial.steps.get(trial.changed_at)?;
    let has_step = positions.iter().any(|&position| trial.steps[position] == step);
    if changed > step || !has_step {
        return None;
    }
    let steps: Vec<_> = positions.iter().map(|&position| trial.steps[position]).collect();
    let kept = positions.iter().map(|&position| trial.scenario.steps[position].clone()).collect();
    let changed_at = positions.iter().position(|&position| position >= trial.changed_at)?;
    let scenario = Scenario { steps: kept, ..Scenario::clone(&trial.scenario) };
    Some(Trial { scenario: scenario.into(), steps, changed_at, ..trial.clone() })
}
