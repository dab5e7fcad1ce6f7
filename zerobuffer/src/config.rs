//! Configuration: sizes and permissions of a buffer, and how its reader and writer wait.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::layout::Layout;

pub(crate) const DEFAULT_LOCK_DIR: &str = "/tmp/zerobuffer";
const DEFAULT_METADATA_BYTES: usize = 1024;
const DEFAULT_PAYLOAD_BYTES: usize = 1024 * 1024;

/// Longer than one wake-up between two CPUs plus the copy of a large frame: shorter budgets fall
/// into a cycle of sleeping and waking.
const DEFAULT_SPIN_BUDGET: Duration = Duration::from_micros(200);

/// The way in which a reader or writer checks whether the process on the other side is alive.
///
/// A process that uses this crate holds a lock that shows in every container that it is alive. The
/// choice concerns processes of other implementations, and those that have died.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Liveness {
    /// Checks the process id with the system. A process of another user counts as alive, a zombie
    /// as dead. Requires that both sides share a process id namespace.
    #[default]
    Pid,
    /// Trusts every process id that is not 0. For processes in different containers, whose ids mean
    /// nothing to each other; a crash of a peer of another implementation is then detected only as a
    /// timeout.
    TrustNonZero,
}

/// Reaction of a reader to another writer that follows one whose frames it has read and numbers its
/// own from 1 again, as all implementations of the protocol do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriterHandover {
    /// Refuses its frames with [`Error::Sequence`], as the other implementations do.
    #[default]
    Error,
    /// Takes its first frame as the start of another stream. A frame that got lost between two
    /// writers is then not detected.
    Resync,
}

/// Sizes of a buffer and the options of its [`Reader`](crate::Reader).
///
/// ```
/// use std::time::Duration;
/// use zerobuffer::BufferConfig;
///
/// let config = BufferConfig::new(1000, 64 * 1024)?.permissions(0o600).spin_budget(Duration::ZERO);
/// assert_eq!(config.metadata_size(), 1024); // rounded up to 64 bytes
/// # Ok::<(), zerobuffer::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BufferConfig {
    layout: Layout,
    permissions: Option<u32>,
    lock_dir: PathBuf,
    on_writer_handover: WriterHandover,
    accept_gaps: bool,
    waiting: Waiting,
}

impl BufferConfig {
    /// Creates the configuration of a buffer with `metadata` and `payload` bytes, each rounded up
    /// to a multiple of 64.
    ///
    /// Metadata takes 8 bytes more than its content. A frame takes 16 bytes more than its content,
    /// and only frames up to about half the payload fit from every position
    /// ([`Reader::guaranteed_frame_len`](crate::Reader::guaranteed_frame_len)).
    ///
    /// # Errors
    /// [`Error::SizeOverflow`] if both with the 128 bytes of the control block exceed the largest
    /// file.
    pub fn new(metadata: usize, payload: usize) -> Result<Self> {
        let (metadata, payload) = (metadata as u64, payload as u64);
        let layout =
            Layout::rounded(metadata, payload).ok_or(Error::SizeOverflow { metadata, payload })?;
        Ok(Self {
            layout,
            permissions: None,
            lock_dir: DEFAULT_LOCK_DIR.into(),
            on_writer_handover: WriterHandover::default(),
            accept_gaps: false,
            waiting: Waiting::default(),
        })
    }

    /// Sets the permission bits of shared memory, semaphores and lock file, regardless of the
    /// umask.
    ///
    /// The default is `0o666` less the umask, as in other implementations.
    #[must_use]
    pub fn permissions(mut self, bits: u32) -> Self {
        self.permissions = Some(bits & 0o777);
        self
    }

    /// Sets the directory of the lock file, `/tmp/zerobuffer` by default.
    ///
    /// Readers exclude each other only if they agree on it.
    #[must_use]
    pub fn lock_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.lock_dir = dir.into();
        self
    }

    /// Sets whether all pages are mapped at once (default) or each on first use.
    #[must_use]
    pub fn prefault(mut self, prefault: bool) -> Self {
        self.waiting.prefault = prefault;
        self
    }

    /// Sets how long to spin for a frame before sleeping; 200 µs by default.
    ///
    /// The budget adapts: unsuccessful spins shrink it to a sixteenth, and after 16 sleeps in a row
    /// one wait has four times as much. Two processes that share one CPU never spin.
    #[must_use]
    pub fn spin_budget(mut self, budget: Duration) -> Self {
        self.waiting.spin_budget = budget;
        self
    }

    /// Sets how to check whether the writer is alive.
    #[must_use]
    pub fn liveness(mut self, liveness: Liveness) -> Self {
        self.waiting.liveness = liveness;
        self
    }

    /// Sets the reaction to another writer that starts at number 1.
    #[must_use]
    pub fn on_writer_handover(mut self, policy: WriterHandover) -> Self {
        self.on_writer_handover = policy;
        self
    }

    /// Returns the size of the metadata block in bytes, rounded.
    #[must_use]
    pub fn metadata_size(&self) -> usize {
        self.layout.metadata_size() as usize
    }

    /// Returns the size of the ring in bytes, rounded.
    #[must_use]
    pub fn payload_size(&self) -> usize {
        self.layout.payload_size() as usize
    }

    /// Returns the size of the shared memory object in bytes.
    #[must_use]
    pub fn total_size(&self) -> usize {
        self.layout.total_size()
    }

    /// Lets the reader accept frames whose number is higher than the next one.
    pub(crate) fn accept_gaps(mut self) -> Self {
        self.accept_gaps = true;
        self
    }

    pub(crate) fn accepts_gaps(&self) -> bool {
        self.accept_gaps
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    pub(crate) fn permission_bits(&self) -> Option<u32> {
        self.permissions
    }

    pub(crate) fn lock_directory(&self) -> &Path {
        &self.lock_dir
    }

    pub(crate) fn writer_handover(&self) -> WriterHandover {
        self.on_writer_handover
    }

    pub(crate) fn waiting(&self) -> Waiting {
        self.waiting
    }
}

impl Default for BufferConfig {
    /// Returns 1024 bytes of metadata and 1 MiB of payload.
    fn default() -> Self {
        Self::new(DEFAULT_METADATA_BYTES, DEFAULT_PAYLOAD_BYTES)
            .expect("the default sizes fit every address space")
    }
}

/// Options that reader and writer share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    pub(crate) prefault: bool,
    pub(crate) spin_budget: Duration,
    pub(crate) liveness: Liveness,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { prefault: true, spin_budget: DEFAULT_SPIN_BUDGET, liveness: Liveness::default() }
    }
}
