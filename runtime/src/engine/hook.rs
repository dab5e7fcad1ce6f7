//! What `#[before_scenario]` and its kin register.

use super::{Body, StateNeed};
use crate::model::{CodePlace, Failure};

/// When a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookKind {
    /// Before the first feature.
    BeforeAll,
    /// After the last feature.
    AfterAll,
    /// Before the first scenario of a feature.
    BeforeFeature,
    /// After the last scenario of a feature.
    AfterFeature,
    /// Before the first step of a scenario.
    BeforeScenario,
    /// After the last step of a scenario, however it ended.
    AfterScenario,
    /// Before a step that has a definition.
    BeforeStep,
    /// After such a step, however it ended.
    AfterStep,
}

impl HookKind {
    /// What it surrounds and from which side, as in "before the scenario".
    pub fn words(self) -> &'static str {
        match self {
            Self::BeforeAll => "before all",
            Self::AfterAll => "after all",
            Self::BeforeFeature => "before the feature",
            Self::AfterFeature => "after the feature",
            Self::BeforeScenario => "before the scenario",
            Self::AfterScenario => "after the scenario",
            Self::BeforeStep => "before the step",
            Self::AfterStep => "after the step",
        }
    }

    /// Whether it runs after what it surrounds.
    pub fn is_after(self) -> bool {
        matches!(self, Self::AfterAll | Self::AfterFeature | Self::AfterScenario | Self::AfterStep)
    }
}

/// One part of a tag filter, written with the operators behind their operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagTerm {
    /// Whether the tag is there; the name keeps its `@`.
    Tag(&'static str),
    /// Turns the last value around.
    Not,
    /// Whether the last two are both true.
    And,
    /// Whether one of the last two is.
    Or,
}

/// One hook function.
#[derive(Debug)]
pub struct HookDefinition {
    /// When it runs.
    pub kind: HookKind,
    /// Hooks with a smaller number run first before, and last after.
    pub order: i32,
    /// Which tags it runs for; empty for all.
    pub tags: &'static [TagTerm],
    /// Its deadline in ms; the runner's default where `None`.
    pub timeout_ms: Option<u64>,
    /// The function's name.
    pub function: &'static str,
    /// `module_path!()` of the function.
    pub module: &'static str,
    /// `file!()` of the attribute.
    pub file: &'static str,
    /// `line!()` of the attribute.
    pub line: u32,
    /// The states the function takes.
    pub states: &'static [StateNeed],
    /// What runs.
    pub body: Body,
}

impl HookDefinition {
    /// Where the hook stands.
    pub fn place(&self) -> CodePlace {
        CodePlace { file: self.file.to_owned(), line: self.line }
    }

    /// The failure of this hook for that reason.
    pub(super) fn failure(&self, reason: Failure) -> Failure {
        let Self { kind, function, .. } = self;
        let place = self.place();
        let message = format!("hook `{function}` {} ({place}): {}", kind.words(), reason.message);
        Failure { message, ..reason }
    }

    /// Whether it runs for what carries these tags.
    pub fn applies_to<'a>(&self, tags: impl Iterator<Item = &'a str> + Clone) -> bool {
        let mut values = Vec::new();
        for term in self.tags {
            let value = match term {
                TagTerm::Tag(name) => tags.clone().any(|tag| tag == *name),
                TagTerm::Not => !values.pop().unwrap_or(true),
                TagTerm::And | TagTerm::Or => {
                    let (right, left) =
                        (values.pop().unwrap_or(true), values.pop().unwrap_or(true));
                    if *term == TagTerm::And { left && right } else { left || right }
                }
            };
            values.push(value);
        }
        values.pop().unwrap_or(true)
    }
}

inventory::collect!(HookDefinition);
