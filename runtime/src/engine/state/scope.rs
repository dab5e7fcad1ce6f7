//! The lifetime of a state.

/// The lifetime of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FixtureScope {
    /// Each scenario has its own value.
    Scenario,
    /// The scenarios of a feature share one value.
    Feature,
    /// All scenarios of the run share one value.
    Suite,
}

impl FixtureScope {
    /// Returns the word for it in messages.
    pub(in crate::engine) fn as_str(self) -> &'static str {
        match self {
            Self::Scenario => "scenario",
            Self::Feature => "feature",
            Self::Suite => "suite",
        }
    }
}
