//! Options of a writer.

use std::time::Duration;

use crate::config::{Liveness, Waiting};
use crate::error::Result;
use crate::writer::Writer;

const DEFAULT_WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// Options of a [`Writer`].
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
    /// Sets how long a write waits for space, 5 s by default.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout;
        self
    }

    /// Sets whether all pages are mapped at once (default) or each on first use.
    #[must_use]
    pub fn prefault(mut self, prefault: bool) -> Self {
        self.waiting.prefault = prefault;
        self
    }

    /// Sets how long to spin for space before sleeping; 200 µs by default; two processes on one
    /// CPU never spin.
    #[must_use]
    pub fn spin_budget(mut self, budget: Duration) -> Self {
        self.waiting.spin_budget = budget;
        self
    }

    /// Sets how to check whether the reader and earlier writers are alive.
    #[must_use]
    pub fn liveness(mut self, liveness: Liveness) -> Self {
        self.waiting.liveness = liveness;
        self
    }

    /// Sets the sequence number of the first frame. Lets a writer follow another one on the same
    /// buffer: the reader continues from the previous sequence number, which is not in shared
    /// memory, or from 1 if it [resynchronizes](crate::WriterHandover::Resync).
    ///
    /// [`u64::MAX`] is refused when the writer is opened, since no number follows it.
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

    /// Connects to the buffer `name`, waiting up to `timeout` for a living reader to create it.
    ///
    /// # Errors
    /// As [`Writer::open_timeout`].
    pub fn open_timeout(&self, name: &str, timeout: Duration) -> Result<Writer> {
        Writer::open_timeout_with(name, self, timeout)
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
