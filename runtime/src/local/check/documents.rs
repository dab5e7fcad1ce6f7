//! What is odd about a feature file itself: outlines, names, scenarios without steps.

use std::collections::HashMap;

use super::{Finding, FindingKind};
use crate::gherkin;
use crate::gherkin::ast::{Feature, GherkinDocument, Position, Scenario, Step, TableRow};
use crate::sort::sort_by;

pub(super) fn findings(document: &GherkinDocument) -> Vec<Finding> {
    let Some(feature) = &document.feature else { return Vec::new() };
    let mut file = File { document, feature, findings: Vec::new() };
    let mut scenarios: Vec<&Scenario> = feature.scenarios.iter().collect();
    feature.rules.iter().for_each(|rule| scenarios.extend(&rule.scenarios));
    file.names(&scenarios);
    for scenario in scenarios {
        file.steps(scenario);
        file.columns(scenario);
    }
    file.findings
}

struct File<'d> {
    document: &'d GherkinDocument,
    feature: &'d Feature,
    findings: Vec<Finding>,
}

impl File<'_> {
    fn names(&mut self, scenarios: &[&Scenario]) {
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (index, scenario) in scenarios.iter().enumerate() {
            if scenario.name.is_empty() {
                continue;
            }
            let first = *known.entry(&scenario.name).or_insert(index);
            if first != index {
                let first = scenarios[first].position;
                let message = format!("a second scenario of the name {:?}", scenario.name);
                let note = format!("the first is at {}:{}", self.document.path, first.line);
                self.add(FindingKind::DuplicateName, scenario.position, message, vec![note]);
            }
        }
    }

    fn steps(&mut self, scenario: &Scenario) {
        if !scenario.steps.is_empty() {
            return;
        }
        let mistyped = scenario.description.lines().find_map(|line| {
            gherkin::mistyped_step(line, self.feature.language)
                .map(|keyword| (line.trim(), keyword))
        });
        match mistyped {
            Some((line, keyword)) => {
                let message = format!(
                    "{:?} has no steps; {line:?} in its description looks like one",
                    scenario.name
                );
                let note = format!(
                    "did you mean `{keyword}`? A line that begins with no keyword is description by the grammar"
                );
                self.add(FindingKind::MistypedStep, scenario.position, message, vec![note]);
            }
            None => {
                let message = format!("{:?} has no steps and shows nothing", scenario.name);
                self.add(FindingKind::NoSteps, scenario.position, message, Vec::new());
            }
        }
    }

    fn columns(&mut self, scenario: &Scenario) {
        let mut columns: Vec<(&str, Position)> = Vec::new();
        let mut cells = Vec::new();
        for examples in &scenario.examples {
            for cell in examples.header.iter().flat_map(|header| &header.cells) {
                columns.push((&cell.value, cell.position));
            }
            examples.rows.iter().for_each(|row| cells.extend(texts_in(row)));
        }
        if scenario.examples.is_empty() {
            return;
        }
        let mut texts = vec![scenario.name.as_str()];
        scenario.steps.iter().for_each(|step| texts.extend(texts_of(step)));
        for (column, position) in &columns {
            let mark = format!("<{column}>");
            // A value may hold the placeholder of another column.
            if !texts.iter().chain(&cells).any(|text| text.contains(&mark)) {
                let message = format!("nothing in the outline uses the column {column:?}");
                let note = format!("write {mark} where its values belong, or remove it");
                self.add(FindingKind::UnusedColumn, *position, message, vec![note]);
            }
        }
        let mut names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        sort_by(&mut names, Ord::cmp);
        names.dedup();
        for step in &scenario.steps {
            let mut told = Vec::new();
            for name in texts_of(step).into_iter().flat_map(placeholders) {
                if !names.contains(&name) && !told.contains(&name) {
                    told.push(name);
                    let message = format!("no column fills the placeholder <{name}>");
                    let note = format!("columns: {}", names.join(", "));
                    self.add(FindingKind::MissingColumn, step.position, message, vec![note]);
                }
            }
        }
    }

    fn add(&mut self, kind: FindingKind, position: Position, message: String, notes: Vec<String>) {
        self.findings.push(Finding {
            kind,
            message,
            path: self.document.path.to_string(),
            line: position.line,
            column: position.column,
            notes,
            snippet: None,
        });
    }
}

fn texts_in(row: &TableRow) -> impl Iterator<Item = &str> {
    row.cells.iter().map(|cell| cell.value.as_str())
}

/// All text of a step that placeholders may stand in.
fn texts_of(step: &Step) -> Vec<&str> {
    let mut texts = vec![step.text.as_str()];
    if let Some(table) = &step.data_table {
        table.rows.iter().for_each(|row| texts.extend(texts_in(row)));
    }
    if let Some(doc_string) = &step.doc_string {
        texts.extend(doc_string.media_type.as_deref());
        texts.push(&doc_string.content);
    }
    texts
}

/// What stands in `<…>` and looks like the name of a column.
fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((name, behind)) = after.split_once('>') else { break };
        let nested = name.rfind('<').map_or(name, |at| &name[at + 1..]);
        let looks_like_name = !nested.is_empty()
            && nested.trim() == nested
            && nested.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.'));
        if looks_like_name {
            names.push(nested);
        }
        rest = behind;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_look_like_names() {
        assert_eq!(placeholders("a <b c> of <d> and < e > 1 < 2 <<f>> </p>"), ["b c", "d", "f"]);
    }
}
