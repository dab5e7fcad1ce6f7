//! The steps of feature files, with the texts that their outlines give them.

use std::ops::Range;

use lsp_types::{Position, Uri};

use super::position::Lines;
use super::workspace::{FeatureFile, Workspace};
use crate::engine::{MatchedStep, Registry, StepDefinition};
use crate::gherkin::ast::{self, Examples, GherkinDocument, Scenario};

/// A step as written, at its place.
#[derive(Debug, Clone)]
pub(super) struct WrittenStep {
    /// The line, counted from 0.
    pub(super) line: u32,
    /// The number of characters before the text.
    pub(super) start: usize,
    /// The text, with placeholders as written.
    pub(super) text: String,
    /// The text for each example row; one without placeholders.
    pub(super) rows: Vec<RowText>,
}

/// The text of a step for an example row.
#[derive(Debug, Clone, Default)]
pub(super) struct RowText {
    pub(super) text: String,
    /// For each value: its bytes in this text, and those of the placeholder as written.
    pub(super) values: Vec<(Range<usize>, Range<usize>)>,
}

impl WrittenStep {
    /// Returns the number of characters before the end of the text.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.chars().count()
    }

    /// Returns the definitions that match the text for any example row.
    pub(super) fn definitions(&self, registry: &Registry) -> Vec<&'static StepDefinition> {
        let mut definitions: Vec<&'static StepDefinition> = Vec::new();
        for found in self.matches(registry).into_iter().flat_map(|(_, found)| found) {
            if !definitions.iter().any(|known| std::ptr::eq(*known, found.definition)) {
                definitions.push(found.definition);
            }
        }
        definitions
    }

    pub(super) fn matches(&self, registry: &Registry) -> Vec<(&RowText, Vec<MatchedStep>)> {
        self.rows.iter().map(|row| (row, registry.matches(&row.text).unwrap_or_default())).collect()
    }
}

impl RowText {
    fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    fn of_row(template: &str, examples: &Examples, row: &ast::TableRow) -> Self {
        let header = examples.header.iter().flat_map(|header| &header.cells);
        let columns: Vec<_> = header
            .zip(&row.cells)
            .map(|(name, cell)| (format!("<{}>", name.value), cell.value.as_str()))
            .collect();
        let mut found = Self::default();
        let mut at = 0;
        while at < template.len() {
            let rest = &template[at..];
            match columns.iter().find(|(name, _)| rest.starts_with(name.as_str())) {
                Some((name, value)) => {
                    let start = found.text.len();
                    found.text.push_str(value);
                    found.values.push((start..found.text.len(), at..at + name.len()));
                    at += name.len();
                }
                None => {
                    let length = rest.chars().next().map_or(1, char::len_utf8);
                    found.text.push_str(&rest[..length]);
                    at += length;
                }
            }
        }
        found
    }

    /// Returns the bytes of the text as written that give these bytes; `None` if they are a part of a
    /// placeholder's value.
    pub(super) fn written(&self, range: &Range<usize>) -> Option<Range<usize>> {
        Some(self.written_offset(range.start, false)?..self.written_offset(range.end, true)?)
    }

    fn written_offset(&self, offset: usize, is_end: bool) -> Option<usize> {
        let (mut here, mut there) = (0, 0);
        for (value, placeholder) in &self.values {
            let before = if is_end { offset <= value.start } else { offset < value.start };
            if before {
                break;
            }
            if !is_end && offset == value.start {
                return Some(placeholder.start);
            }
            if is_end && offset == value.end {
                return Some(placeholder.end);
            }
            if offset < value.end {
                return None;
            }
            (here, there) = (value.end, placeholder.end);
        }
        Some(there + (offset - here))
    }
}

/// Returns all steps of a file whose content is valid.
pub(super) fn steps_of(file: &FeatureFile) -> Vec<WrittenStep> {
    match &file.document {
        Some(document) if file.errors.is_none() => steps(document, &file.text),
        _ => Vec::new(),
    }
}

/// Returns the step at a position, also in a file that has errors elsewhere.
pub(super) fn step_at(file: &FeatureFile, position: Position) -> Option<WrittenStep> {
    let step = steps_of(file).into_iter().find(|step| step.line == position.line);
    step.or_else(|| {
        let lines = Lines::of(&file.text);
        let (start, text) = text_in_line(file, lines.get(position.line))?;
        let rows = vec![RowText::plain(&text)];
        Some(WrittenStep { line: position.line, start, text, rows })
    })
}

/// Returns the number of characters before the text of a step line, and the text.
pub(super) fn text_in_line(file: &FeatureFile, line: &str) -> Option<(usize, String)> {
    let step = crate::gherkin::step_in_line(uri_name(&file.uri), line, language(file))?;
    let text = line[step.text_start..].trim_end().to_owned();
    Some((line[..step.text_start].chars().count(), text))
}

/// Returns the code of the file's language.
pub(super) fn language(file: &FeatureFile) -> &'static str {
    let document = file.document.as_ref();
    document.and_then(|document| document.feature.as_ref()).map_or("en", |feature| feature.language)
}

/// Returns the name by which the parser chooses the syntax.
pub(super) fn uri_name(uri: &Uri) -> &str {
    uri.as_str()
}

/// Returns every step of the workspace that `definition` matches.
pub(super) fn steps_with<'w>(
    workspace: &'w Workspace,
    registry: &Registry,
    definition: &StepDefinition,
) -> Vec<(&'w FeatureFile, WrittenStep)> {
    let mut found = Vec::new();
    for (_, file) in workspace.files() {
        for step in steps_of(file) {
            if step.definitions(registry).iter().any(|known| std::ptr::eq(*known, definition)) {
                found.push((file, step));
            }
        }
    }
    found
}

fn steps(document: &GherkinDocument, text: &str) -> Vec<WrittenStep> {
    let Some(feature) = &document.feature else { return Vec::new() };
    let lines = Lines::of(text);
    let mut steps = Vec::new();
    let rules = &feature.rules;
    let backgrounds = rules.iter().filter_map(|rule| rule.background.as_ref());
    for step in feature.background.iter().chain(backgrounds).flat_map(|block| &block.steps) {
        steps.push(written(step, &[], &lines));
    }
    let scenarios = rules.iter().flat_map(|rule| &rule.scenarios);
    for scenario in feature.scenarios.iter().chain(scenarios) {
        add_scenario(&mut steps, scenario, &lines);
    }
    steps
}

fn add_scenario(steps: &mut Vec<WrittenStep>, scenario: &Scenario, lines: &Lines<'_>) {
    for step in &scenario.steps {
        steps.push(written(step, &scenario.examples, lines));
    }
}

fn written(step: &ast::Step, examples: &[Examples], lines: &Lines<'_>) -> WrittenStep {
    let line = step.position.line.saturating_sub(1);
    let keyword_start = step.position.column.saturating_sub(1) as usize;
    let before = keyword_start + step.keyword.chars().count();
    let blanks = lines.get(line).chars().skip(before).take_while(|c| c.is_whitespace()).count();
    let rows = examples.iter().flat_map(|block| block.rows.iter().map(move |row| (block, row)));
    let mut rows: Vec<_> =
        rows.map(|(block, row)| RowText::of_row(&step.text, block, row)).collect();
    if rows.is_empty() {
        rows.push(RowText::plain(&step.text));
    }
    WrittenStep { line, start: before + blanks, text: step.text.clone(), rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lead_back_to_their_placeholders() {
        let text = "Feature: f\n  Scenario: s\n    Given a <n> of <what>!\n    Examples:\n      | n | what |\n      | 12 | 雪 |\n";
        let document = crate::gherkin::parse("a.feature", text).unwrap();
        let step = steps(&document, text).remove(0);
        let row = &step.rows[0];
        assert_eq!(row.text, "a 12 of 雪!");
        assert_eq!(row.written(&(2..4)), Some(2..5));
        assert_eq!(row.written(&(8..11)), Some(9..15));
        assert_eq!(row.written(&(2..11)), Some(2..15));
        assert_eq!(row.written(&(3..4)), None);
        assert_eq!(&step.text[9..15], "<what>");
    }
}
