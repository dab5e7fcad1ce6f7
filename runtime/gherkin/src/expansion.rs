//! Expands a document to scenarios: expands outlines, prepends backgrounds and inherits tags.

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{self, GherkinDocument, KeywordType};
use crate::model::{DataTable, DocString, Scenario, Step, StepArgument, StepKeyword, Tag};

/// Returns all scenarios of `document` in the order of the file.
///
/// Each example row of an outline becomes one scenario, so an outline without rows has none. A scenario
/// without steps gets no steps from a background either.
pub fn scenarios(document: &GherkinDocument) -> Vec<Scenario> {
    let Some(feature) = &document.feature else { return Vec::new() };
    let mut expansion = Expansion { document, feature, scenarios: Vec::new() };
    let background = steps_of(feature.background.as_ref());
    for scenario in &feature.scenarios {
        expansion.add(None, [background, &[]], scenario);
    }
    for rule in &feature.rules {
        for scenario in &rule.scenarios {
            expansion.add(Some(rule), [background, steps_of(rule.background.as_ref())], scenario);
        }
    }
    expansion.scenarios
}

struct Expansion<'d> {
    document: &'d GherkinDocument,
    feature: &'d ast::Feature,
    scenarios: Vec<Scenario>,
}

impl Expansion<'_> {
    fn add(
        &mut self,
        rule: Option<&ast::Rule>,
        backgrounds: [&[ast::Step]; 2],
        scenario: &ast::Scenario,
    ) {
        if scenario.examples.is_empty() {
            let columns = Columns::default();
            let row = Row { columns: &columns, values: Vec::new(), tags: &[], example: None };
            let expanded = self.expand(rule, backgrounds, scenario, &row);
            self.scenarios.push(expanded);
        }
        for examples in &scenario.examples {
            let Some(header) = &examples.header else { continue };
            let columns = Columns::new(header);
            for cells in &examples.rows {
                let row = Row {
                    columns: &columns,
                    values: cells.cells.iter().map(|cell| cell.value.as_str()).collect(),
                    tags: &examples.tags,
                    example: Some(cells.position),
                };
                let expanded = self.expand(rule, backgrounds, scenario, &row);
                self.scenarios.push(expanded);
            }
        }
    }

    fn expand(
        &self,
        rule: Option<&ast::Rule>,
        backgrounds: [&[ast::Step]; 2],
        scenario: &ast::Scenario,
        row: &Row<'_>,
    ) -> Scenario {
        let path = &self.document.path;
        let rule_tags = rule.map_or(&[][..], |rule| &rule.tags);
        let tags = [&self.feature.tags, rule_tags, &scenario.tags, row.tags].concat();
        Scenario {
            feature: Arc::clone(&self.feature.name),
            language: self.feature.language,
            rule: rule.map(|rule| Arc::clone(&rule.name)),
            name: row.fill(&scenario.name),
            tags: tags
                .into_iter()
                .map(|tag| Tag { name: tag.name, location: tag.position.in_file(path) })
                .collect(),
            steps: self.steps(backgrounds, scenario, row),
            location: scenario.position.in_file(path),
            example_row: row.example.map(|position| position.in_file(path)),
            combination: None,
        }
    }

    fn steps(
        &self,
        backgrounds: [&[ast::Step]; 2],
        scenario: &ast::Scenario,
        row: &Row<'_>,
    ) -> Vec<Step> {
        if scenario.steps.is_empty() {
            return Vec::new();
        }
        let [outer, inner] = backgrounds;
        let mut steps = Vec::with_capacity(outer.len() + inner.len() + scenario.steps.len());
        let mut keyword = None;
        let columns = Columns::default();
        let plain = Row { columns: &columns, values: Vec::new(), tags: &[], example: None };
        for step in outer.iter().chain(inner) {
            keyword = inherit(step.keyword_type, keyword);
            steps.push(self.step(step, keyword, &plain, true));
        }
        for step in &scenario.steps {
            keyword = inherit(step.keyword_type, keyword);
            steps.push(self.step(step, keyword, row, false));
        }
        steps
    }

    fn step(
        &self,
        step: &ast::Step,
        keyword: Option<StepKeyword>,
        row: &Row<'_>,
        from_background: bool,
    ) -> Step {
        let path = &self.document.path;
        let table = step.data_table.as_ref().map(|table| {
            let cells = |row_of_table: &ast::TableRow| {
                row_of_table.cells.iter().map(|cell| row.fill(&cell.value)).collect()
            };
            StepArgument::DataTable(DataTable {
                rows: table.rows.iter().map(cells).collect(),
                location: table.position.in_file(path),
            })
        });
        let doc_string = step.doc_string.as_ref().map(|doc_string| {
            StepArgument::DocString(DocString {
                media_type: doc_string.media_type.as_deref().map(|text| row.fill(text)),
                content: row.fill(&doc_string.content),
                location: doc_string.position.in_file(path),
            })
        });
        let position = |argument: &StepArgument| match argument {
            StepArgument::DataTable(table) => table.location.line,
            StepArgument::DocString(doc_string) => doc_string.location.line,
        };
        let (argument, extra_argument) = match (table, doc_string) {
            (Some(table), Some(doc_string)) if position(&doc_string) < position(&table) => {
                (Some(doc_string), Some(table))
            }
            (Some(table), doc_string) => (Some(table), doc_string),
            (None, doc_string) => (doc_string, None),
        };
        Step {
            keyword,
            keyword_text: step.keyword.trim_end(),
            text: row.fill(&step.text),
            argument,
            extra_argument: extra_argument.map(Box::new),
            location: step.position.in_file(path),
            from_background,
        }
    }
}

/// The columns of an Examples block.
#[derive(Default)]
struct Columns<'d> {
    names: Vec<&'d str>,
    /// The indices of the columns with a name, in order.
    by_name: HashMap<&'d str, Vec<usize>>,
    /// True if a name contains a bracket, so that the end of a placeholder is ambiguous.
    has_brackets: bool,
}

/// A row of examples: the value of each column.
struct Row<'d> {
    columns: &'d Columns<'d>,
    values: Vec<&'d str>,
    tags: &'d [ast::Tag],
    example: Option<ast::Position>,
}

/// The maximum length of a text in bytes after its placeholders are replaced. Values that name later
/// columns could otherwise double it with each column.
const MAX_FILLED_BYTES: usize = 4 << 20;

impl<'d> Columns<'d> {
    fn new(header: &'d ast::TableRow) -> Self {
        let mut columns = Self::default();
        for (index, cell) in header.cells.iter().enumerate() {
            let name = cell.value.as_str();
            columns.names.push(name);
            columns.by_name.entry(name).or_default().push(index);
            columns.has_brackets |= name.contains(['<', '>']);
        }
        columns
    }

    /// Returns the first column from `next` on that `text` has a placeholder for.
    fn first_used(&self, text: &str, next: usize) -> Option<usize> {
        if self.has_brackets {
            let is_used = |index: &usize| text.contains(&format!("<{}>", self.names[*index]));
            return (next..self.names.len()).find(is_used);
        }
        // An outline may have as many columns as steps: look up the few placeholders, not all columns.
        let placeholders = text.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
        let columns = placeholders.filter_map(|(name, _)| self.by_name.get(name));
        columns.filter_map(|indices| indices.iter().find(|index| **index >= next)).min().copied()
    }
}

impl Row<'_> {
    /// Replaces the placeholders in `text`, column by column as the official compiler does: a value may
    /// contain the placeholder of a later column.
    fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        let mut next = 0;
        while let Some(index) = self.columns.first_used(&filled, next) {
            let placeholder = format!("<{}>", self.columns.names[index]);
            let value = self.values.get(index).copied().unwrap_or_default();
            let count = filled.matches(&placeholder).count();
            if count.saturating_mul(value.len()) <= MAX_FILLED_BYTES {
                filled = filled.replace(&placeholder, value);
            }
            next = index + 1;
        }
        filled
    }
}

fn steps_of(background: Option<&ast::Background>) -> &[ast::Step] {
    background.map_or(&[], |background| &background.steps)
}

fn inherit(keyword_type: KeywordType, before: Option<StepKeyword>) -> Option<StepKeyword> {
    match keyword_type {
        KeywordType::Context => Some(StepKeyword::Given),
        KeywordType::Action => Some(StepKeyword::When),
        KeywordType::Outcome => Some(StepKeyword::Then),
        KeywordType::Conjunction => before,
        KeywordType::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Replaces column by column, whether a column is used or not.
    fn filled_by_every_column(names: &[String], values: &[String], text: &str) -> String {
        names.iter().zip(values).fold(text.to_owned(), |filled, (name, value)| {
            filled.replace(&format!("<{name}>"), value)
        })
    }

    proptest! {
        #[test]
        fn fill_equals_the_replacement_of_every_column(
            columns in prop::collection::vec(("[ab<>]{0,2}", "[ab<>]{0,6}"), 0..5),
            text in "[ab<>]{0,12}",
        ) {
            let (names, values): (Vec<String>, Vec<String>) = columns.into_iter().unzip();
            let position = ast::Position { line: 1, column: 1 };
            let cells = names.iter().map(|name| ast::TableCell { position, value: name.clone() });
            let header = ast::TableRow { position, cells: cells.collect() };
            let columns = Columns::new(&header);
            let row = Row {
                columns: &columns,
                values: values.iter().map(String::as_str).collect(),
                tags: &[],
                example: None,
            };
            prop_assert_eq!(row.fill(&text), filled_by_every_column(&names, &values, &text));
        }
    }
}
