//! What a runner tells its reports while it runs.
//!
//! A local run plays each scenario on one thread; a run over several processes fills in
//! [`StepResult::parts`], one for each process a step was sent to.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{Attachment, Failure, HookResult, Leak, LogRecord, Outcome, Resources, Scenario};

/// What came of one step of one scenario.
#[derive(Debug, Clone)]
pub struct StepResult {
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
    /// The definition that ran.
    pub definition: Option<StepMatch>,
    /// What each process did, where the step was sent to other processes.
    pub parts: Vec<StepPart>,
}

impl StepResult {
    /// A result without a story: the step began at `started` and took no time.
    pub fn instant(outcome: Outcome, started: Duration) -> Self {
        Self {
            outcome,
            started,
            duration: Duration::ZERO,
            logs: Vec::new(),
            attachments: Vec::new(),
            output: String::new(),
            definition: None,
            parts: Vec::new(),
        }
    }
}

/// The definition a step's text meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepMatch {
    /// The pattern as written in the attribute.
    pub pattern: Cow<'static, str>,
    /// The function's name.
    pub function: Cow<'static, str>,
    /// The source file as `file!()` gives it.
    pub file: Cow<'static, str>,
    /// The line in that file, counted from 1.
    pub line: u32,
    /// Bytes of the step's text that each capture holds; `None` for a group that took no part.
    pub captures: Vec<Option<Range<usize>>>,
}

/// What one process did with a step.
#[derive(Debug, Clone)]
pub struct StepPart {
    /// The process, as reports name it.
    pub process: Arc<str>,
    /// What came of the step there.
    pub outcome: Outcome,
    /// When the step began there, counted from the beginning of the run.
    pub started: Duration,
    /// How long it took there.
    pub duration: Duration,
    /// What it logged there.
    pub logs: Vec<LogRecord>,
}

/// A moment of a run. Scenarios run side by side, so their events interleave; `number` is the
/// scenario's number in the run, counted from 0 in the order of the selection.
#[derive(Debug, Clone)]
pub enum Event {
    /// The run begins.
    RunStarted {
        /// How many scenarios were selected.
        scenarios: usize,
        /// The time of day; all other times of the run count from here.
        time: SystemTime,
    },
    /// A scenario begins, perhaps again.
    ScenarioStarted {
        /// Its number.
        number: usize,
        /// How often it was tried before, in this run.
        attempt: u32,
        /// What will be run.
        scenario: Arc<Scenario>,
        /// The thread that plays it, counted from 0.
        lane: usize,
        /// When, counted from the beginning of the run.
        started: Duration,
    },
    /// A step ended, or was skipped because one before it did not pass.
    StepFinished {
        /// The scenario's number.
        number: usize,
        /// The step's index in the scenario, counted from 0.
        step: usize,
        /// What came of it.
        result: Arc<StepResult>,
    },
    /// A hook ended, other than one around a step, which is told with its step. What fails by it is
    /// told by a [`HookFailed`](Self::HookFailed) of its own.
    HookFinished {
        /// The scenario it ran for; `None` for a hook of a feature or of the whole run.
        number: Option<usize>,
        /// What came of it.
        result: Arc<HookResult>,
    },
    /// Something around the steps went wrong: a hook failed, or a state panicked when it was dropped.
    HookFailed {
        /// The scenario that fails by it; `None` for a hook of a feature or of the whole run.
        number: Option<usize>,
        /// What went wrong.
        failure: Arc<Failure>,
    },
    /// What a process used while the scenario was played, where that is measured.
    ResourcesMeasured {
        /// The scenario's number.
        number: usize,
        /// What was used.
        resources: Arc<Resources>,
    },
    /// A scenario ended.
    ScenarioFinished {
        /// Its number.
        number: usize,
        /// How long it took, its state's drop included.
        duration: Duration,
        /// Whether it did not pass and is tried again.
        retried: bool,
    },
    /// A scenario left something behind, as the end of the run shows.
    LeftBehind(Arc<Leak>),
    /// Nothing has happened for a while; a clock on the screen may go on.
    Waiting,
    /// The run ended.
    RunFinished {
        /// How long it took.
        duration: Duration,
        /// Whether it was stopped before every scenario had its turn.
        interrupted: bool,
    },
}
