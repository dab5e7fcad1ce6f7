//! The events that a runner sends to its reporters.
//!
//! A local run executes each scenario on one thread. A run across processes fills in
//! [`StepResult::per_process`], one entry for each process the step was sent to.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{
    Attachment, Failure, HookResult, Leak, LogRecord, Outcome, ProcessActivity, ResourceUsage,
    RunningScenario, Scenario, SharedOutput,
};

/// The result of one step of one scenario.
#[derive(Debug, Clone)]
pub struct StepResult {
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
    /// The captured standard output and standard error, as far as no other scenario ran meanwhile. The
    /// rest is in [`Event::SharedOutput`].
    pub output: String,
    /// The definition that matched the step, if exactly one did.
    pub definition: Option<StepMatch>,
    /// The result of each process, if the step was sent to other processes.
    pub per_process: Vec<ProcessStepResult>,
}

impl StepResult {
    /// Creates a result with nothing but an outcome: the step started at `started` and took no time.
    pub fn instant(outcome: Outcome, started: Duration) -> Self {
        Self {
            outcome,
            started,
            duration: Duration::ZERO,
            logs: Vec::new(),
            attachments: Vec::new(),
            output: String::new(),
            definition: None,
            per_process: Vec::new(),
        }
    }
}

/// A definition that matches the text of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepMatch {
    /// The pattern as written in the attribute.
    pub pattern: Cow<'static, str>,
    /// The function's name.
    pub function: Cow<'static, str>,
    /// The source file, as returned by `file!()`.
    pub file: Cow<'static, str>,
    /// The line in that file, counted from 1.
    pub line: u32,
    /// The byte range of each capture in the step's text; `None` for a group that did not match.
    pub captures: Vec<Option<Range<usize>>>,
    /// The name of the parameter that each capture is passed to; empty if it has none.
    pub parameters: Vec<Cow<'static, str>>,
}

/// The result of a step in one process.
#[derive(Debug, Clone)]
pub struct ProcessStepResult {
    /// The label of the process.
    pub process: Arc<str>,
    /// The outcome in this process.
    pub outcome: Outcome,
    /// The start in this process, as time since the start of the run.
    pub started: Duration,
    /// The duration in this process.
    pub duration: Duration,
    /// The log records of this process.
    pub logs: Vec<LogRecord>,
}

/// An event of a run.
///
/// Scenarios run in parallel, so their events interleave. `number` is the index of the scenario in
/// the order of the selection.
#[derive(Debug, Clone)]
pub enum Event {
    /// The run has started.
    RunStarted {
        /// The number of selected scenarios.
        scenarios: usize,
        /// The start; all other times of the run are relative to it.
        time: SystemTime,
    },
    /// An attempt at a scenario has started.
    ScenarioStarted {
        /// The scenario's number.
        number: usize,
        /// The number of earlier attempts in this run.
        attempt: u32,
        /// The scenario.
        scenario: Arc<Scenario>,
        /// The index of the worker thread that runs it.
        lane: usize,
        /// The start, as time since the start of the run.
        started: Duration,
    },
    /// A step has finished, or was skipped because an earlier step did not pass.
    StepFinished {
        /// The scenario's number.
        number: usize,
        /// The index of the step in the scenario.
        step: usize,
        /// The result.
        result: Arc<StepResult>,
    },
    /// A hook has finished. Hooks of steps are part of the result of their step and have no event.
    ///
    /// If the hook failed, a [`HookFailed`](Self::HookFailed) or [`RunHookFailed`](Self::RunHookFailed)
    /// reports the consequence.
    HookFinished {
        /// The scenario it ran for; `None` for a hook of a feature or of the run.
        number: Option<usize>,
        /// The result.
        result: Arc<HookResult>,
    },
    /// A hook of a scenario failed, or one of its states panicked when it was dropped. The scenario
    /// fails.
    HookFailed {
        /// The scenario's number.
        number: usize,
        /// The failure.
        failure: Arc<Failure>,
    },
    /// A hook of a feature or of the run failed, or a state panicked when it was dropped. The
    /// run fails.
    RunHookFailed {
        /// The failure.
        failure: Arc<Failure>,
    },
    /// The resource usage of a process during a scenario, if it is measured.
    ResourcesMeasured {
        /// The scenario's number.
        number: usize,
        /// The usage.
        resources: Arc<ResourceUsage>,
    },
    /// A process of a scenario has ended. Only a run across processes has this event, once for each
    /// process, before the end of the scenario.
    ProcessFinished {
        /// The scenario's number.
        number: usize,
        /// The activity of the process.
        activity: Arc<ProcessActivity>,
    },
    /// An attempt at a scenario has finished.
    ScenarioFinished {
        /// The scenario's number.
        number: usize,
        /// The duration, including the drop of its state.
        duration: Duration,
        /// True if it did not pass and is retried.
        retried: bool,
        /// True if it ended before its last step because the run was stopped.
        interrupted: bool,
    },
    /// Output was printed while several scenarios ran.
    SharedOutput(Arc<SharedOutput>),
    /// A scenario leaked resources, as checked at the end of the run.
    ResourcesLeaked(Arc<Leak>),
    /// Time has passed; live output can be updated. Comes about ten times per second.
    Tick {
        /// The time since the start of the run.
        elapsed: Duration,
        /// The scenarios that are running, in any order.
        running: Arc<[RunningScenario]>,
        /// True after a request from outside to stop the run.
        stopping: bool,
    },
    /// The run has finished.
    RunFinished {
        /// The duration.
        duration: Duration,
        /// True if the run was stopped before all scenarios had run.
        interrupted: bool,
    },
}
