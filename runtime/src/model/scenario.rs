//! A scenario ready to run: outlines expanded, Background steps in front.

use std::fmt;
use std::sync::Arc;

use super::{Place, StepArgument};

/// What a step is for. `And` and `But` take the keyword before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepKeyword {
    /// Arranges what the scenario starts from.
    Given,
    /// Acts on it.
    When,
    /// Checks what came of it.
    Then,
}

impl StepKeyword {
    /// The keyword in English.
    pub fn word(self) -> &'static str {
        match self {
            Self::Given => "Given",
            Self::When => "When",
            Self::Then => "Then",
        }
    }
}

impl fmt::Display for StepKeyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A tag with the place it stands at; the name keeps its `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The tag's text, `@` included.
    pub name: String,
    /// Where the `@` stands.
    pub place: Place,
}

/// One step of a scenario, placeholders already filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What the step is for, inherited by `And` and `But`.
    /// `None` for `*`, which can be any, and for an `And` or `But` that follows `*` or nothing.
    pub keyword: Option<StepKeyword>,
    /// The keyword as the file spells it, without the blank after it.
    pub keyword_text: &'static str,
    /// The text after the keyword.
    pub text: String,
    /// The table or doc string below the step.
    pub argument: Option<StepArgument>,
    /// What follows the argument below the step: the doc string after a table, the table after a
    /// doc string.
    pub second_argument: Option<Box<StepArgument>>,
    /// Where the keyword stands.
    pub place: Place,
    /// Whether the step comes from a Background.
    pub from_background: bool,
}

/// A scenario ready to run (Cucumber calls this a pickle).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Name of the feature it belongs to; shared by all its scenarios.
    pub feature: Arc<str>,
    /// Code of the language the feature is written in, such as `en`.
    pub language: &'static str,
    /// Name of the rule it belongs to.
    pub rule: Option<Arc<str>>,
    /// Its name, placeholders filled in.
    pub name: String,
    /// Tags of feature, rule, scenario and examples, in that order.
    pub tags: Vec<Tag>,
    /// Background steps first, then its own.
    pub steps: Vec<Step>,
    /// Where the keyword of the scenario stands.
    pub place: Place,
    /// For a row of an outline: where that row stands.
    pub example: Option<Place>,
}
