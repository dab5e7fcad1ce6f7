//! Processes that survive the run: those of the first scenario that fails, with its shared memory.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a run keeps: the first scenario that fails.
#[derive(Debug, Default)]
pub struct KeepOnFailure {
    claimed: AtomicBool,
    kept: Mutex<Option<KeptScenario>>,
}

/// A failed scenario whose processes go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptScenario {
    /// The scenario with its combination.
    pub name: String,
    /// The processes, which lead groups.
    pub processes: Vec<KeptProcess>,
    /// The files of its buffers.
    pub files: Vec<PathBuf>,
}

/// A process that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProcess {
    /// The label of the process with its platform.
    pub name: String,
    /// The process id, which is that of its group too.
    pub pid: u32,
}

impl KeepOnFailure {
    /// Returns true for the first caller.
    pub(in crate::harmony) fn claim(&self) -> bool {
        // Relaxed: only one caller may get true, whatever else they see.
        !self.claimed.swap(true, Ordering::Relaxed)
    }

    pub(in crate::harmony) fn set(&self, kept: KeptScenario) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    }

    /// Returns the scenario that was kept, once the run has ended.
    pub fn kept(&self) -> Option<KeptScenario> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The processes with their ids, the files, and the commands that end and remove them.
impl fmt::Display for KeptScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Kept: {}", self.name)?;
        for process in &self.processes {
            writeln!(f, "  {}: pid {}", process.name, process.pid)?;
        }
        for file in &self.files {
            writeln!(f, "  {}", file.display())?;
        }
        if !self.processes.is_empty() {
            f.write_str("  end the processes: kill -s KILL --")?;
            self.processes.iter().try_for_each(|process| write!(f, " -{}", process.pid))?;
            writeln!(f)?;
        }
        if !self.files.is_empty() {
            f.write_str("  then remove the files: rm -f")?;
            self.files.iter().try_for_each(|file| write!(f, " {}", file.display()))?;
            writeln!(f)?;
        }
        Ok(())
    }
}
