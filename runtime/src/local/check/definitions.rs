//! Undefined and ambiguous steps, misused keywords and unused definitions.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::{Finding, FindingKind};
use crate::engine::{
    Element, Pattern, PatternKind, Registry, ResolvedStep, StateAccess, StepCall, StepDefinition,
};
use crate::model::{Outcome, Scenario, Step, StepKeyword};
use crate::schedule::allows_skipped;

/// A step text with its definition and the number of steps that have it.
struct StepText<'s> {
    scenario: &'s Scenario,
    first: &'s Step,
    count: usize,
    definition: Option<&'static StepDefinition>,
    /// False if all its scenarios allow that it is skipped.
    is_required: bool,
}

pub(super) fn findings(registry: &Registry, scenarios: &[Arc<Scenario>]) -> Vec<Finding> {
    let mut texts: Vec<StepText<'_>> = Vec::new();
    // A text may have other definitions in other scopes.
    let mut known: HashMap<(&str, Vec<*const StepDefinition>), usize> = HashMap::new();
    let mut matching: HashMap<&str, Vec<&'static StepDefinition>> = HashMap::new();
    let mut misused: HashMap<(*const StepDefinition, StepKeyword), (&Step, usize)> = HashMap::new();
    let mut by_address: HashMap<*const StepDefinition, &'static StepDefinition> = HashMap::new();
    let mut ambiguous: HashSet<*const StepDefinition> = HashSet::new();
    // A step of a Background is in many scenarios but has one location.
    let mut counted = HashSet::new();
    for (scenario, step) in steps(scenarios) {
        let matches = matching.entry(&step.text).or_insert_with(|| {
            let matches = registry.matches(&step.text).unwrap_or_default();
            matches.iter().map(|matched| matched.definition).collect()
        });
        let in_scope = matches.iter().copied().filter(|found| found.holds_for(Some(scenario)));
        let in_scope: Vec<_> = in_scope.collect();
        let addresses = in_scope.iter().map(|found| std::ptr::from_ref(*found)).collect();
        let index = *known.entry((&step.text, addresses)).or_insert(texts.len());
        if index == texts.len() {
            let definition = match in_scope.as_slice() {
                [matched] => Some(*matched),
                several => {
                    ambiguous.extend(several.iter().map(|found| std::ptr::from_ref(*found)));
                    None
                }
            };
            let (first, is_required) = (step, false);
            texts.push(StepText { scenario, first, count: 0, definition, is_required });
        }
        let text = &mut texts[index];
        text.is_required |= !allows_skipped(&scenario.tags);
        let is_new =
            counted.insert((Arc::as_ptr(&step.location.path), step.location.line, &step.text));
        text.count += usize::from(is_new);
        if let Some(definition) = text.definition {
            by_address.insert(definition, definition);
            if is_new
                && let Some(keyword) = step.keyword.filter(|keyword| *keyword != definition.keyword)
            {
                misused.entry((std::ptr::from_ref(definition), keyword)).or_insert((step, 0)).1 +=
                    1;
            }
        }
    }
    let mut findings = Vec::new();
    for text in texts.iter().filter(|text| text.definition.is_none()) {
        let finding = undefined_or_ambiguous(registry, text);
        findings.extend(
            finding.filter(|finding| text.is_required || finding.kind != FindingKind::Undefined),
        );
    }
    for ((address, keyword), (step, count)) in misused {
        if let Some(definition) = by_address.get(&address) {
            findings.push(misuse(definition, keyword, step, count));
        }
    }
    for definition in registry.definitions() {
        let address = std::ptr::from_ref(definition);
        if by_address.contains_key(&address) {
            findings.extend(state_twice(definition));
        } else if !ambiguous.contains(&address) {
            findings.push(unused(definition, registry));
        }
    }
    findings
}

fn steps(scenarios: &[Arc<Scenario>]) -> impl Iterator<Item = (&Scenario, &Step)> {
    scenarios.iter().flat_map(|scenario| scenario.steps.iter().map(|step| (&**scenario, step)))
}

fn undefined_or_ambiguous(registry: &Registry, text: &StepText<'_>) -> Option<Finding> {
    let step = text.first;
    let call = StepCall {
        keyword: step.keyword,
        text: step.text.clone(),
        argument: step.argument.clone(),
        ..StepCall::default()
    };
    let resolved = ResolvedStep::resolve(registry, Some(text.scenario), call, Duration::ZERO);
    let mut finding = at(step, FindingKind::Undefined, String::new());
    match resolved.unresolved_outcome()? {
        Outcome::Undefined { suggestions: near, snippet } => {
            finding.message = format!("no definition matches {:?}", step.text);
            finding.notes.extend(near.iter().map(|candidate| format!("near: {candidate}")));
            finding.snippet = Some(snippet.clone()).filter(|snippet| !snippet.is_empty());
        }
        Outcome::Ambiguous { candidates } => {
            finding.kind = FindingKind::Ambiguous;
            finding.message = format!("{} definitions match {:?}", candidates.len(), step.text);
            finding.notes.extend(candidates.iter().map(|found| format!("candidate: {found}")));
        }
        Outcome::Failed(failure) => finding.message = failure.to_string(),
        _ => return None,
    }
    if text.count > 1 {
        finding.notes.push(format!("{} steps have this text", text.count));
    }
    Some(finding)
}

fn misuse(definition: &StepDefinition, keyword: StepKeyword, step: &Step, count: usize) -> Finding {
    let message = format!(
        "a {keyword} step whose definition is a {}: `{}` ({})",
        definition.keyword,
        definition.function,
        definition.location()
    );
    let mut finding = at(step, FindingKind::Keyword, message);
    if count > 1 {
        finding.notes.push(format!("{count} steps use it this way"));
    }
    finding
}

fn unused(definition: &StepDefinition, registry: &Registry) -> Finding {
    let StepDefinition { function, pattern, .. } = definition;
    let message = format!("no selected step uses `{function}`, {:?}", pattern.source);
    let mut finding = at_definition(definition, FindingKind::Unused, message);
    finding.notes.extend(definition.scope.map(|scope| format!("it holds in its {scope} only")));
    let twins = registry.definitions().filter(|other| {
        let is_same = other.pattern.source == pattern.source && other.pattern.kind == pattern.kind;
        let is_same = is_same
            || fixed_text(pattern).is_some_and(|text| fixed_text(&other.pattern) == Some(text));
        is_same && other.scope == definition.scope && !std::ptr::eq(*other, definition)
    });
    finding.notes.extend(
        twins.map(|twin| format!("`{}` ({}) has the same pattern", twin.function, twin.location())),
    );
    finding
}

/// Returns the only text that a pattern matches.
fn fixed_text(pattern: &Pattern) -> Option<&'static str> {
    match (pattern.kind, pattern.template) {
        (PatternKind::Literal, _) => Some(pattern.source),
        (_, [Element::Text(text)]) => Some(text),
        _ => None,
    }
}

/// Reports that a function borrows one state twice, which fails when it runs.
fn state_twice(definition: &StepDefinition) -> Option<Finding> {
    let states = definition.states();
    let (_, twice) = states.iter().enumerate().find(|(index, state)| {
        states.iter().enumerate().any(|(other_index, other)| {
            other_index != *index
                && other.type_id == state.type_id
                && state.access == StateAccess::Exclusive
        })
    })?;
    let message = format!(
        "`{}` takes the state `{}` twice, once by `&mut`",
        definition.function, twice.type_name
    );
    Some(at_definition(definition, FindingKind::StateTwice, message))
}

fn at_definition(definition: &StepDefinition, kind: FindingKind, message: String) -> Finding {
    Finding {
        kind,
        message,
        path: definition.at.file.to_owned(),
        line: definition.at.line,
        column: 1,
        notes: Vec::new(),
        snippet: None,
    }
}

fn at(step: &Step, kind: FindingKind, message: String) -> Finding {
    Finding {
        kind,
        message,
        path: step.location.path.to_string(),
        line: step.location.line,
        column: step.location.column,
        notes: Vec::new(),
        snippet: None,
    }
}
