//! The end of a process, as the system reports it.

use std::fmt;
use std::process::ExitStatus;

use crate::platform::{signal_name, signal_of};

/// The end of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::harmony) enum Exit {
    /// It exited with this code.
    Code(i32),
    /// A signal with this number killed it.
    Signal(i32),
    /// The system does not report how.
    Unknown,
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), signal_of(status)) {
            (Some(code), _) => Self::Code(code),
            (None, Some(signal)) => Self::Signal(signal),
            (None, None) => Self::Unknown,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(number) => match signal_name(*number) {
                Some(name) => write!(f, "signal {name}"),
                None => write!(f, "signal {number}"),
            },
            Self::Unknown => f.write_str("an unknown exit status"),
        }
    }
}
