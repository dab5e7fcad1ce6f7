//! What a runner tells its reports while it runs.

use std::sync::Arc;
use std::time::Duration;

use super::{Candidate, LogRecord, Outcome, Scenario};

/// What came of one step of one scenario.
#[derive(Debug, Clone)]
pub struct StepResult {
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took.
    pub duration: Duration,
    /// What it logged.
    pub logs: Vec<LogRecord>,
    /// The definition that ran, with what it captured.
    pub definition: Option<Candidate>,
}

/// A moment of a run. Scenarios run side by side, so their events interleave; `scenario` is the
/// scenario's number in the run, counted from 0 in the order of the selection.
#[derive(Debug, Clone)]
pub enum Event {
    /// The run begins.
    RunStarted {
        /// How many scenarios were selected.
        scenarios: usize,
    },
    /// A scenario begins.
    ScenarioStarted {
        /// Its number.
        number: usize,
        /// What will be run.
        scenario: Arc<Scenario>,
    },
    /// A step ended, or was skipped because one before it did not pass.
    StepFinished {
        /// The scenario's number.
        number: usize,
        /// The step's index in the scenario, counted from 0.
        step: usize,
        /// What came of it.
        result: Box<StepResult>,
    },
    /// A scenario ended; no more events of it follow.
    ScenarioFinished {
        /// Its number.
        number: usize,
        /// How long it took, its state's drop included.
        duration: Duration,
    },
    /// The run ended.
    RunFinished {
        /// How long it took.
        duration: Duration,
        /// Whether it was stopped before every scenario had its turn.
        interrupted: bool,
    },
}
