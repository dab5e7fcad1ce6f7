//! What a caller can choose: sizes and permissions of a buffer, and how its ends wait.

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

/// How an end decides whether the process at the other end is alive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Liveness {
    /// Ask the system for the process id. A process of another user counts as alive, a zombie as
    /// dead. Right when both ends share a process id namespace.
    #[default]
    Pid,
    /// Believe every process id that is not 0. For ends in different containers, whose ids mean
    /// nothing to each other; a crash of the peer is then noticed only as a timeout.
    TrustNonZero,
}

/// What a reader does when another writer follows one whose frames it has read, and counts its own
/// from 1 again, as all implementations of the protocol do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriterChange {
    /// Refuse its frames with [`Error::Sequence`], as the other implementations do.
    #[default]
    Error,
    /// Take its first frame for the beginning of another stream. A frame that got lost between two
    /// writers is not noticed then.
    Resync,
}

/// Sizes of a buffer and the choices of its [`Reader`](crate::Reader).
///
/// ```
/// use std::time::Duration;
/// use zerobuffer::BufferConfig;
///
/// let config = BufferConfig::new(1000, 64 * 1024)?.mode(0o600).spin_budget(Duration::ZERO);
/// assert_eq!(config.metadata_size(), 1024); // rounded up to 64 bytes
/// # Ok::<(), zerobuffer::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BufferConfig {
    layout: Layout,
    mode: Option<u32>,
    lock_dir: PathBuf,
    on_writer_change: WriterChange,
    lazy_counters: bool,
    waiting: Waiting,
}

impl BufferConfig {
    /// A buffer with room for `metadata` and `payload` bytes, each rounded up to a multiple of 64.
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
            mode: None,
            lock_dir: DEFAULT_LOCK_DIR.into(),
            on_writer_change: WriterChange::default(),
            lazy_counters: false,
            waiting: Waiting::default(),
        })
    }

    /// Permission bits of shared memory, semaphores and lock file, set regardless of the umask.
    ///
    /// Without this call they are `0o666` less the umask, as other implementations have it.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = Some(mode & 0o777);
        self
    }

    /// Directory of the lock file, `/tmp/zerobuffer` by default.
    ///
    /// Readers exclude each other only if they agree on it.
    #[must_use]
    pub fn lock_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.lock_dir = dir.into();
        self
    }

    /// Whether to map all pages at once (default) or each on first use.
    #[must_use]
    pub fn prefault(mut self, prefault: bool) -> Self {
        self.waiting.prefault = prefault;
        self
    }

    /// How long to watch for a frame before sleeping; 200 µs by default.
    ///
    /// The budget adapts: waits in vain shrink it to a sixteenth, and after 16 sleeps in a row one
    /// wait has four times as much. Two ends that have one CPU between them never spin.
    #[must_use]
    pub fn spin_budget(mut self, budget: Duration) -> Self {
        self.waiting.spin_budget = budget;
        self
    }

    /// Whether the reader may tell what it has read in batches; not by default.
    ///
    /// With small frames this is up to twice as fast, since the two ends then seldom touch the same
    /// memory at once. What others see lags behind meanwhile: read position, counts and free bytes
    /// by up to a quarter of the ring, the count of announced frames by up to 64. The reader catches
    /// up whenever it finds no frame. **A reader that stops reading in the middle keeps that space
    /// from the writer**, so choose this for readers that read on and on.
    #[must_use]
    pub fn lazy_counters(mut self, lazy: bool) -> Self {
        self.lazy_counters = lazy;
        self
    }

    /// How to tell whether the writer is alive.
    #[must_use]
    pub fn liveness(mut self, liveness: Liveness) -> Self {
        self.waiting.liveness = liveness;
        self
    }

    /// What to do when another writer begins at number 1.
    #[must_use]
    pub fn on_writer_change(mut self, policy: WriterChange) -> Self {
        self.on_writer_change = policy;
        self
    }

    /// Size of the metadata block in bytes, rounded.
    #[must_use]
    pub fn metadata_size(&self) -> usize {
        self.layout.metadata_size() as usize
    }

    /// Size of the ring in bytes, rounded.
    #[must_use]
    pub fn payload_size(&self) -> usize {
        self.layout.payload_size() as usize
    }

    /// Size of the shared memory object in bytes.
    #[must_use]
    pub fn total_size(&self) -> usize {
        self.layout.total_size()
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    pub(crate) fn permissions(&self) -> Option<u32> {
        self.mode
    }

    pub(crate) fn lock_directory(&self) -> &Path {
        &self.lock_dir
    }

    pub(crate) fn writer_change(&self) -> WriterChange {
        self.on_writer_change
    }

    pub(crate) fn has_lazy_counters(&self) -> bool {
        self.lazy_counters
    }

    pub(crate) fn waiting(&self) -> Waiting {
        self.waiting
    }
}

impl Default for BufferConfig {
    /// 1024 bytes of metadata and 1 MiB of payload.
    fn default() -> Self {
        Self::new(DEFAULT_METADATA_BYTES, DEFAULT_PAYLOAD_BYTES)
            .expect("the default sizes fit every address space")
    }
}

/// Choices that both ends have.
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
