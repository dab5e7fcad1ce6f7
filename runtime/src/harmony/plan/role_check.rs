//! Roles that are probably misspelt: a run starts an additional process for them.

use std::sync::Arc;

use super::mode::Mode;
use super::step_text::named_process;
use crate::model::{Location, Scenario};
use crate::text::edit_distance;

/// A role that one step alone names and that resembles a role that others name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspiciousRole {
    /// The role.
    pub role: String,
    /// The role that may be meant.
    pub similar: String,
    /// The step that names the role.
    pub location: Location,
}

/// Finds roles that are probably misspelt, among all roles of these scenarios, in the order of their
/// steps. Rows of one outline count as one step.
pub fn suspicious_roles(scenarios: &[Arc<Scenario>], mode: Mode) -> Vec<SuspiciousRole> {
    // Each role with the first step that names it and the number of such steps.
    let mut roles: Vec<(String, &Location, usize)> = Vec::new();
    let mut counted: Vec<&Location> = Vec::new();
    for step in scenarios.iter().flat_map(|scenario| &scenario.steps) {
        let Some(target) = named_process(&step.text, mode) else { continue };
        let Some(role) = target.role() else { continue };
        if counted.contains(&&step.location) {
            continue;
        }
        counted.push(&step.location);
        match roles.iter_mut().find(|(known, ..)| known == role) {
            Some((.., count)) => *count += 1,
            None => roles.push((role.to_owned(), &step.location, 1)),
        }
    }
    let once = roles.iter().filter(|(.., count)| *count == 1);
    once.filter_map(|(role, location, _)| {
        let twins = roles.iter().filter(|(known, _, count)| *count > 1 && are_near(known, role));
        let (similar, ..) = twins.max_by_key(|(.., count)| *count)?;
        Some(SuspiciousRole {
            role: role.clone(),
            similar: similar.clone(),
            location: (*location).clone(),
        })
    })
    .collect()
}

/// Returns whether one role may be a misspelling of the other: other capitals, or a letter or two in
/// longer words. Numbers at the end distinguish roles.
pub(super) fn are_near(one: &str, other: &str) -> bool {
    let words = |role: &str| -> Vec<char> { role.to_lowercase().chars().collect() };
    let number = |role: &str| role.chars().rev().find(char::is_ascii_digit);
    let (a, b) = (words(one), words(other));
    let limit = match a.len().min(b.len()) {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    };
    number(one) == number(other) && edit_distance(&a, &b, limit).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gherkin;

    fn found(steps: &str) -> Vec<(String, String, u32)> {
        let text = format!("Feature: f\nScenario: s\n{steps}");
        let document = gherkin::parse("t.feature", &text).unwrap();
        let scenarios: Vec<_> = gherkin::scenarios(&document).into_iter().map(Arc::new).collect();
        let roles = suspicious_roles(&scenarios, Mode::Strict);
        roles.into_iter().map(|found| (found.role, found.similar, found.location.line)).collect()
    }

    #[test]
    fn a_role_that_is_used_once_beside_a_near_one_is_suspicious() {
        let steps = "Given the 'reader' process opens\nAnd the 'writer' process opens\n\
                     When the 'raeder' process reads\nThen the 'reader' process is well\n\
                     And the 'Writer' process writes\nAnd the 'writer' process ends";
        assert_eq!(
            found(steps),
            [("raeder".into(), "reader".into(), 5), ("Writer".into(), "writer".into(), 7)]
        );
    }

    #[test]
    fn distinct_roles_are_not_suspicious() {
        let steps = "Given the 'reader' process opens\nAnd the 'reader' process waits\n\
                     When the 'writer' process opens\nAnd the 'reader2' process opens\n\
                     And the 'a' process opens\nAnd the 'b' process opens\nAnd the 'b' process ends";
        assert_eq!(found(steps), []);
    }

    #[test]
    fn the_rows_of_an_outline_are_one_step() {
        let text = "Feature: f\nScenario: s\nGiven the 'reader' process opens\n\
                    And the 'reader' process waits\nScenario Outline: o\n\
                    Given the 'raeder' process reads <n>\nExamples:\n|n|\n|1|\n|2|";
        let document = gherkin::parse("t.feature", text).unwrap();
        let scenarios: Vec<_> = gherkin::scenarios(&document).into_iter().map(Arc::new).collect();
        assert_eq!(suspicious_roles(&scenarios, Mode::Strict).len(), 1);
    }
}
