//! The activity of a process during one scenario of a run across processes.

use std::sync::Arc;
use std::time::Duration;

/// The first words of a log record that shows the last messages of all processes.
pub const TRANSCRIPT_TITLE: &str = "the last messages:";

/// The activity of a process, from its start to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessActivity {
    /// The label of the process, as in [`ProcessStepResult`](super::ProcessStepResult).
    pub process: Arc<str>,
    /// The process id.
    pub pid: u32,
    /// The changes of its state, oldest first.
    pub changes: Vec<ProcessChange>,
    /// The last messages between the runner and the process, oldest first.
    pub messages: Vec<ProcessMessage>,
    /// The last lines of its standard error.
    pub stderr: Vec<StderrLine>,
}

/// A line on the standard error of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StderrLine {
    /// The time since the start of the run at which it ended.
    pub at: Duration,
    /// The text; a long one is cut.
    pub text: String,
}

/// A time in which a process did not execute steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessSpan {
    /// `starting` or `paused`.
    pub name: &'static str,
    /// The start, as time since the start of the run.
    pub start: Duration,
    /// The end.
    pub end: Duration,
}

impl ProcessActivity {
    /// Returns the times in which the process was starting or paused: each ends with the next change.
    pub fn spans(&self) -> Vec<ProcessSpan> {
        let pairs = self.changes.iter().zip(self.changes.iter().skip(1));
        let spans = pairs.filter_map(|(change, next)| {
            let name = match change.kind {
                ProcessChangeKind::Started => "starting",
                ProcessChangeKind::Paused => "paused",
                _ => return None,
            };
            Some(ProcessSpan { name, start: change.at, end: next.at })
        });
        spans.collect()
    }
}

/// A change of the state of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessChange {
    /// The time since the start of the run.
    pub at: Duration,
    /// The kind of change.
    pub kind: ProcessChangeKind,
    /// The details, such as the exit code; may be empty.
    pub detail: String,
}

/// The kind of a [`ProcessChange`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessChangeKind {
    /// The runner started it.
    Started,
    /// It responded for the first time and is initialized.
    Ready,
    /// A step paused it.
    Paused,
    /// A step or the end of the scenario resumed it.
    Resumed,
    /// The runner killed it.
    Killed,
    /// The runner asked it to crash.
    Crashed,
    /// The runner asked it to shut down.
    ShutDown,
    /// It ended.
    Exited,
}

impl ProcessChangeKind {
    /// Returns the kind as reports print it, such as `ready`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Ready => "ready",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Killed => "killed",
            Self::Crashed => "asked to crash",
            Self::ShutDown => "asked to shut down",
            Self::Exited => "exited",
        }
    }
}

/// A message between the runner and a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessMessage {
    /// The time since the start of the run.
    pub at: Duration,
    /// Whether the runner sent it; otherwise the process did.
    pub is_request: bool,
    /// The body; a long one is cut.
    pub body: String,
}
