//! The part of a scenario that runs at a moment, for live output.

use std::sync::Arc;
use std::time::Duration;

/// A scenario that is running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningScenario {
    /// The index of the scenario in the order of the selection.
    pub number: usize,
    /// The part that runs.
    pub activity: Activity,
    /// The start of that part, as time since the start of the run.
    pub since: Duration,
    /// The timeout of that part.
    pub limit: Duration,
}

/// A part of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activity {
    /// The step with this index.
    Step(usize),
    /// Hooks, or the creation or drop of states.
    Hooks,
    /// The start of processes.
    Starting {
        /// Their labels, such as `reader (rust), writer (python)`.
        processes: Arc<str>,
        /// The last line that one of them printed on standard error.
        printed: Option<Arc<str>>,
    },
}
