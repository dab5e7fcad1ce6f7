//! A line of the history: one run with the result of each scenario.

use serde_json::{Value, json};

use crate::report::{ScenarioRecord, ScenarioStatus};

/// The result of one scenario in one run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// Identity: the path and the name, with the example row and the combination. Lines change too often.
    pub(super) scenario: String,
    pub(super) status: Status,
    pub(super) milliseconds: f64,
}

/// The status of a scenario in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Passed,
    /// It passed after a retry.
    Flaky,
    Failed,
}

impl Status {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Passed, "passed"), (Self::Flaky, "flaky"), (Self::Failed, "failed")];

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, name)| name)
    }
}

impl Entry {
    /// Creates the entry of a scenario; `None` if it tested nothing.
    pub(super) fn of(record: &ScenarioRecord) -> Option<Self> {
        let status = match record.status() {
            ScenarioStatus::Passed => Status::Passed,
            ScenarioStatus::Flaky => Status::Flaky,
            ScenarioStatus::Failed => Status::Failed,
            ScenarioStatus::Skipped | ScenarioStatus::Interrupted => return None,
        };
        let last = record.last().map(|last| last.duration).unwrap_or_default();
        let scenario = &record.scenario;
        Some(Self {
            scenario: format!("{}: {}", scenario.location.path, scenario.display_name()),
            status,
            milliseconds: last.as_secs_f64() * 1e3,
        })
    }

    pub(super) fn to_json(&self) -> Value {
        json!([self.scenario, self.status.as_str(), self.milliseconds])
    }

    pub(super) fn from_json(value: &Value) -> Option<Self> {
        let [scenario, status, milliseconds] = value.as_array()?.as_slice() else { return None };
        let name = status.as_str()?;
        Some(Self {
            scenario: scenario.as_str()?.to_owned(),
            status: Status::ALL.iter().find(|(_, known)| *known == name)?.0,
            milliseconds: milliseconds.as_f64()?,
        })
    }
}
