//! The settings that all processes of one scenario share.

use std::thread;
use std::time::{Duration, Instant};

use super::connection::ProtocolChecks;
use super::debug_pause::DebugPause;
use super::keep::KeepOnFailure;
use super::last_line::LastLine;
use super::log_file::ScenarioLogs;
use super::trace::{Endpoint, TraceWriter};
use crate::harmony::plan::mode::Mode;
use crate::model::{Activity, Outcome, RunningScenario, StopFlag, Tag};
use crate::observe::ActivityBoard;

/// The interval at which a sleep checks whether the run is being stopped.
const STOP_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The settings that all processes of one scenario share.
pub(in crate::harmony) struct ScenarioContext<'a> {
    /// The number of the scenario in the order of the selection.
    pub(in crate::harmony) number: usize,
    /// What each running scenario is doing.
    pub(in crate::harmony) board: &'a ActivityBoard,
    /// The width of a transcript.
    pub(in crate::harmony) transcript_columns: usize,
    pub(in crate::harmony) mode: Mode,
    pub(in crate::harmony) checks: ProtocolChecks,
    /// The start of the run, from which the times in reports count.
    pub(in crate::harmony) run_began: Instant,
    /// The number of this scenario among those that run in parallel, from 0.
    pub(in crate::harmony) lane: usize,
    /// The scenario's name with its combination.
    pub(in crate::harmony) display_name: &'a str,
    /// The scenario's name as it is written.
    pub(in crate::harmony) name: &'a str,
    /// The number that processes take for the process id of the host, in the names of buffers.
    pub(in crate::harmony) host: u64,
    pub(in crate::harmony) feature: u64,
    /// The name of its feature.
    pub(in crate::harmony) feature_name: &'a str,
    /// The path of the file of its feature.
    pub(in crate::harmony) feature_path: &'a str,
    /// The tags of the scenario, inherited ones included.
    pub(in crate::harmony) tags: &'a [Tag],
    /// Those of its tags that are its feature's.
    pub(in crate::harmony) feature_tags: &'a [Tag],
    /// The value of the variable that tags the scenario's processes.
    pub(in crate::harmony) id: &'a str,
    pub(in crate::harmony) step_timeout: Duration,
    pub(in crate::harmony) start_timeout: Duration,
    pub(in crate::harmony) stop_timeout: Duration,
    pub(in crate::harmony) trace: Option<&'a TraceWriter>,
    pub(in crate::harmony) logs: Option<ScenarioLogs>,
    /// The last line that one of the processes printed.
    pub(in crate::harmony) printed: LastLine,
    pub(in crate::harmony) debug: Option<&'a DebugPause>,
    pub(in crate::harmony) keep: Option<&'a KeepOnFailure>,
    /// Returns whether the scenario is retried after a step with this outcome.
    pub(in crate::harmony) is_retried: &'a dyn Fn(&Outcome) -> bool,
    pub(in crate::harmony) stop: &'a StopFlag,
}

impl ScenarioContext<'_> {
    /// Returns whether the feature is announced to processes. In compat mode the number 0 means no
    /// feature: it is not announced, and no process is initialized.
    pub(in crate::harmony) fn announces_feature(&self) -> bool {
        self.mode == Mode::Strict || self.feature > 0
    }

    /// Shows what the scenario is doing.
    pub(in crate::harmony) fn show(&self, activity: Activity, limit: Duration) {
        let (number, since) = (self.number, self.run_began.elapsed());
        self.board.set(RunningScenario { number, activity, since, limit });
    }

    /// Returns the name of a process, unique among the processes of the scenarios that run in parallel.
    pub(in crate::harmony) fn name_in_lane(&self, endpoint: &Endpoint) -> String {
        self.label_in_lane(&format!("{} ({})", endpoint.process, endpoint.platform))
    }

    /// Returns the label of a process, made unique among the scenarios that run in parallel.
    pub(in crate::harmony) fn label_in_lane(&self, label: &str) -> String {
        match self.lane {
            0 => label.to_owned(),
            lane => format!("{label} #{}", lane + 1),
        }
    }

    /// Sleeps; returns false if the run was stopped meanwhile.
    pub(in crate::harmony) fn sleep(&self, time: Duration) -> bool {
        let started = Instant::now();
        loop {
            let left = time.saturating_sub(started.elapsed());
            if self.stop.is_set() {
                return false;
            }
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(STOP_POLL_INTERVAL));
        }
    }
}
