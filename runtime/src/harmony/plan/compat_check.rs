//! Parts of feature files that compat mode reads otherwise than they are written.

use super::step_text::english_keyword;
use crate::gherkin::ast::{GherkinDocument, KeywordType};
use crate::model::Location;

/// A part of a feature file that compat mode reads otherwise than it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompatFinding {
    /// The kind of the part.
    pub kind: CompatFindingKind,
    /// The part.
    pub location: Location,
}

/// A kind of part that compat mode reads otherwise than it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompatFindingKind {
    /// An outline: it runs once, with its placeholders.
    Outline,
    /// A rule: its scenarios do not run.
    Rule,
    /// A keyword that is not English: the step is sent with the type of the step before it.
    Keyword,
}

impl CompatFindingKind {
    /// Returns the finding as a sentence.
    pub fn message(self) -> &'static str {
        match self {
            Self::Outline => "compat mode runs an outline once, with its placeholders",
            Self::Rule => "compat mode does not run the scenarios of a rule",
            Self::Keyword => {
                "compat mode knows the English keywords alone: this step is sent with the type of the \
                 step before it"
            }
        }
    }
}

/// Finds the parts of a feature file that compat mode reads otherwise than they are written; of the
/// keywords the first.
pub fn compat_findings(document: &GherkinDocument) -> Vec<CompatFinding> {
    let Some(feature) = &document.feature else { return Vec::new() };
    let path = &document.path;
    let mut findings = Vec::new();
    let outlines = feature.scenarios.iter().filter(|scenario| !scenario.examples.is_empty());
    findings.extend(outlines.map(|outline| CompatFinding {
        kind: CompatFindingKind::Outline,
        location: outline.position.in_file(path),
    }));
    findings.extend(feature.rules.iter().map(|rule| CompatFinding {
        kind: CompatFindingKind::Rule,
        location: rule.position.in_file(path),
    }));
    let background = feature.background.iter().flat_map(|background| &background.steps);
    let mut steps = background.chain(feature.scenarios.iter().flat_map(|s| &s.steps));
    let is_foreign = |keyword: &str, kind| {
        matches!(kind, KeywordType::Action | KeywordType::Outcome | KeywordType::Context)
            && english_keyword(keyword).is_none()
    };
    if let Some(step) = steps.find(|step| is_foreign(step.keyword, step.keyword_type)) {
        findings.push(CompatFinding {
            kind: CompatFindingKind::Keyword,
            location: step.position.in_file(path),
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::CompatFindingKind::{Keyword, Outline, Rule};
    use super::*;
    use crate::gherkin;

    fn found(text: &str) -> Vec<(CompatFindingKind, u32)> {
        let document = gherkin::parse("t.feature", text).unwrap();
        compat_findings(&document).into_iter().map(|f| (f.kind, f.location.line)).collect()
    }

    #[test]
    fn outlines_and_rules_are_found() {
        let text = "Feature: f\nScenario: s\nGiven x\nScenario Outline: o\nGiven <x>\nExamples:\n\
                    |x|\n|1|\nRule: r\nScenario: in\nGiven y";
        assert_eq!(found(text), [(Outline, 4), (Rule, 9)]);
    }

    #[test]
    fn the_first_keyword_of_another_language_is_found() {
        let text = "# language: de\nFunktionalität: f\nSzenario: s\n* x\nWenn y\nDann z";
        assert_eq!(found(text), [(Keyword, 5)]);
        assert_eq!(found("Feature: f\nScenario: s\nWhen x\nAnd y"), []);
    }
}
