//! Inspection of a buffer from outside, as neither its reader nor its writer.
//!
//! Files are read and nothing is mapped, locked or changed, so that an inspection disturbs no
//! process and needs only the permission to read.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use crate::config::Liveness;
use crate::error::{Error, Result};
use crate::layout::{CONTROL_BLOCK_BYTES, METADATA_PREFIX_BYTES};
use crate::liveness;
use crate::name::{BufferName, SemaphoreRole};
use crate::shared_memory::{self, path_text};
use crate::slot_lock::Slot;
use crate::state::ControlState;

/// Share of used bytes from which a ring counts as degraded.
const DEGRADED: f64 = 0.80;

/// Share of used bytes from which a ring counts as critical.
const CRITICAL: f64 = 0.95;

/// Most bytes of metadata in an inspection.
const METADATA_BYTES: u64 = 4096;

/// State of a buffer as seen from outside, taken at nearly one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// Name of the buffer.
    pub name: String,
    /// Size of the shared memory object in bytes.
    pub object_size: u64,
    /// The control block.
    pub control: ControlState,
    /// Frames announced and not yet taken (semaphore `sem-w`); `None` if that cannot be read.
    pub frames_ready: Option<u32>,
    /// Releases announced and not yet used by a waiting writer (semaphore `sem-r`); `None` if that
    /// cannot be read.
    pub releases_pending: Option<u32>,
    /// The first 4096 bytes of the metadata, `None` if there is none or its lengths contradict each
    /// other.
    pub metadata: Option<Vec<u8>>,
    /// The reading process.
    pub reader: PeerState,
    /// The writing process.
    pub writer: PeerState,
}

/// The process on one side of a buffer, as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeerState {
    /// No process is registered.
    Absent,
    /// Registered and alive.
    Alive {
        /// Its process.
        pid: u64,
    },
    /// Registered, and no such process runs here.
    Dead {
        /// The process it was.
        pid: u64,
    },
}

/// Health of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Health {
    /// Less than 80 % of the ring is used.
    Healthy,
    /// From 80 %: the reader falls behind. Also while the writer is dead, at any utilisation.
    Degraded,
    /// From 95 %: the writer waits, or soon will. Also without a living reader.
    Critical,
}

/// Inspects the buffer `name`.
///
/// # Errors
/// [`Error::InvalidName`]; [`Error::NotFound`]; [`Error::NotReady`] if it is half created;
/// [`Error::IncompatibleVersion`] and [`Error::InvalidLayout`] if the object is not a buffer of
/// this protocol; [`Error::Os`] if it may not be read.
pub fn inspect(name: &str) -> Result<Inspection> {
    let name = BufferName::new(name)?;
    let object = open(&name)?;
    let (control, object_size) = shared_memory::read_control(&object)
        .map_err(|error| Error::os("read the control block", path_text(&name), error))?;
    let control = check(&name, control, object_size)?;
    Ok(Inspection {
        name: name.to_string(),
        object_size,
        control,
        frames_ready: semaphore_count(&name.semaphore_path(SemaphoreRole::FramesReady)),
        releases_pending: semaphore_count(&name.semaphore_path(SemaphoreRole::SpaceFreed)),
        metadata: read_metadata(&object, &control),
        reader: PeerState::of(&object, Slot::Reader, control.reader_pid),
        writer: PeerState::of(&object, Slot::Writer, control.writer_pid),
    })
}

impl Inspection {
    /// Returns the bytes of the ring that hold frames, or are wasted at its end.
    #[must_use]
    pub fn used_bytes(&self) -> u64 {
        self.control.payload_size.saturating_sub(self.control.payload_free_bytes)
    }

    /// Returns the share of the ring that is used, from 0 to 1.
    #[must_use]
    pub fn utilisation(&self) -> f64 {
        match self.control.payload_size {
            0 => 0.0,
            size => self.used_bytes() as f64 / size as f64,
        }
    }

    /// Returns the health of the ring.
    #[must_use]
    pub fn health(&self) -> Health {
        let by_use = match self.utilisation() {
            used if used >= CRITICAL => Health::Critical,
            used if used >= DEGRADED => Health::Degraded,
            _ => Health::Healthy,
        };
        let by_reader = match self.reader {
            PeerState::Alive { .. } => Health::Healthy,
            _ => Health::Critical,
        };
        let by_writer = match self.writer {
            PeerState::Dead { .. } => Health::Degraded,
            _ => Health::Healthy,
        };
        by_use.max(by_reader).max(by_writer)
    }
}

impl PeerState {
    fn of(object: &File, slot: Slot, pid: u64) -> Self {
        let own = pid == u64::from(std::process::id());
        match pid {
            0 => Self::Absent,
            pid if own || liveness::is_occupied(object, slot, pid, Liveness::Pid) => {
                Self::Alive { pid }
            }
            pid => Self::Dead { pid },
        }
    }
}

fn open(name: &BufferName) -> Result<File> {
    open_file(&name.shm_path()).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound { name: name.to_string() },
        _ => Error::os("open the shared memory object", path_text(name), error),
    })
}

/// Opens a file for reading, without following a link or waiting for the other side of a pipe.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

fn check(name: &BufferName, control: Option<ControlState>, size: u64) -> Result<ControlState> {
    let Some(control) = control.filter(|control| *control != ControlState::default()) else {
        return Err(Error::NotReady {
            name: name.to_string(),
            missing: "its control block is empty",
        });
    };
    if !control.is_compatible() {
        return Err(Error::IncompatibleVersion {
            name: name.to_string(),
            control_block: control.control_block_size,
            major: control.version[0],
        });
    }
    match control.layout_within(size) {
        Some(_) => Ok(control),
        None => Err(Error::InvalidLayout {
            name: name.to_string(),
            object: size,
            metadata: control.metadata_size,
            payload: control.payload_size,
        }),
    }
}

/// Returns the count of a semaphore as the C library keeps it: the lower half of the first 64 bits.
fn semaphore_count(path: &Path) -> Option<u32> {
    semaphore_word(path).map(|word| word as u32)
}

/// Returns how many threads sleep on a semaphore: the upper half of its first 64 bits.
pub(crate) fn semaphore_waiters(path: &Path) -> u32 {
    semaphore_word(path).map_or(0, |word| (word >> 32) as u32)
}

fn semaphore_word(path: &Path) -> Option<u64> {
    let file = open_file(path).ok()?;
    let mut word = [0; 8];
    file.read_exact_at(&mut word, 0).ok()?;
    Some(u64::from_ne_bytes(word))
}

fn read_metadata(object: &File, control: &ControlState) -> Option<Vec<u8>> {
    let written = control.metadata_written_bytes;
    if written > control.metadata_size {
        return None;
    }
    let length = written.checked_sub(METADATA_PREFIX_BYTES)?;
    let mut prefix = [0; METADATA_PREFIX_BYTES as usize];
    object.read_exact_at(&mut prefix, CONTROL_BLOCK_BYTES).ok()?;
    if u64::from_le_bytes(prefix) != length {
        return None;
    }
    let mut metadata = vec![0; length.min(METADATA_BYTES) as usize];
    object.read_exact_at(&mut metadata, CONTROL_BLOCK_BYTES + METADATA_PREFIX_BYTES).ok()?;
    Some(metadata)
}
