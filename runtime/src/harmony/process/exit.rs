//! The end of a process, as the system reports it.

use std::fmt;

use nix::sys::signal::Signal;

/// The end of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::harmony) enum Exit {
    /// It exited with this code.
    Code(i32),
    /// A signal killed it.
    Signal(Signal),
    /// The system does not report how.
    Unknown,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Unknown => f.write_str("an unknown exit status"),
        }
    }
}
