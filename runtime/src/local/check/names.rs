//! Scenarios with the same name, in a file or in files whose features have the same name.
//!
//! Readers of reports identify a test by its feature and its name.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Finding, FindingKind};
use crate::gherkin::ast::{GherkinDocument, Scenario};

pub(super) fn findings(documents: &[Arc<GherkinDocument>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut first_in: HashMap<(&str, &str), (&GherkinDocument, &Scenario)> = HashMap::new();
    for document in documents {
        let Some(feature) = &document.feature else { continue };
        let rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
        for scenario in feature.scenarios.iter().chain(rules) {
            if scenario.name.is_empty() {
                continue;
            }
            let key = (&*feature.name, scenario.name.as_str());
            let (first_document, first) = *first_in.entry(key).or_insert((document, scenario));
            if std::ptr::eq(first, scenario) {
                continue;
            }
            findings.push(Finding {
                kind: FindingKind::DuplicateName,
                message: format!("a second scenario with the name {:?}", scenario.name),
                path: document.path.to_string(),
                line: scenario.position.line,
                column: scenario.position.column,
                notes: vec![format!(
                    "the first is at {}:{}",
                    first_document.path, first.position.line
                )],
                snippet: None,
            });
        }
    }
    findings
}
