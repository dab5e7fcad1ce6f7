//! Hooks and their results.

use std::borrow::Cow;
use std::time::Duration;

use super::{Attachment, Failure, LogRecord, Outcome, SourceLocation};

/// The point of a run at which a hook runs.
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
    /// After the last step of a scenario, whatever its outcome.
    AfterScenario,
    /// Before a step that has a definition.
    BeforeStep,
    /// After a step that has a definition, whatever its outcome.
    AfterStep,
}

/// The side of a run, a feature, a scenario or a step on which a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookSide {
    /// Before it.
    Before,
    /// After it.
    After,
}

impl HookKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::BeforeAll,
        Self::AfterAll,
        Self::BeforeFeature,
        Self::AfterFeature,
        Self::BeforeScenario,
        Self::AfterScenario,
        Self::BeforeStep,
        Self::AfterStep,
    ];

    /// Returns a description such as "before the scenario".
    pub fn description(self) -> &'static str {
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

    /// Returns the name of a hook of this kind in reports, such as "hook `connect` before the scenario".
    pub fn describe(self, function: &str) -> String {
        format!("hook `{function}` {}", self.description())
    }

    /// Returns whether the hook runs after the run, feature, scenario or step.
    pub fn is_after(self) -> bool {
        self.side() == HookSide::After
    }

    /// Returns the side of its scope on which the hook runs.
    pub fn side(self) -> HookSide {
        match self {
            Self::BeforeAll | Self::BeforeFeature | Self::BeforeScenario | Self::BeforeStep => {
                HookSide::Before
            }
            Self::AfterAll | Self::AfterFeature | Self::AfterScenario | Self::AfterStep => {
                HookSide::After
            }
        }
    }
}

impl HookResult {
    /// Returns the name of the hook in reports, such as "hook `connect` before the scenario".
    pub fn name(&self) -> String {
        self.kind.describe(&self.function)
    }

    /// Returns whether the hook logged, printed or attached something.
    pub fn has_output(&self) -> bool {
        !(self.logs.is_empty() && self.output.is_empty() && self.attachments.is_empty())
    }
}

/// The result of one hook.
#[derive(Debug, Clone)]
pub struct HookResult {
    /// The kind of hook.
    pub kind: HookKind,
    /// The name of the function.
    pub function: Cow<'static, str>,
    /// The location of its attribute.
    pub location: SourceLocation,
    /// The outcome.
    pub outcome: Outcome,
    /// The start, as time since the start of the run.
    pub started: Duration,
    /// The duration.
    pub duration: Duration,
    /// The log records it wrote.
    pub logs: Vec<LogRecord>,
    /// The attachments it added.
    pub attachments: Vec<Attachment>,
    /// The captured standard output and standard error.
    pub output: String,
    /// The failure of the scenario, feature or run, if the hook made it fail.
    pub failure: Option<Failure>,
}
