//! The scenarios of a feature file as the reference runner sees them.

use std::sync::Arc;

use super::step_text::english_keyword;
use crate::gherkin::ast::{GherkinDocument, Step as WrittenStep};
use crate::model::{DataTable, DocString, Scenario, Step, StepArgument, StepKeyword, Tag};

/// Returns the scenarios as the reference runner sees them: without rules, with outlines as they are
/// written, with their own tags alone, and with step types by the English keywords.
pub fn compat_scenarios(document: &GherkinDocument) -> Vec<Scenario> {
    let Some(feature) = &document.feature else { return Vec::new() };
    let path = &document.path;
    let background = feature.background.as_ref().map_or(&[][..], |b| &b.steps);
    feature
        .scenarios
        .iter()
        .map(|scenario| {
            let mut steps = block(background, true, path);
            steps.extend(block(&scenario.steps, false, path));
            let tag = |t: &crate::gherkin::ast::Tag| Tag {
                name: t.name.clone(),
                location: t.position.in_file(path),
            };
            Scenario {
                feature: Arc::clone(&feature.name),
                language: feature.language,
                rule: None,
                name: scenario.name.clone(),
                tags: scenario.tags.iter().map(tag).collect(),
                steps,
                location: scenario.position.in_file(path),
                example_row: None,
                combination: None,
            }
        })
        .collect()
}

fn block(steps: &[WrittenStep], from_background: bool, path: &Arc<str>) -> Vec<Step> {
    let mut keyword = StepKeyword::Given;
    steps
        .iter()
        .map(|step| {
            keyword = english_keyword(step.keyword).unwrap_or(keyword);
            let table = step.data_table.as_ref().map(|table| {
                let rows = table.rows.iter();
                StepArgument::DataTable(DataTable {
                    rows: rows.map(|r| r.cells.iter().map(|c| c.value.clone()).collect()).collect(),
                    location: table.position.in_file(path),
                })
            });
            let doc_string = step.doc_string.as_ref().map(|doc| {
                StepArgument::DocString(DocString {
                    media_type: doc.media_type.clone(),
                    content: doc.content.clone(),
                    location: doc.position.in_file(path),
                })
            });
            let mut arguments = [table, doc_string].into_iter().flatten();
            Step {
                keyword: Some(keyword),
                keyword_text: step.keyword.trim_end(),
                text: step.text.clone(),
                argument: arguments.next(),
                extra_argument: arguments.next().map(Box::new),
                location: step.position.in_file(path),
                from_background,
            }
        })
        .collect()
}
