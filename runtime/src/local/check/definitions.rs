//! Steps against definitions: what is missing, what clashes, what nobody uses.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::{Finding, FindingKind};
use crate::engine::{Registry, ResolvedStep, StepCall, StepDefinition};
use crate::model::{Outcome, Scenario, Step, StepKeyword};

/// What a text means, and how often it stands somewhere.
struct Text<'s> {
    first: &'s Step,
    count: usize,
    definition: Option<&'static StepDefinition>,
}

pub(super) fn findings(registry: &Registry, scenarios: &[Arc<Scenario>]) -> Vec<Finding> {
    let mut texts: Vec<Text<'_>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut misused: HashMap<(*const StepDefinition, StepKeyword), (&Step, usize)> = HashMap::new();
    let mut by_address: HashMap<*const StepDefinition, &'static StepDefinition> = HashMap::new();
    // A step of a Background is in many scenarios and stands in one place.
    let mut counted = HashSet::new();
    for step in scenarios.iter().flat_map(|scenario| &scenario.steps) {
        let index = *known.entry(&step.text).or_insert(texts.len());
        if index == texts.len() {
            let definition = match registry.matches(&step.text).unwrap_or_default().as_slice() {
                [matched] => Some(matched.definition),
                _ => None,
            };
            texts.push(Text { first: step, count: 0, definition });
        }
        let text = &mut texts[index];
        let is_new = counted.insert((Arc::as_ptr(&step.place.path), step.place.line, &step.text));
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
        findings.extend(no_one_definition(registry, text));
    }
    for ((address, keyword), (step, count)) in misused {
        if let Some(definition) = by_address.get(&address) {
            findings.push(misuse(definition, keyword, step, count));
        }
    }
    for definition in registry.definitions() {
        if !by_address.contains_key(&std::ptr::from_ref(definition)) {
            findings.push(unused(definition));
        }
    }
    findings
}

fn no_one_definition(registry: &Registry, text: &Text<'_>) -> Option<Finding> {
    let step = text.first;
    let call = StepCall {
        keyword: step.keyword,
        text: step.text.clone(),
        argument: step.argument.clone(),
        ..StepCall::default()
    };
    let resolved = ResolvedStep::of(registry, call, Duration::ZERO);
    let mut finding = at(step, FindingKind::Undefined, String::new());
    match resolved.unknown()? {
        Outcome::Undefined { near, snippet } => {
            finding.message = format!("no definition matches {:?}", step.text);
            finding.notes.extend(near.iter().map(|candidate| format!("near: {candidate}")));
            finding.snippet = Some(snippet.clone()).filter(|snippet| !snippet.is_empty());
        }
        Outcome::Ambiguous { candidates } => {
            finding.kind = FindingKind::Ambiguous;
            finding.message = format!("{} definitions match {:?}", candidates.len(), step.text);
            finding.notes.extend(candidates.iter().map(|found| format!("candidate: {found}")));
        }
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
        definition.place()
    );
    let mut finding = at(step, FindingKind::Keyword, message);
    if count > 1 {
        finding.notes.push(format!("{count} steps use it so"));
    }
    finding
}

fn unused(definition: &StepDefinition) -> Finding {
    Finding {
        kind: FindingKind::Unused,
        message: format!(
            "no selected step uses `{}`, {:?}",
            definition.function, definition.pattern.source
        ),
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
        path: step.place.path.to_string(),
        line: step.place.line,
        column: step.place.column,
        notes: Vec::new(),
        snippet: None,
    }
}
