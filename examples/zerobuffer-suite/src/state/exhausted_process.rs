//! A process that creates buffers until the system gives it no more.

use super::{BufferFiles, Circumstances, Reply, ServeChild};

/// Open files such a process may have. Every buffer keeps some for its lock.
const OPEN_FILES: u32 = 64;

/// Bytes of a buffer that is to meet no other limit than that of files.
const SMALL: u64 = 64;

/// Of the shared memory that is to be filled, a buffer takes about this part.
const PARTS: u64 = 10;

/// A process at its limit.
#[derive(Debug)]
pub struct ExhaustedProcess {
    child: ServeChild,
    /// Whether its shared memory is another than that of this process.
    apart: bool,
    /// Bytes of the ring of each of its buffers.
    size: u64,
    created: Vec<String>,
    refusal: String,
}

impl ExhaustedProcess {
    /// Starts a process that may have few open files and lets it create buffers until it meets that
    /// limit.
    ///
    /// `occupied` files are taken from the beginning. A buffer takes several while it is made, and
    /// so this decides which of them is the first to be missing.
    ///
    /// # Errors
    /// When the process does not do as told, or meets no limit.
    pub fn exhaust(occupied: u32) -> Result<Self, String> {
        Self::within(Circumstances::OpenFiles { limit: OPEN_FILES, occupied }, SMALL)
    }

    /// Starts a process with shared memory of its own, `bytes` in all, and lets it create buffers
    /// until that is full. `None` where this process may not do that.
    ///
    /// # Errors
    /// When the process does not do as told, or meets no limit.
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
        Err(format!("{OPEN_FILES} buffers were created without meeting a limit"))
    }

    /// Lets the process create one more buffer.
    ///
    /// # Errors
    /// When it does not answer.
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

    /// Lets the process destroy the buffer it created last.
    ///
    /// # Errors
    /// When it does not answer or cannot.
    pub fn destroy_last(&mut self) -> Result<(), String> {
        match self.child.step("the 'reader' process destroys buffer")? {
            Reply::Passed => {
                self.created.pop();
                Ok(())
            }
            Reply::Failed(error) => Err(error),
        }
    }

    /// The files of a buffer of the process.
    pub fn files_of(&self, base: &str) -> BufferFiles {
        let name = self.child.name_of(base);
        if self.apart {
            BufferFiles::as_seen_by(self.child.pid(), name)
        } else {
            BufferFiles::of(name)
        }
    }

    /// The buffers it has at this moment.
    pub fn created(&self) -> &[String] {
        &self.created
    }

    /// Why it got no more, as it said.
    pub fn refusal(&self) -> &str {
        &self.refusal
    }
}
