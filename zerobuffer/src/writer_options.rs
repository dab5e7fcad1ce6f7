//! What the opener of a writer can choose.

use std::time::Duration;

use crate::config::{Liveness, Waiting};
use crate::error::Result;
use crate::writer::Writer;

const DEFAULT_WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// Choices of a [`Writer`].
///
/// ```no_run
/// use std::time::Duration;
/// use zerobuffer::Writer;
///
/// let writer = Writer::options().write_timeout(Duration::from_secs(1)).open("camera")?;
/// # Ok::<(), zerobuffer::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct WriterOptions {
    pub(crate) waiting: Waiting,
    pub(crate) write_timeout: Duration,
    pub(crate) start_sequence: Option<u64>,
}

impl WriterOptions {
    /// How long a write waits for space, 5 s by default.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout;
        self
    }

    /// Whether to map all pages at once (default) or each on first use.
    #[must_use]
    pub fn prefault(mut self, prefault: bool) -> Self {
        self.waiting.prefault = prefault;
        self
    }

    /// How long to watch for space before sleeping; 200 µs by default; two ends on one
    /// CPU never spin.
    #[must_use]
    pub fn spin_budget(mut self, budget: Duration) -> Self {
        self.waiting.spin_budget = budget;
        self
    }

    /// How to tell whether reader and earlier writers are alive.
    #[must_use]
    pub fn liveness(mut self, liveness: Liveness) -> Self {
        self.waiting.liveness = liveness;
        self
    }

    /// Number of the first frame. Lets a writer follow another one on the same buffer: the reader
    /// expects the number after the last, which is not in shared memory, or 1 if it
    /// [takes up other writers](crate::WriterChange::Resync).
    #[must_use]
    pub fn start_sequence(mut self, sequence: u64) -> Self {
        self.start_sequence = Some(sequence);
        self
    }

    /// Connects to the buffer `name`.
    ///
    /// # Errors
    /// As [`Writer::open`].
    pub fn open(&self, name: &str) -> Result<Writer> {
        Writer::open_with(name, self)
    }

    /// Connects to the buffer `name`, waiting up to `timeout` for it to be created.
    ///
    /// # Errors
    /// As [`Writer::open_wait`].
    pub fn open_wait(&self, name: &str, timeout: Duration) -> Result<Writer> {
        Writer::open_wait_with(name, self, timeout)
    }
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            waiting: Waiting::default(),
            write_timeout: DEFAULT_WRITE_TIMEOUT,
            start_sequence: None,
        }
    }
}
