//! A scenario that is known before the run.

use std::sync::Arc;

use super::pickles::PickleIds;
use super::test_case::TestCaseIds;
use crate::model::Scenario;
use crate::report::ScenarioRecord;

/// A scenario that is known before the run, with the ids of what was written about it.
#[derive(Debug)]
pub(super) struct PlannedScenario {
    pub(super) scenario: Arc<Scenario>,
    pub(super) pickle: Option<Arc<PickleIds>>,
    pub(super) case: Option<Arc<TestCaseIds>>,
}

impl PlannedScenario {
    /// Creates a scenario about which nothing was written.
    pub(super) fn new(scenario: Arc<Scenario>) -> Self {
        Self { scenario, pickle: None, case: None }
    }

    /// Returns whether a record is that of this scenario.
    pub(super) fn is_of(&self, record: &ScenarioRecord) -> bool {
        let (planned, finished) = (&self.scenario, &record.scenario);
        Arc::ptr_eq(planned, finished)
            || (planned.location == finished.location
                && planned.example_row == finished.example_row
                && planned.combination == finished.combination)
    }
}
