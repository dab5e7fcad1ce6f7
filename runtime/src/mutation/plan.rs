//! The mutants of scenarios. Pure: scenarios in, mutants out.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use super::change::Change;
use super::marks::Marks;
use super::trial::{Mutant, Trial};
use super::values::{is_number, other_values, without_quotes};
use crate::model::{Scenario, Step, StepArgument, StepKeyword, StepMatch};

/// Maximum number of rows of a table that are dropped, one at a time.
const MAX_DROPPED_ROWS: usize = 10;

/// Returns the role of a step of an original, by the two indices, and the role that gets it instead.
pub type SwapRoles<'a> = &'a dyn Fn(usize, usize) -> Option<(String, String)>;

/// The scenarios and what is known of them.
#[derive(Clone, Copy)]
pub struct PlanInput<'a> {
    /// The scenarios to change.
    pub originals: &'a [Arc<Scenario>],
    /// All scenarios of the same files: they show other values of the same captures.
    pub neighbors: &'a [Scenario],
    /// The marks of the files.
    pub marks: &'a Marks,
    /// Finds the definition of a text in a scenario.
    pub find: &'a dyn Fn(&Scenario, &str) -> Option<StepMatch>,
    /// Finds the name of the process in a text, which is not a value.
    pub role_in: &'a dyn Fn(&str) -> Option<Range<usize>>,
    /// The roles to swap, across processes.
    pub swap_roles: Option<SwapRoles<'a>>,
    /// Repeats every Given and When as well.
    pub repeat: bool,
}

impl std::fmt::Debug for PlanInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlanInput")
            .field("originals", &self.originals.len())
            .finish_non_exhaustive()
    }
}

/// Returns all mutants, in the order of the scenarios and their steps.
///
/// A step of a Background is one mutant for all scenarios of its feature: one that notices it is enough.
pub fn plan(input: PlanInput<'_>) -> Vec<Mutant> {
    let mut planner = Planner {
        input,
        known: KnownValues::of(input),
        mutants: Vec::new(),
        background: HashMap::new(),
        ids: HashMap::new(),
    };
    for original in 0..input.originals.len() {
        planner.add_scenario(original);
    }
    planner.mutants
}

/// The values of each capture of each definition, by file.
struct KnownValues(HashMap<(Arc<str>, Capture), Vec<String>>);

/// A capture: the place of its definition, and its index.
type Capture = (String, u32, usize);

impl KnownValues {
    fn of(input: PlanInput<'_>) -> Self {
        let mut known: HashMap<_, Vec<String>> = HashMap::new();
        for (scenario, step) in input.neighbors.iter().flat_map(with_steps) {
            let Some(found) = (input.find)(scenario, &step.text) else { continue };
            for (index, range) in found.captures.iter().enumerate() {
                let Some(range) = range else { continue };
                let value = &step.text[without_quotes(&step.text, range)];
                let key = (Arc::clone(&step.location.path), capture(&found, index));
                let values = known.entry(key).or_default();
                if !values.iter().any(|other| other == value) {
                    values.push(value.to_owned());
                }
            }
        }
        Self(known)
    }

    /// Returns another value that the file gives to this capture.
    fn other(&self, step: &Step, capture: Capture, value: &str) -> Vec<String> {
        let values = self.0.get(&(Arc::clone(&step.location.path), capture));
        let other = values.into_iter().flatten().find(|other| *other != value);
        other.cloned().into_iter().collect()
    }
}

fn with_steps(scenario: &Scenario) -> impl Iterator<Item = (&Scenario, &Step)> {
    scenario.steps.iter().map(move |step| (scenario, step))
}

fn capture(found: &StepMatch, index: usize) -> Capture {
    (found.file.to_string(), found.line, index)
}

struct Planner<'a> {
    input: PlanInput<'a>,
    known: KnownValues,
    mutants: Vec<Mutant>,
    /// The mutants of Background steps, by their id.
    background: HashMap<String, usize>,
    /// The number of mutants with the same id.
    ids: HashMap<String, usize>,
}

impl Planner<'_> {
    fn add_scenario(&mut self, original: usize) {
        let scenario = Arc::clone(&self.input.originals[original]);
        for (index, step) in scenario.steps.iter().enumerate() {
            let is_then = step.keyword == Some(StepKeyword::Then);
            let mut add = |change, detail: &str, trials| {
                self.add(original, index, change, detail, trials);
            };
            if !is_then {
                let left_out = Trial::of_steps(original, &scenario, index, |other| other != index);
                add(Change::LeaveOut, "", vec![left_out]);
            }
            if is_then && scenario.steps[..index].iter().any(is_when) {
                let keep = |other: usize| {
                    other == index || (other < index && is_given(&scenario.steps[other]))
                };
                let trial = Trial::of_steps(original, &scenario, index, keep);
                add(Change::LeaveOutWhens, "", vec![trial]);
            }
            self.add_values(original, index, &scenario, step, is_then);
            self.add_argument(original, index, &scenario, step);
            // A step that names no process claims nothing about it.
            let swap_roles =
                self.input.swap_roles.filter(|_| (self.input.role_in)(&step.text).is_some());
            if let Some((from, to)) = swap_roles.and_then(|roles| roles(original, index)) {
                let role = Some((index, to.clone()));
                let control = Trial::control(original, &scenario);
                let trial = Trial { role, changed_at: index, ..control };
                self.add(original, index, Change::SwapRole { from, to }, "", vec![trial]);
            }
            if self.input.repeat && !is_then {
                let trial = repeated(original, &scenario, index);
                self.add(original, index, Change::Repeat, "", vec![trial]);
            }
            if is_then {
                self.add(original, index, Change::SeenToFail, "", Vec::new());
            }
        }
    }

    /// Adds other values for the captures of a step. Each value must make a Then fail; a Given or When
    /// only has to take it: one of the values must make a step fail.
    fn add_values(
        &mut self,
        original: usize,
        index: usize,
        scenario: &Scenario,
        step: &Step,
        is_then: bool,
    ) {
        let Some(found) = (self.input.find)(scenario, &step.text) else { return };
        let role = (self.input.role_in)(&step.text);
        for (number, range) in found.captures.iter().enumerate() {
            let Some(range) = range else { continue };
            if role.as_ref().is_some_and(|role| role.start < range.end && range.start < role.end) {
                continue;
            }
            let range = without_quotes(&step.text, range);
            let from = step.text[range.clone()].to_owned();
            let known = self.known.other(step, capture(&found, number), &from);
            let mut values: Vec<_> = other_values(&from, &known)
                .into_iter()
                .filter_map(|to| Some((self.with_value(scenario, step, &found, &range, &to)?, to)))
                .collect();
            if is_then && !is_number(&from) {
                values.truncate(1);
            }
            let parts: Vec<Vec<_>> = match is_then && !values.is_empty() {
                true => values.into_iter().map(|value| vec![value]).collect(),
                false => vec![values],
            };
            for (part, values) in parts.into_iter().enumerate() {
                let (steps, to): (Vec<_>, Vec<_>) = values.into_iter().unzip();
                let trials = steps
                    .into_iter()
                    .map(|step| Trial::with_step(original, scenario, index, step))
                    .collect();
                let change = Change::Value { range: range.clone(), from: from.clone(), to };
                self.add(original, index, change, &format!("{number}/{part}"), trials);
            }
        }
    }

    /// Returns the step with another value, if the same definition matches it.
    fn with_value(
        &self,
        scenario: &Scenario,
        step: &Step,
        found: &StepMatch,
        range: &Range<usize>,
        to: &str,
    ) -> Option<Step> {
        let mut text = step.text.clone();
        text.replace_range(range.clone(), to);
        let changed = (self.input.find)(scenario, &text)?;
        let is_same = changed.file == found.file && changed.line == found.line;
        is_same.then(|| Step { text, ..step.clone() })
    }

    fn add_argument(&mut self, original: usize, index: usize, scenario: &Scenario, step: &Step) {
        let trial = |argument: StepArgument| {
            let step = Step { argument: Some(argument), ..step.clone() };
            vec![Trial::with_step(original, scenario, index, step)]
        };
        match &step.argument {
            Some(StepArgument::DataTable(table)) if !table.rows.is_empty() => {
                // The first of several rows usually names the columns.
                let first = usize::from(table.rows.len() > 1);
                for row in (first..table.rows.len()).take(MAX_DROPPED_ROWS) {
                    let mut changed = table.clone();
                    changed.rows.remove(row);
                    let trials = trial(StepArgument::DataTable(changed));
                    self.add(original, index, Change::DropRow(row + 1), "", trials);
                }
                let mut changed = table.clone();
                changed.rows.extend(table.rows.last().cloned());
                let trials = trial(StepArgument::DataTable(changed));
                self.add(original, index, Change::DoubleRow(table.rows.len()), "", trials);
            }
            Some(StepArgument::DocString(doc_string)) if !doc_string.content.is_empty() => {
                let mut changed = doc_string.clone();
                let characters = changed.content.chars().count();
                changed.content = changed.content.chars().take(characters / 2).collect();
                let trials = trial(StepArgument::DocString(changed));
                self.add(original, index, Change::CutDocString, "", trials);
            }
            _ => {}
        }
    }

    fn add(
        &mut self,
        original: usize,
        step: usize,
        change: Change,
        detail: &str,
        trials: Vec<Trial>,
    ) {
        let scenario = &self.input.originals[original];
        let changed = &scenario.steps[step];
        let key = id_of(scenario, step, &change, detail);
        // A mutant of a scenario that a tag excludes must not keep the others of its Background.
        let excluded = Marks::reason_for_scenario(scenario);
        if changed.from_background {
            if let Some(&known) = self.background.get(&key) {
                if excluded.is_none() {
                    self.mutants[known].trials.extend(trials);
                }
                return;
            }
            if excluded.is_some() {
                return;
            }
            self.background.insert(key.clone(), self.mutants.len());
        }
        let skipped = excluded.or_else(|| self.input.marks.reason_for(changed, &change));
        let same = self.ids.entry(key.clone()).or_default();
        *same += 1;
        let id = if *same > 1 { format!("{key}-{same}") } else { key };
        self.mutants.push(Mutant { id, original, step, change, trials, skipped });
    }
}

fn is_when(step: &Step) -> bool {
    step.keyword == Some(StepKeyword::When)
}

fn is_given(step: &Step) -> bool {
    step.keyword == Some(StepKeyword::Given)
}

fn repeated(original: usize, scenario: &Scenario, index: usize) -> Trial {
    let mut changed = scenario.clone();
    changed.steps.insert(index, scenario.steps[index].clone());
    let steps = (0..=index).chain(index..scenario.steps.len()).collect();
    Trial { original, scenario: Arc::new(changed), steps, changed_at: index + 1, role: None }
}

/// Returns a name that depends on the words of the scenario and the step only, so that it remains the
/// same when lines are added above.
fn id_of(scenario: &Scenario, step: usize, change: &Change, detail: &str) -> String {
    let changed = &scenario.steps[step];
    let same = scenario.steps[..step].iter().filter(|other| other.text == changed.text).count();
    let mut text = format!("{}\n", scenario.feature);
    if !changed.from_background {
        let row = scenario.example_row.as_ref().map_or(0, |row| row.line - scenario.location.line);
        let _ = writeln!(text, "{}\n{row}", scenario.name);
    }
    let combination = scenario.combination.as_deref().unwrap_or_default();
    let _ = write!(text, "{combination}\n{}\n{same}\n{}\n{detail}", changed.text, change.name());
    match change {
        Change::DropRow(row) | Change::DoubleRow(row) => text.push_str(&row.to_string()),
        Change::SwapRole { to, .. } => text.push_str(to),
        _ => {}
    }
    format!("{:08x}", fnv1a(text.as_bytes()))
}

/// The FNV-1a hash of 64 bits, folded to 32.
pub(super) fn fnv1a(bytes: &[u8]) -> u32 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash >> 32) as u32 ^ hash as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gherkin;

    #[test]
    fn only_a_step_that_names_its_process_is_sent_to_another_one() {
        let text =
            "Feature: f\n Scenario: s\n  When the 'a' process writes\n  Then nothing is lost\n";
        let document = gherkin::parse("t.feature", text).unwrap();
        let scenarios = gherkin::scenarios(&document);
        let originals: Vec<_> = scenarios.iter().cloned().map(Arc::new).collect();
        let mutants = plan(PlanInput {
            originals: &originals,
            neighbors: &scenarios,
            marks: &Marks::default(),
            find: &|_, _| None,
            role_in: &|text| text.find("'a'").map(|start| start..start + 3),
            swap_roles: Some(&|_, _| Some(("a".to_owned(), "b".to_owned()))),
            repeat: false,
        });
        let is_swap = |mutant: &&Mutant| matches!(mutant.change, Change::SwapRole { .. });
        let swapped: Vec<_> = mutants.iter().filter(is_swap).map(|mutant| mutant.step).collect();
        assert_eq!(swapped, [0]);
    }
}
