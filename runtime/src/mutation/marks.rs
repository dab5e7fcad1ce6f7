//! Marks in feature files that exclude mutations, each with its reason.
//!
//! `@mutate.skip(reason)` is a tag of a scenario or feature, or a comment above a step. The comment
//! `# @mutate.equal(WHAT: reason)` above a step excludes some changes of it. WHAT is one or several of, with
//! commas between them: the changed value; the name of the change, such as `no-whens`; the words of the
//! step before the value, or around it. Above the feature it excludes the values at these words in every step.

use std::collections::HashMap;
use std::sync::Arc;

use super::change::Change;
use crate::gherkin::ast::GherkinDocument;
use crate::model::{Scenario, Step};

/// The marks of feature files.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// By file and by the line of the step below the comments.
    of_steps: HashMap<(Arc<str>, u32), Vec<Mark>>,
    /// By file: the marks above the line of the feature.
    of_files: HashMap<Arc<str>, Vec<Mark>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    /// Changed values, names of changes, and words at the value; empty for all changes.
    what: Vec<String>,
    reason: String,
}

impl Marks {
    /// Reads the comments of the documents.
    pub fn of_documents(documents: &[Arc<GherkinDocument>]) -> Self {
        let mut marks = Self::default();
        for document in documents {
            let is_comment = |line: u32| document.comments.iter().any(|c| c.position.line == line);
            let feature = document.feature.as_ref().map_or(0, |feature| feature.position.line);
            for comment in &document.comments {
                let Some(mark) = mark_of(comment.text.trim().trim_start_matches('#').trim()) else {
                    continue;
                };
                let mut line = comment.position.line;
                if line < feature {
                    marks.of_files.entry(Arc::clone(&document.path)).or_default().push(mark);
                    continue;
                }
                while is_comment(line) {
                    line += 1;
                }
                marks.of_steps.entry((Arc::clone(&document.path), line)).or_default().push(mark);
            }
        }
        marks
    }

    /// Returns the reason why no mutation of this scenario counts, if a tag excludes it.
    pub(super) fn reason_for_scenario(scenario: &Scenario) -> Option<String> {
        scenario.tags.iter().find_map(|tag| {
            if tag.name == "@mutate.skip" {
                return Some("no reason given".to_owned());
            }
            mark_of(&tag.name).filter(|mark| mark.what.is_empty()).map(|mark| mark.reason)
        })
    }

    /// Returns the reason why this change of the step does not count, if a comment excludes it.
    pub(super) fn reason_for(&self, step: &Step, change: &Change) -> Option<String> {
        let key = (Arc::clone(&step.location.path), step.location.line);
        let covers = |what: &String| is_at(what, step, change);
        let of_step = self.of_steps.get(&key).into_iter().flatten().filter(|mark| {
            let applies = |what: &String| is_of(what, change) || covers(what);
            mark.what.is_empty() || mark.what.iter().any(applies)
        });
        let of_file = self.of_files.get(&step.location.path).into_iter().flatten();
        let of_file = of_file.filter(|mark| mark.what.is_empty() || mark.what.iter().any(covers));
        of_step.chain(of_file).next().map(|mark| mark.reason.clone())
    }
}

/// Returns true if `what` is the changed value or the name of the change.
fn is_of(what: &str, change: &Change) -> bool {
    what == change.name()
        || matches!(change, Change::Value { to, .. } if to.iter().all(|value| value == what))
}

/// Returns true if `what` is a part of the step's text that contains the changed value or ends before it.
fn is_at(what: &str, step: &Step, change: &Change) -> bool {
    let Change::Value { range, .. } = change else { return false };
    step.text.match_indices(what).any(|(start, found)| {
        let end = start + found.len();
        let is_around = start <= range.start && range.end <= end;
        let is_before = end <= range.start
            && step.text[end..range.start].chars().all(|c| matches!(c, ' ' | '\'' | '"'));
        is_around || is_before
    })
}

/// Parses `@mutate.skip(reason)` and `@mutate.equal(WHAT: reason)`.
fn mark_of(text: &str) -> Option<Mark> {
    let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(reason) = inside("@mutate.skip") {
        return Some(Mark { what: Vec::new(), reason: reason.trim().to_owned() });
    }
    let (what, reason) = inside("@mutate.equal")?.split_once(':')?;
    let what = what.split(',').map(|what| what.trim().to_owned()).collect();
    Some(Mark { what, reason: reason.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gherkin;

    fn marks(text: &str) -> (Marks, Scenario) {
        let document = Arc::new(gherkin::parse("m.feature", text).unwrap());
        let scenario = gherkin::scenarios(&document).remove(0);
        (Marks::of_documents(&[document]), scenario)
    }

    #[test]
    fn comment_excludes_the_step_below_it() {
        let (marks, scenario) = marks(
            "Feature: f\n Scenario: s\n  # @mutate.skip(no clock here)\n  # more\n  Given a\n  Given b\n",
        );
        let reason = |step: usize| marks.reason_for(&scenario.steps[step], &Change::LeaveOut);
        assert_eq!((reason(0).as_deref(), reason(1)), (Some("no clock here"), None));
    }

    #[test]
    fn equal_mark_excludes_one_change_only() {
        let (marks, scenario) = marks(
            "Feature: f\n Scenario: s\n  # @mutate.equal(6: at least 5)\n  Then at least 5\n",
        );
        let value =
            |to: &str| Change::Value { range: 9..10, from: "5".into(), to: vec![to.into()] };
        let reason = |change: &Change| marks.reason_for(&scenario.steps[0], change);
        assert_eq!(reason(&value("6")).as_deref(), Some("at least 5"));
        assert_eq!((reason(&value("0")), reason(&Change::LeaveOutWhens)), (None, None));
    }

    #[test]
    fn mark_above_the_feature_excludes_values_in_that_text() {
        let (marks, scenario) = marks(
            "# @mutate.equal(size: any size)\nFeature: f\n Scenario: s\n  Given size '64' of '64'\n",
        );
        let value = |start: usize| Change::Value {
            range: start..start + 2,
            from: "64".into(),
            to: vec!["65".into()],
        };
        let reason = |change: &Change| marks.reason_for(&scenario.steps[0], change);
        assert_eq!(reason(&value(6)).as_deref(), Some("any size"));
        assert_eq!((reason(&value(14)), reason(&Change::LeaveOut)), (None, None));
    }

    #[test]
    fn one_mark_excludes_several_changes() {
        let (marks, scenario) = marks(
            "Feature: f\n Scenario: s\n  # @mutate.equal(no-whens, seen-to-fail: always true)\n  Then a\n",
        );
        let reason = |change: &Change| marks.reason_for(&scenario.steps[0], change);
        assert_eq!(reason(&Change::LeaveOutWhens), reason(&Change::SeenToFail));
        assert_eq!(reason(&Change::LeaveOut), None);
    }

    #[test]
    fn tag_excludes_the_scenario() {
        let (_, scenario) = marks("Feature: f\n @mutate.skip(timing)\n Scenario: s\n  Given a\n");
        assert_eq!(Marks::reason_for_scenario(&scenario).as_deref(), Some("timing"));
    }
}
