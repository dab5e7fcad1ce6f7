//! The target of a step: a process, or an action of the runner.

use std::time::Duration;

/// The process that executes a step, or the action of the runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The process of this role.
    Process(String),
    /// A process started for this step, which replaces the one of its role.
    NewProcess(String),
    /// A second process of this role, started for the first step that names it.
    SecondProcess(String),
    /// Every process.
    Broadcast,
    /// The runner waits.
    Wait(Duration),
    /// The runner cannot wait that long, for this reason: the step fails.
    InvalidWait(String),
    /// The runner ends the process of this role.
    End(String, ProcessEnd),
    /// The runner pauses or resumes the process of this role.
    Suspend(String, Suspension),
}

impl Target {
    /// Returns the role that the target names.
    pub fn role(&self) -> Option<&str> {
        match self {
            Self::Process(role)
            | Self::NewProcess(role)
            | Self::SecondProcess(role)
            | Self::End(role, _)
            | Self::Suspend(role, _) => Some(role),
            Self::Broadcast | Self::Wait(_) | Self::InvalidWait(_) => None,
        }
    }
}

/// A step that stops a process for a while, or lets it go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspension {
    /// The process is paused (SIGSTOP).
    Pause,
    /// The process is resumed (SIGCONT).
    Resume,
}

/// The way in which a step ends a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessEnd {
    /// The process is asked to shut down.
    Shutdown,
    /// The process is killed.
    Kill,
    /// The process crashes.
    Crash,
}
