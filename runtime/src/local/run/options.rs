//! Options of a run.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::output_capture::OutputCapture;
use crate::engine::TokioFlavor;
use crate::model::{StopFlag, Tag};
use crate::schedule::ScheduleOptions;

/// Where scenarios run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Isolation {
    /// On threads of one process.
    #[default]
    Thread,
    /// In processes, one for each job.
    Process,
}

/// Options of a run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Number of scenarios that run in parallel.
    pub jobs: NonZeroUsize,
    /// Where scenarios run. Processes need a program that can be started again with its arguments.
    pub isolation: Isolation,
    /// The timeout of a step whose definition has none.
    pub step_timeout: Duration,
    /// The longest time that a step of each scenario may take, by the number of the scenario, also if
    /// its definition has a longer timeout. Scenarios behind the last one have no such limit.
    pub max_step_times: Vec<Option<Duration>>,
    /// Kind of the async runtime of scenarios whose tags ask for none.
    pub tokio_flavor: TokioFlavor,
    /// When and how often scenarios run.
    pub schedule: ScheduleOptions,
    /// Stops the run after the first scenario that fails.
    pub fail_fast: bool,
    /// Looks up every step without running it.
    pub dry_run: bool,
    /// The tags of each feature, by the path of its file, for the hooks of features.
    pub feature_tags: HashMap<Arc<str>, Vec<Tag>>,
    /// Records the captures of every step; otherwise only of steps that did not pass.
    pub record_captures: bool,
    /// Measures the resources that each scenario uses; implies one scenario at a time.
    pub measure_resources: bool,
    /// The capture of the steps' output, if it is captured.
    pub output_capture: Option<OutputCapture>,
    /// Stops the run from outside.
    pub stop: StopFlag,
}

impl Default for RunOptions {
    /// Returns options for one scenario per core at a time, 30 s for each step and no retries.
    fn default() -> Self {
        Self {
            jobs: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            isolation: Isolation::default(),
            step_timeout: Duration::from_secs(30),
            max_step_times: Vec::new(),
            tokio_flavor: TokioFlavor::default(),
            schedule: ScheduleOptions::default(),
            fail_fast: false,
            dry_run: false,
            feature_tags: HashMap::new(),
            record_captures: false,
            measure_resources: false,
            output_capture: None,
            stop: StopFlag::default(),
        }
    }
}
