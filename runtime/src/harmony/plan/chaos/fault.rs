//! One fault of a schedule.

use std::fmt;
use std::time::Duration;

use crate::text::format_duration;

/// A fault that strikes the first process of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The index of the step before which, or during which, it strikes.
    pub step: usize,
    /// The time since the step was sent; zero: before it is sent.
    pub after: Duration,
    /// The role of the process.
    pub role: String,
    /// The fault.
    pub kind: FaultKind,
}

/// The kind of a fault, with its duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The process is killed.
    Kill,
    /// The process is stopped for this time.
    Pause(Duration),
    /// The step reaches the process this much later.
    Delay(Duration),
}

/// The kind of a fault as tags name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultName {
    /// See [`FaultKind::Kill`].
    Kill,
    /// See [`FaultKind::Pause`].
    Pause,
    /// See [`FaultKind::Delay`].
    Delay,
}

impl FaultName {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Kill, Self::Pause, Self::Delay];

    /// Returns the name as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Pause => "pause",
            Self::Delay => "delay",
        }
    }
}

impl FaultKind {
    /// Returns the kind without its duration.
    pub fn name(self) -> FaultName {
        match self {
            Self::Kill => FaultName::Kill,
            Self::Pause(_) => FaultName::Pause,
            Self::Delay(_) => FaultName::Delay,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, step, after, .. } = self;
        match self.kind {
            FaultKind::Kill => write!(f, "kill '{role}'")?,
            FaultKind::Pause(time) => write!(f, "pause '{role}' for {}", format_duration(time))?,
            FaultKind::Delay(time) => write!(f, "delay '{role}' by {}", format_duration(time))?,
        }
        match after.is_zero() {
            true => write!(f, " before step {}", step + 1),
            false => write!(f, " {} into step {}", format_duration(*after), step + 1),
        }
    }
}
