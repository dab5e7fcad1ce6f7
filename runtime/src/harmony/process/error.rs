//! The errors of the processes of a scenario.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::exit::Exit;
use crate::harmony::plan::label::ProcessLabel;
use crate::model::Location;

/// The reason why something was not awaited to its end.
pub(in crate::harmony) const STOPPED: &str = "the run was stopped";

/// What a process did with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::harmony) enum Conduct {
    /// It responded, with a result or an error.
    Responded,
    /// It did not respond in time.
    Silent,
    /// It ended, or closed its output.
    Died,
    /// It wrote something that is not a response.
    Invalid,
    /// No request was sent, or its response was not awaited.
    NotAsked,
}

/// The reason why a process cannot do what a step needs.
#[derive(Debug, Clone, thiserror::Error)]
pub(in crate::harmony) enum ProcessError {
    /// The system did not start the program.
    #[error(
        "the '{process}' process ({platform}) cannot be started: {executable}: {reason}",
        executable = .executable.display()
    )]
    NotStarted {
        process: ProcessLabel,
        platform: String,
        executable: PathBuf,
        reason: Arc<io::Error>,
    },
    /// The combination has no platform for the role.
    #[error("no platform is assigned to role '{0}'")]
    NoPlatform(String),
    /// No process was started under this label.
    #[error("no such process: '{0}'")]
    Unknown(ProcessLabel),
    /// The same, in the words of the reference runner.
    #[error("No connection for process '{0}'")]
    NoConnection(ProcessLabel),
    /// A step ended the process.
    #[error(
        "the '{process}' process has exited ({exit}): it was {how} at {location}; use \
         \"a new '{process}' process …\" to start another"
    )]
    Ended { process: ProcessLabel, exit: Exit, how: &'static str, location: Location },
    /// The same, in the words of the reference runner.
    #[error("Cannot access a disposed object: the '{0}' process was stopped")]
    Disposed(ProcessLabel),
    /// There was no response to the health request.
    #[error("not healthy: {0}")]
    NoHealth(Box<ProcessError>),
    /// The response to the health request was not `true`.
    #[error("Process {role} health check failed: {process} responded {response}")]
    Unhealthy { role: String, process: String, response: String },
    /// The process could not be initialized.
    #[error("Failed to initialize servo process '{role}': {reason}")]
    NotInitialized { role: String, conduct: Conduct, reason: String },
    /// A request failed.
    #[error("{reason}")]
    Call { conduct: Conduct, reason: String },
    /// A request to end the process failed, in the words of the reference runner.
    #[error("Failed to {action} process '{process}': {reason}")]
    NotEnded { action: &'static str, process: ProcessLabel, reason: Box<ProcessError> },
    /// The process responded to the shutdown request and did not exit.
    #[error("{process} did not exit within {limit_ms} ms of shutdown")]
    StillRunning { process: String, limit_ms: u128 },
    /// The process did not exit after SIGKILL.
    #[error("{0} did not exit after SIGKILL")]
    Unkillable(String),
    /// The process behind a wrapper did not end when it was asked, or the runner cannot see that it did.
    #[error(
        "{process} may still run: it is not a process of this machine that the runner can kill, and \
         `{wrapper}` did not end after the process had been asked to crash and to shut down; end it where \
         it runs"
    )]
    Unverified { process: String, wrapper: String },
    /// A signal does not reach the process behind a wrapper.
    #[error("{process} cannot be paused: signals do not reach it behind `{wrapper}`")]
    OutOfReach { process: String, wrapper: String },
    /// The process is paused.
    #[error(
        "{process} is paused since {location}; use \"the '…' process is resumed\" before a step that it \
         executes"
    )]
    Paused { process: String, location: Location },
    /// The process still ran after SIGSTOP.
    #[error("{0} still runs after SIGSTOP")]
    NotPaused(String),
    /// The system cannot pause it.
    #[error("{process} cannot be paused: {reason}")]
    CannotPause { process: String, reason: Arc<io::Error> },
    /// The run was stopped meanwhile.
    #[error("{STOPPED}")]
    Stopped,
}

impl ProcessError {
    /// Returns what the process did with the request that failed.
    pub(in crate::harmony) fn conduct(&self) -> Conduct {
        match self {
            Self::Call { conduct, .. } | Self::NotInitialized { conduct, .. } => *conduct,
            Self::Unhealthy { .. } => Conduct::Invalid,
            Self::StillRunning { .. } => Conduct::Silent,
            Self::NoHealth(reason) => reason.conduct(),
            _ => Conduct::NotAsked,
        }
    }
}
