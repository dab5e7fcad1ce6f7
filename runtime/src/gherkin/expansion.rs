//! From a document to scenarios ready to run: outlines expanded, backgrounds in front, tags
//! inherited.

use std::sync::Arc;

use super::ast::{self, GherkinDocument, KeywordType};
use crate::model::{DataTable, DocString, Scenario, Step, StepArgument, StepKeyword, Tag};

/// All scenarios of `document` in the order of the file.
///
/// Each row of an outline's examples gives one scenario, so an outline without rows gives none. A
/// scenario without steps has none from a background either.
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
            let row = Row { places: Vec::new(), tags: &[], example: None };
            let expanded = self.expand(rule, backgrounds, scenario, &row);
            self.scenarios.push(expanded);
        }
        for examples in &scenario.examples {
            let Some(header) = &examples.header else { continue };
            let marks: Vec<String> =
                header.cells.iter().map(|cell| format!("<{}>", cell.value)).collect();
            for cells in &examples.rows {
                let values = cells.cells.iter().map(|cell| cell.value.as_str());
                let row = Row {
                    places: marks.iter().map(String::as_str).zip(values).collect(),
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
                .map(|tag| Tag { name: tag.name, place: tag.position.in_file(path) })
                .collect(),
            steps: self.steps(backgrounds, scenario, row),
            place: scenario.position.in_file(path),
            example: row.example.map(|position| position.in_file(path)),
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
        let plain = Row { places: Vec::new(), tags: &[], example: None };
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
                place: table.position.in_file(path),
            })
        });
        let doc_string = step.doc_string.as_ref().map(|doc_string| {
            StepArgument::DocString(DocString {
                media_type: doc_string.media_type.as_deref().map(|text| row.fill(text)),
                content: row.fill(&doc_string.content),
                place: doc_string.position.in_file(path),
            })
        });
        let position = |argument: &StepArgument| match argument {
            StepArgument::DataTable(table) => table.place.line,
            StepArgument::DocString(doc_string) => doc_string.place.line,
        };
        let (argument, second_argument) = match (table, doc_string) {
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
            second_argument: second_argument.map(Box::new),
            place: step.position.in_file(path),
            from_background,
        }
    }
}

/// A row of examples: what stands for each placeholder.
struct Row<'d> {
    places: Vec<(&'d str, &'d str)>,
    tags: &'d [ast::Tag],
    example: Option<ast::Position>,
}

/// Bytes a text may grow to while its placeholders are filled in. Values that name later columns
/// could otherwise double it with each column.
const LONGEST_FILLED: usize = 4 << 20;

impl Row<'_> {
    /// `text` with its placeholders filled in, column by column as the official compiler does: a
    /// value may hold the placeholder of a later column.
    fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        if !self.places.is_empty() && text.contains('<') {
            for (mark, value) in &self.places {
                let count = filled.matches(mark).count();
                if count > 0 && count.saturating_mul(value.len()) <= LONGEST_FILLED {
                    filled = filled.replace(mark, value);
                }
            }
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
