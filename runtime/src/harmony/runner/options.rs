//! The options of a run.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::chaos::FaultCounts;
use crate::harmony::plan::mode::Mode;
use crate::harmony::process::debug_pause::DebugPause;
use crate::harmony::process::keep::KeepOnFailure;
use crate::harmony::process::log_file::LogFolder;
use crate::harmony::process::trace::TraceWriter;
use crate::harmony::process::transcript::WIDE_COLUMNS;
use crate::model::{StopFlag, Tag};
use crate::schedule::ScheduleOptions;

const SCENARIOS_PER_CORE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// The options of a run.
#[derive(Clone)]
pub struct RunnerOptions {
    /// The rules that the run follows.
    pub mode: Mode,
    /// Warns of a serve that breaks a rule of the reference runner, instead of failing the step: for those
    /// who are writing a serve.
    pub lenient: bool,
    /// The number of scenarios that run in parallel; each has a process for every role. In compat mode
    /// scenarios of one feature do not overlap, since they share the names of their buffers.
    pub jobs: NonZeroUsize,
    /// The time limit of a step unless its platform has one. A little more than the 30 s of a serve, so
    /// that the serve's own result arrives.
    pub step_timeout: Duration,
    /// The time that a process has from its start to its first response.
    pub start_timeout: Duration,
    /// The time that a process has to end when it is asked to; then it is killed.
    pub stop_timeout: Duration,
    /// In compat mode: the time that the runner sleeps after each process it started.
    pub start_delay: Duration,
    /// When and how often scenarios run. In compat mode, and under faults, none is retried.
    pub schedule: ScheduleOptions,
    /// Starts no scenario after one that failed.
    pub fail_fast: bool,
    /// The tags of each feature, by the path of its file; only hooks in serve processes use them.
    pub feature_tags: HashMap<Arc<str>, Vec<Tag>>,
    /// Measures the resources of each process, and reports files that scenarios leave in /dev/shm.
    pub resources: bool,
    /// Kills all children of this process at the end that were not there at its begin: processes that a
    /// serve started and hid. Only for a process that starts no others meanwhile.
    pub kills_orphans: bool,
    /// Counts the faults of scenarios with a fault plan.
    pub fault_counts: FaultCounts,
    /// The writer of the messages of all processes.
    pub trace: Option<TraceWriter>,
    /// The folder for a log file of each process.
    pub logs: Option<LogFolder>,
    /// The wait for a debugger in the processes of one role. Scenarios then run one at a time.
    pub debug: Option<Arc<DebugPause>>,
    /// Keeps the processes and the buffers of the first scenario that fails.
    pub keep: Option<Arc<KeepOnFailure>>,
    /// The width of the last messages of a failure, in columns.
    pub transcript_columns: usize,
    /// Ends the run at once when it is set.
    pub stop: StopFlag,
}

impl Default for RunnerOptions {
    /// Returns four scenarios in parallel for each core, since their processes mostly wait for each
    /// other; 35 s for a step, 30 s to start, 3 s to end.
    fn default() -> Self {
        Self {
            mode: Mode::Strict,
            lenient: false,
            jobs: thread::available_parallelism()
                .map_or(NonZeroUsize::MIN, |n| n.saturating_mul(SCENARIOS_PER_CORE)),
            step_timeout: Duration::from_secs(35),
            start_timeout: Duration::from_secs(30),
            stop_timeout: Duration::from_secs(3),
            start_delay: Duration::from_secs(1),
            schedule: ScheduleOptions::default(),
            fail_fast: false,
            feature_tags: HashMap::new(),
            resources: false,
            kills_orphans: false,
            fault_counts: FaultCounts::default(),
            trace: None,
            logs: None,
            debug: None,
            keep: None,
            transcript_columns: WIDE_COLUMNS,
            stop: StopFlag::default(),
        }
    }
}

impl fmt::Debug for RunnerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunnerOptions")
            .field("mode", &self.mode)
            .field("jobs", &self.jobs)
            .finish_non_exhaustive()
    }
}
