//! Scenarios ready to run: outlines are expanded, Background steps come first.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{Location, StepArgument};
use crate::text::single_line;

/// The purpose of a step. `And` and `But` inherit the keyword of the step before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepKeyword {
    /// Arranges the initial state.
    Given,
    /// Performs an action.
    When,
    /// Checks the result.
    Then,
}

impl StepKeyword {
    /// Returns the keyword in English.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Given => "Given",
            Self::When => "When",
            Self::Then => "Then",
        }
    }
}

impl fmt::Display for StepKeyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A tag and its location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The name, including the `@`.
    pub name: String,
    /// The location of the `@`.
    pub location: Location,
}

/// One step of a scenario, with placeholders replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The purpose of the step, inherited by `And` and `But`.
    ///
    /// `None` for `*` and for an `And` or `But` that follows `*` or nothing.
    pub keyword: Option<StepKeyword>,
    /// The keyword as written in the file, without the space after it.
    pub keyword_text: &'static str,
    /// The text after the keyword.
    pub text: String,
    /// The table or doc string below the step.
    pub argument: Option<StepArgument>,
    /// A second argument below the step: the doc string after a table, or the table after a doc
    /// string.
    pub extra_argument: Option<Box<StepArgument>>,
    /// The location of the keyword.
    pub location: Location,
    /// True if the step comes from a Background.
    pub from_background: bool,
}

/// A scenario ready to run (Cucumber calls this a pickle).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The name of the feature; shared by all its scenarios.
    pub feature: Arc<str>,
    /// The code of the feature's language, such as `en`.
    pub language: &'static str,
    /// The name of the rule it belongs to.
    pub rule: Option<Arc<str>>,
    /// The name, with placeholders replaced.
    pub name: String,
    /// The tags of feature, rule, scenario and examples, in that order.
    pub tags: Vec<Tag>,
    /// The steps of the Backgrounds, then those of the scenario.
    pub steps: Vec<Step>,
    /// The location of the scenario's keyword.
    pub location: Location,
    /// The location of the example row, for a row of an outline.
    pub example_row: Option<Location>,
    /// The combination of platforms that runs it, in a run across processes.
    pub combination: Option<Arc<str>>,
}

impl Scenario {
    /// Returns the name in one line: a value of an outline may contain a line break.
    pub fn one_line_name(&self) -> Cow<'_, str> {
        single_line(&self.name)
    }

    /// Returns the name in one line, with the line of the example row, such as `Too many (example at line 7)`.
    pub fn display_name(&self) -> String {
        format!("{}{}", self.one_line_name(), self.example_suffix())
    }

    /// Returns ` (example at line 7)` for a row of an outline, and an empty text otherwise.
    pub fn example_suffix(&self) -> String {
        match &self.example_row {
            Some(row) => format!(" (example at line {})", row.line),
            None => String::new(),
        }
    }

    /// Returns the location to select it by: the example row, or else the scenario's keyword.
    pub fn selectable_location(&self) -> &Location {
        self.example_row.as_ref().unwrap_or(&self.location)
    }
}
