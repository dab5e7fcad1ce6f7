//! Capture of standard output and standard error, for the reports.
//!
//! While output is captured, both descriptors refer to one file in memory, so that child processes of
//! steps are captured as well. A process has one pair of descriptors: what was printed while several
//! scenarios ran belongs to none of them.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::output_ledger::{OutputLedger, SharedPart};
use crate::local::crash::shared_output;
use crate::observe::output_capture::{OutputSource, set_output_source};
use crate::platform::{
    memory_file, read_at, redirect_stderr, redirect_stdout, stderr_file, stdout_file,
};

/// Maximum length of the output that a step keeps; the rest is only counted.
const MAX_OUTPUT_BYTES: u64 = 64 * 1024;

/// Standard output and standard error while they are captured.
#[derive(Debug, Clone)]
pub struct OutputCapture {
    file: Arc<File>,
    /// Standard error without capture.
    stderr: Arc<File>,
    ledger: Arc<Mutex<OutputLedger>>,
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
        let (stdout, stderr) = (stdout_file()?, stderr_file()?);
        let memory = match shared_output() {
            Some(file) => file,
            None => memory_file()?,
        };
        io::stdout().flush()?;
        redirect_stdout(&memory)?;
        redirect_stderr(&memory)?;
        let real_stderr = Arc::new(stderr.try_clone()?);
        let capture = Self { file: Arc::new(memory), stderr: real_stderr, ledger: Arc::default() };
        set_output_source(Some(Arc::new(capture.clone())));
        Ok((capture, RealOutput { stdout, stderr }))
    }

    /// Returns standard error without capture.
    ///
    /// # Errors
    /// Returns an error if the system refuses a descriptor.
    pub fn real_stderr(&self) -> io::Result<File> {
        self.stderr.try_clone()
    }

    /// Returns the number of bytes printed so far.
    pub fn position(&self) -> u64 {
        // A step may have printed part of a line, which std still buffers.
        let _ = io::stdout().flush();
        (&*self.file).seek(SeekFrom::End(0)).unwrap_or(0)
    }

    /// Returns the output since `position`, without the parts that were printed while several scenarios
    /// ran.
    pub fn read_since(&self, position: u64) -> String {
        let end = self.position();
        if end <= position {
            return String::new();
        }
        let parts = self.lock().own_parts(position..end);
        self.read(&parts)
    }

    /// Records that a thread of this scenario can print from now on. Returns what was printed before, if
    /// several scenarios ran.
    pub(super) fn start_scenario(&self, number: usize) -> Option<(Vec<usize>, String)> {
        let mut ledger = self.lock();
        // Under the lock: the positions of a ledger ascend.
        let part = ledger.start(number, self.position());
        drop(ledger);
        part.map(|part| self.shared_text(part))
    }

    /// Records that a thread of this scenario prints no longer. Returns what was printed before, if
    /// several scenarios ran.
    pub(super) fn end_scenario(&self, number: usize) -> Option<(Vec<usize>, String)> {
        let mut ledger = self.lock();
        let part = ledger.end(number, self.position());
        drop(ledger);
        part.map(|part| self.shared_text(part))
    }

    fn shared_text(&self, SharedPart { numbers, range }: SharedPart) -> (Vec<usize>, String) {
        (numbers, self.read(&[range]))
    }

    fn read(&self, parts: &[Range<u64>]) -> String {
        let length: u64 = parts.iter().map(|part| part.end - part.start).sum();
        let mut bytes = Vec::new();
        for part in parts {
            let wanted = (part.end - part.start).min(MAX_OUTPUT_BYTES - bytes.len() as u64);
            let start = bytes.len();
            bytes.resize(start + wanted as usize, 0);
            let read = read_at(&self.file, &mut bytes[start..], part.start).unwrap_or(0);
            bytes.truncate(start + read);
        }
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        if length > MAX_OUTPUT_BYTES {
            text.push_str(&format!("\n… {} more bytes", length - MAX_OUTPUT_BYTES));
        }
        text
    }

    fn lock(&self) -> MutexGuard<'_, OutputLedger> {
        // Nothing that can panic runs under the lock.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
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
        redirect_stdout(&self.stdout)?;
        redirect_stderr(&self.stderr)?;
        Ok(())
    }
}
