//! What came of a hook.

use std::borrow::Cow;
use std::time::Duration;

use super::{Attachment, CodePlace, Failure, LogRecord, Outcome};

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
    /// All of them.
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

    /// A hook of this kind as reports name it, as in "hook `connect` before the scenario".
    pub fn name_of(self, function: &str) -> String {
        format!("hook `{function}` {}", self.words())
    }

    /// Whether it runs after what it surrounds.
    pub fn is_after(self) -> bool {
        matches!(self, Self::AfterAll | Self::AfterFeature | Self::AfterScenario | Self::AfterStep)
    }
}

impl HookResult {
    /// The hook as reports name it, as in "hook `connect` before the scenario".
    pub fn name(&self) -> String {
        self.kind.name_of(&self.function)
    }

    /// Whether it logged, printed or attached something.
    pub fn says_something(&self) -> bool {
        !(self.logs.is_empty() && self.output.is_empty() && self.attachments.is_empty())
    }
}

/// What came of one hook that ran.
#[derive(Debug, Clone)]
pub struct HookResult {
    /// When it runs.
    pub kind: HookKind,
    /// The function's name.
    pub function: Cow<'static, str>,
    /// Where its attribute stands.
    pub place: CodePlace,
    /// What came of it.
    pub outcome: Outcome,
    /// When it began, counted from the beginning of the run.
    pub started: Duration,
    /// How long it took.
    pub duration: Duration,
    /// What it logged.
    pub logs: Vec<LogRecord>,
    /// What it attached.
    pub attachments: Vec<Attachment>,
    /// What was printed to standard output and standard error while it ran.
    pub output: String,
    /// Why what it surrounds fails; `None` where it does not fail by it.
    pub failure: Option<Failure>,
}
