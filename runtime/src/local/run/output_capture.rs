//! Capture of standard output and standard error, for the reports.
//!
//! While output is captured, both descriptors refer to one file in memory, so that child processes of
//! steps are captured as well. A process has one pair of descriptors: when scenarios run in parallel,
//! the output of a step is everything that was printed while it ran, by any of them.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::{dup2_stderr, dup2_stdout};

use crate::local::crash::shared_output;
use crate::observe::output_capture::{OutputSource, set_output_source};

/// Maximum length of the output that a step keeps; the rest is only counted.
const MAX_OUTPUT_BYTES: u64 = 64 * 1024;

/// Standard output and standard error while they are captured.
#[derive(Debug, Clone)]
pub struct OutputCapture {
    file: Arc<File>,
}

/// The original descriptors, for the reports.
#[derive(Debug)]
pub struct RealOutput {
    /// Standard output.
    pub stdout: File,
    /// Standard error.
    pub stderr: File,
}

impl OutputCapture {
    /// Starts to capture both descriptors.
    ///
    /// # Errors
    /// Returns an error if the system refuses a descriptor.
    pub fn start() -> io::Result<(Self, RealOutput)> {
        let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
        let memory = match shared_output() {
            Some(file) => file,
            None => File::from(memfd_create(c"output of steps", MFdFlags::MFD_CLOEXEC)?),
        };
        // Two descriptors and any number of processes write to it.
        fcntl(&memory, FcntlArg::F_SETFL(OFlag::O_APPEND))?;
        io::stdout().flush()?;
        dup2_stdout(&memory)?;
        dup2_stderr(&memory)?;
        let capture = Self { file: Arc::new(memory) };
        set_output_source(Some(Arc::new(capture.clone())));
        Ok((capture, RealOutput { stdout, stderr }))
    }

    /// Returns the number of bytes printed so far.
    pub fn position(&self) -> u64 {
        // A step may have printed part of a line, which std still buffers.
        let _ = io::stdout().flush();
        (&*self.file).seek(SeekFrom::End(0)).unwrap_or(0)
    }

    /// Returns the output since `position`.
    pub fn read_since(&self, position: u64) -> String {
        let length = self.position().saturating_sub(position);
        if length == 0 {
            return String::new();
        }
        let mut bytes = vec![0; length.min(MAX_OUTPUT_BYTES) as usize];
        let read = self.file.read_at(&mut bytes, position).unwrap_or(0);
        bytes.truncate(read);
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        if length > MAX_OUTPUT_BYTES {
            text.push_str(&format!("\n… {} more bytes", length - MAX_OUTPUT_BYTES));
        }
        text
    }
}

impl OutputSource for OutputCapture {
    fn position(&self) -> u64 {
        self.position()
    }

    fn read_since(&self, position: u64) -> String {
        self.read_since(position)
    }
}

impl RealOutput {
    /// Restores the descriptors of the process.
    ///
    /// # Errors
    /// Returns an error if the system refuses.
    pub fn restore(&self) -> io::Result<()> {
        set_output_source(None);
        io::stdout().flush()?;
        dup2_stdout(&self.stdout)?;
        dup2_stderr(&self.stderr)?;
        Ok(())
    }
}
