//! What steps print to standard output and standard error, kept for the reports.
//!
//! Both descriptors lead to one file in memory while this holds them, so that child processes of
//! steps are caught as well. There is one pair of descriptors in a process: with scenarios side by
//! side, what a step's report shows is what was printed while it ran, by whichever of them.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::{dup2_stderr, dup2_stdout};

use crate::observe::printed::{Catcher, caught_by};

/// The longest text kept of one step; what is beyond is counted, not shown.
const LONGEST: u64 = 64 * 1024;

/// Standard output and standard error while they are caught.
#[derive(Debug, Clone)]
pub struct Printed {
    file: Arc<File>,
}

/// The descriptors as they were, to report to.
#[derive(Debug)]
pub struct RealOutput {
    /// Standard output.
    pub stdout: File,
    /// Standard error.
    pub stderr: File,
}

impl Printed {
    /// Catches both descriptors from now on.
    ///
    /// # Errors
    /// When the system refuses a descriptor.
    pub fn catch() -> io::Result<(Self, RealOutput)> {
        let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
        let memory = memfd_create(c"printed by steps", MFdFlags::MFD_CLOEXEC)?;
        // Two descriptors and any number of processes write to it.
        fcntl(&memory, FcntlArg::F_SETFL(OFlag::O_APPEND))?;
        io::stdout().flush()?;
        dup2_stdout(&memory)?;
        dup2_stderr(&memory)?;
        let printed = Self { file: Arc::new(File::from(memory)) };
        caught_by(Some(Arc::new(printed.clone())));
        Ok((printed, RealOutput { stdout, stderr }))
    }

    /// How many bytes were printed so far.
    pub fn mark(&self) -> u64 {
        // A step may have printed half a line, which std still holds back.
        let _ = io::stdout().flush();
        (&*self.file).seek(SeekFrom::End(0)).unwrap_or(0)
    }

    /// What was printed since `mark`.
    pub fn since(&self, mark: u64) -> String {
        let length = self.mark().saturating_sub(mark);
        if length == 0 {
            return String::new();
        }
        let mut bytes = vec![0; length.min(LONGEST) as usize];
        let read = self.file.read_at(&mut bytes, mark).unwrap_or(0);
        bytes.truncate(read);
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        if length > LONGEST {
            text.push_str(&format!("\n… {} more bytes", length - LONGEST));
        }
        text
    }
}

impl Catcher for Printed {
    fn mark(&self) -> u64 {
        self.mark()
    }

    fn since(&self, mark: u64) -> String {
        self.since(mark)
    }
}

impl RealOutput {
    /// Gives the descriptors back to the process.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn restore(&self) -> io::Result<()> {
        caught_by(None);
        io::stdout().flush()?;
        dup2_stdout(&self.stdout)?;
        dup2_stderr(&self.stderr)?;
        Ok(())
    }
}
