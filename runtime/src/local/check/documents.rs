//! Suspicious outlines, tables and scenarios without steps in a feature file.

use std::collections::HashSet;

use super::placeholders::{looks_like_tag, placeholders};
use super::{Finding, FindingKind};
use crate::gherkin;
use crate::gherkin::ast::{
    Feature, GherkinDocument, Position, Scenario, Step, TableCell, TableRow,
};

pub(super) fn findings(document: &GherkinDocument) -> Vec<Finding> {
    let Some(feature) = &document.feature else { return Vec::new() };
    let mut file = File { document, feature, findings: Vec::new() };
    for scenario in scenarios_of(feature) {
        file.steps(scenario);
        file.columns(scenario);
    }
    file.rows();
    file.items();
    file.findings
}

struct File<'d> {
    document: &'d GherkinDocument,
    feature: &'d Feature,
    findings: Vec<Finding>,
}

impl File<'_> {
    fn steps(&mut self, scenario: &Scenario) {
        if !scenario.steps.is_empty() {
            return;
        }
        let mistyped = scenario.description.lines().find_map(|line| {
            gherkin::suggest_step_keyword(line, self.feature.language)
                .map(|keyword| (line.trim(), keyword))
        });
        match mistyped {
            Some((line, keyword)) => {
                let message = format!(
                    "{:?} has no steps; {line:?} in its description looks like one",
                    scenario.name
                );
                let note = format!(
                    "did you mean `{keyword}`? A line that does not begin with a keyword is part of the description"
                );
                self.add(FindingKind::MistypedStep, scenario.position, message, vec![note]);
            }
            None => {
                let message = format!("{:?} has no steps and tests nothing", scenario.name);
                self.add(FindingKind::NoSteps, scenario.position, message, Vec::new());
            }
        }
    }

    fn columns(&mut self, scenario: &Scenario) {
        if scenario.examples.is_empty() {
            return;
        }
        let headers = scenario.examples.iter().flat_map(|examples| &examples.header);
        let columns: Vec<&TableCell> = headers.flat_map(|header| &header.cells).collect();
        // A value may contain the placeholder of another column.
        let rows = scenario.examples.iter().flat_map(|examples| &examples.rows);
        let steps = scenario.steps.iter().flat_map(texts_of);
        let mut used = HashSet::new();
        let mut note_used = |text: &str| {
            if text.contains('<') {
                let names = columns.iter().map(|column| column.value.as_str());
                used.extend(names.filter(|name| has_placeholder(text, name)));
            }
        };
        note_used(&scenario.name);
        steps.chain(rows.flat_map(texts_in)).for_each(&mut note_used);
        for column in &columns {
            let name = &column.value;
            if !used.contains(name.as_str()) {
                let message = format!("no placeholder in the outline uses the column {name:?}");
                let note = format!("write <{name}> in a step, or remove the column");
                self.add(FindingKind::UnusedColumn, column.position, message, vec![note]);
            }
        }
        let mut names: Vec<&str> = columns.iter().map(|column| column.value.as_str()).collect();
        names.sort();
        names.dedup();
        for step in &scenario.steps {
            let mut reported = Vec::new();
            for text in texts_of(step) {
                for name in placeholders(text) {
                    if !names.contains(&name) && !reported.contains(&name) {
                        reported.push(name);
                        self.missing_column(step, name, text, &names);
                    }
                }
            }
        }
    }

    fn missing_column(&mut self, step: &Step, name: &str, text: &str, columns: &[&str]) {
        let note = format!("columns: {}", columns.join(", "));
        if looks_like_tag(name, text) {
            let message = format!("<{name}> is taken as it is, since no column has this name");
            return self.add(FindingKind::TagLikeText, step.position, message, vec![note]);
        }
        let message = format!("no column for the placeholder <{name}>");
        self.add(FindingKind::MissingColumn, step.position, message, vec![note]);
    }

    /// Reports texts after the last `|` of a row, which the grammar ignores.
    fn rows(&mut self) {
        let lines: Vec<&str> = self.document.source.lines().collect();
        let backgrounds = self.feature.rules.iter().filter_map(|rule| rule.background.as_ref());
        let steps = self.feature.background.iter().chain(backgrounds).flat_map(|b| &b.steps);
        let scenarios = scenarios_of(self.feature);
        let steps = steps.chain(scenarios.iter().flat_map(|scenario| &scenario.steps));
        let tables = steps.flat_map(|step| &step.data_table).flat_map(|table| &table.rows);
        let examples = scenarios.iter().flat_map(|scenario| &scenario.examples);
        let examples = examples.flat_map(|block| block.header.iter().chain(&block.rows));
        let mut found = Vec::new();
        for row in tables.chain(examples) {
            let index = (row.position.line as usize).saturating_sub(1);
            if let Some((column, text)) = lines.get(index).and_then(|line| text_after_row(line)) {
                found.push((Position { column, ..row.position }, text.to_owned()));
            }
        }
        for (position, text) in found {
            let message = format!("{text:?} after the last `|` is not part of the table");
            let note = "write a `|` after it, or `\\|` for a `|` inside a cell".to_owned();
            self.add(FindingKind::TextAfterRow, position, message, vec![note]);
        }
    }

    /// Reports items of Markdown lists that are meant to be steps.
    fn items(&mut self) {
        for (position, text, keyword) in gherkin::mistyped_items(self.document) {
            let message = format!("{text:?} is not a step");
            let note = format!(
                "did you mean `{keyword}`? An item that does not begin with a keyword is prose in Markdown"
            );
            self.add(FindingKind::MistypedStep, position, message, vec![note]);
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

/// Returns all texts of a step that may contain placeholders.
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

/// Returns true if `text` contains `<name>`.
fn has_placeholder(text: &str, name: &str) -> bool {
    let mut after_name = text.split('<').skip(1).filter_map(|rest| rest.strip_prefix(name));
    // A name may contain the brackets itself.
    after_name.any(|rest| rest.starts_with('>'))
        || name.contains('<') && text.contains(&format!("<{name}>"))
}

/// Returns the text after the last `|` of a row that is not escaped, with its column.
fn text_after_row(line: &str) -> Option<(u32, &str)> {
    let mut end_of_row = 0;
    let mut characters = line.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '|' => end_of_row = index + 1,
            _ => {}
        }
    }
    let text = line[end_of_row..].trim_start();
    let column = line[..line.len() - text.len()].chars().count() + 1;
    let text = text.trim_end();
    (!text.is_empty()).then(|| (u32::try_from(column).unwrap_or(u32::MAX), text))
}

fn scenarios_of(feature: &Feature) -> Vec<&Scenario> {
    let rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
    feature.scenarios.iter().chain(rules).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_after_a_row_is_found_by_its_column() {
        assert_eq!(text_after_row(r"  | one | two \ "), Some((11, r"two \")));
        assert_eq!(text_after_row(r"| a \| b"), Some((3, r"a \| b")));
        assert_eq!(text_after_row("| a | b |  "), None);
    }

    #[test]
    fn placeholder_is_found_by_its_whole_name() {
        assert!(has_placeholder("a <b> <c>", "c"));
        assert!(!has_placeholder("a <bc> <c", "c"));
        assert!(has_placeholder("<a<b>", "a<b"));
    }
}
