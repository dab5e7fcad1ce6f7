//! A process that creates buffers until it reaches a system limit.

use super::{BufferFiles, Circumstances, Reply, ServeChild};

/// Limit for open files of such a process. Every buffer needs some for its lock.
const OPEN_FILES: u32 = 64;

/// Size of a buffer that reaches only the limit for open files, in bytes.
const SMALL: u64 = 64;

/// Approximate share of the shared memory that one buffer takes.
const PARTS: u64 = 10;

/// A process at its limit.
#[derive(Debug)]
pub struct ExhaustedProcess {
    child: ServeChild,
    /// True if it has its own shared memory.
    apart: bool,
    /// Ring size of each of its buffers in bytes.
    size: u64,
    created: Vec<String>,
    refusal: String,
}

impl ExhaustedProcess {
    /// Starts a process with a low limit for open files and lets it create buffers until it reaches
    /// the limit.
    ///
    /// `occupied` files are open from the start. A buffer opens several files while it is created,
    /// so this number decides which of them fails first.
    ///
    /// # Errors
    /// Returns an error if the process fails, or reaches no limit.
    pub fn exhaust(occupied: u32) -> Result<Self, String> {
        Self::within(Circumstances::OpenFiles { limit: OPEN_FILES, occupied }, SMALL)
    }

    /// Starts a process with its own shared memory of `bytes` bytes and lets it create buffers
    /// until that is full. `None` if this process lacks the right to do that.
    ///
    /// # Errors
    /// Returns an error if the process fails, or reaches no limit.
    pub fn fill_memory(bytes: u64) -> Result<Option<Self>, String> {
        let limits = Circumstances::SharedMemory { bytes };
        if !limits.are_possible() {
            return Ok(None);
        }
        Self::within(limits, bytes / PARTS).map(Some)
    }

    fn within(limits: Circumstances, size: u64) -> Result<Self, String> {
        let child = ServeChild::start_alone(limits)?;
        let apart = matches!(limits, Circumstances::SharedMemory { .. });
        let mut process = Self { child, apart, size, created: Vec::new(), refusal: String::new() };
        for number in 0..OPEN_FILES {
            if let Reply::Failed(error) = process.create(&format!("filler-{number}"))? {
                process.refusal = error;
                return Ok(process);
            }
        }
        Err(format!("{OPEN_FILES} buffers were created without reaching a limit"))
    }

    /// Lets the process create one more buffer.
    ///
    /// # Errors
    /// Returns an error if it does not respond.
    pub fn create(&mut self, base: &str) -> Result<Reply, String> {
        let reply = self.child.step(&format!(
            "the 'reader' process creates buffer '{base}' with metadata size '64' and payload size '{}'",
            self.size
        ))?;
        if reply == Reply::Passed {
            self.created.push(base.to_owned());
        }
        Ok(reply)
    }

    /// Lets the process destroy its most recent buffer.
    ///
    /// # Errors
    /// Returns an error if it does not respond or fails.
    pub fn destroy_last(&mut self) -> Result<(), String> {
        match self.child.step("the 'reader' process destroys buffer")? {
            Reply::Passed => {
                self.created.pop();
                Ok(())
            }
            Reply::Failed(error) => Err(error),
        }
    }

    /// Returns the files of a buffer of the process.
    pub fn files_of(&self, base: &str) -> BufferFiles {
        let name = self.child.describe(base);
        if self.apart {
            BufferFiles::as_seen_by(self.child.pid(), name)
        } else {
            BufferFiles::of(name)
        }
    }

    /// Returns its current buffers.
    pub fn created(&self) -> &[String] {
        &self.created
    }

    /// Returns its error at the limit.
    pub fn refusal(&self) -> &str {
        &self.refusal
    }
}
