//! Attaching to an existing buffer: everything is opened and checked before anything is changed,
//! and the writer slot is claimed last.

use std::fs::{self, File};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::control_block::ControlBlock;
use crate::error::{Error, Result};
use crate::fork_guard::ForkClosedFile;
use crate::layout::Layout;
use crate::liveness::{self, Peer};
use crate::mapping::Mapping;
use crate::name::{BufferName, SemaphoreRole};
use crate::ownership::WriterOwnership;
use crate::post_wait::PostWait;
use crate::ring_math;
use crate::semaphore::Semaphore;
use crate::shared_memory::{self, FileId, path_text};
use crate::slot_lock::{Slot, SlotLock};
use crate::state::ControlState;
use crate::unread::Unread;
use crate::writer_options::WriterOptions;

/// Longer than a reader takes from one store to the next.
const READER_STEP: Duration = Duration::from_millis(2);

/// Attempts to lock the writer slot, which a reader holds for a moment when it settles free bytes.
const LOCK_ATTEMPTS: u32 = 3;

/// The parts of a buffer as its writer sees them.
pub(crate) struct Attached {
    pub(crate) control: Arc<ControlBlock>,
    pub(crate) mapping: Mapping,
    pub(crate) frames_ready: Semaphore,
    pub(crate) space_freed: PostWait,
    pub(crate) reader: Peer,
    pub(crate) ownership: WriterOwnership,
    pub(crate) object: FileId,
    /// Write position and written count that an earlier writer left.
    pub(crate) position: u64,
    pub(crate) count: u64,
    /// Bytes behind that position that the reader has still to read.
    pub(crate) unread: Unread,
}

impl Attached {
    pub(crate) fn new(name: &BufferName, options: &WriterOptions) -> Result<Self> {
        if let Some(sequence @ u64::MAX) = options.start_sequence {
            return Err(Error::SequenceTooHigh { name: name.to_string(), sequence });
        }
        let object = shared_memory::open(name)?;
        let layout = check_layout(name, &object)?;
        let os = |action| move |error| Error::os(action, path_text(name), error);
        let object_id = FileId::of(&object.metadata().map_err(os("inspect the object"))?);
        let control = Arc::new(ControlBlock::map(&object).map_err(os("map the control block"))?);
        let mapping = Mapping::map(&object, layout, options.waiting.prefault)
            .map_err(os("map the buffer"))?;
        let frames_ready = open_semaphore(name, SemaphoreRole::FramesReady)?;
        let space_freed = open_semaphore(name, SemaphoreRole::SpaceFreed)?;

        let policy = options.waiting.liveness;
        let locks = shared_memory::open_for_locks(name, &object)?;
        let mut reader = Peer::at(policy, Arc::clone(&locks), Slot::Reader);
        check_reader(name, &control, &mut reader)?;
        check_positions(name, &control.snapshot(), layout)?;
        let exists = |pid| Error::WriterExists { name: name.to_string(), pid };
        let slot = lock_writer_slot(&locks)
            .map_err(os("lock the shared memory object"))?
            .ok_or_else(|| exists(control.writer_pid()))?;
        // Again: no writer of this crate can change it any more.
        let state = control.snapshot();
        check_positions(name, &state, layout)?;
        let earlier = state.writer_pid;
        if liveness::is_occupied(&locks, Slot::Writer, earlier, policy) {
            return Err(exists(earlier));
        }
        let written = state.payload_written_count;
        if written != 0 && options.start_sequence.is_none() {
            return Err(Error::SequenceUnknown { name: name.to_string(), written });
        }

        let pid = u64::from(std::process::id());
        control.claim_writer(earlier, pid).map_err(exists)?;
        let ownership = WriterOwnership::new(Arc::clone(&control), pid, slot);
        if earlier != 0 {
            settle_free(&control, layout.payload_size(), state.payload_write_pos);
        }
        // The reader may have closed the buffer since; dropping the ownership releases the slot.
        check_reader(name, &control, &mut reader)?;
        let unread = find_unread(&control, layout.payload_size(), &state);
        Ok(Self {
            control,
            mapping,
            frames_ready,
            space_freed: PostWait::new(space_freed, locks, Slot::Reader),
            reader,
            ownership,
            object: object_id,
            position: state.payload_write_pos,
            count: written,
            unread,
        })
    }
}

fn lock_writer_slot(locks: &Arc<ForkClosedFile>) -> io::Result<Option<SlotLock>> {
    for _ in 1..LOCK_ATTEMPTS {
        if let Some(lock) = SlotLock::try_acquire(locks, Slot::Writer)? {
            return Ok(Some(lock));
        }
        std::thread::sleep(READER_STEP);
    }
    SlotLock::try_acquire(locks, Slot::Writer)
}

/// Takes the bytes of a frame that a killed writer has stored without taking them: they would be
/// taken for free while the frame is unread.
fn settle_free(control: &ControlBlock, capacity: u64, write_pos: u64) {
    let excess = || {
        // In this order: the reader moves its position before it returns bytes.
        let free = control.free_bytes();
        let read_pos = control.read_pos();
        let most = capacity - ring_math::distance(capacity, read_pos, write_pos);
        (read_pos, free.saturating_sub(most))
    };
    let first = excess();
    if first.1 == 0 {
        return;
    }
    // Readers of other libraries return wasted bytes before they move.
    std::thread::sleep(READER_STEP);
    if excess() == first {
        control.take_free(first.1);
    }
}

/// Returns what is unread of the frames up to the write position in `state`.
fn find_unread(control: &ControlBlock, capacity: u64, state: &ControlState) -> Unread {
    // In this order: the reader moves its position before it returns bytes.
    let free = control.free_bytes();
    let (read_pos, read_count) = (control.read_pos(), control.read_count());
    let is_full = free == 0 && read_count != state.payload_written_count;
    let bytes = match ring_math::distance(capacity, read_pos, state.payload_write_pos) {
        0 if is_full => capacity,
        bytes => bytes,
    };
    Unread::new(capacity, read_pos, bytes, read_count)
}

/// Sizes by which to map the object, taken once.
fn check_layout(name: &BufferName, object: &File) -> Result<Layout> {
    let not_ready = |missing| Error::NotReady { name: name.to_string(), missing };
    let read = || {
        shared_memory::read_control(object)
            .map_err(|error| Error::os("read the control block", path_text(name), error))
    };
    // Looked at twice: the fields are written one after another, the reader last, and read one
    // after another too. The second read shows a complete block if the first has seen a reader.
    let (first, size) = read()?;
    if size == 0 || first.is_some_and(|control| control.is_unfinished()) {
        return Err(not_ready("its reader is not announced"));
    }
    let control = read()?.0.unwrap_or_default();
    let layout = control.layout_within(size);
    let invalid = || Error::InvalidLayout {
        name: name.to_string(),
        object: size,
        metadata: control.metadata_size,
        payload: control.payload_size,
    };
    if control == ControlState::default() {
        return Err(invalid());
    }
    if !control.is_compatible() {
        return Err(Error::IncompatibleVersion {
            name: name.to_string(),
            control_block: control.control_block_size,
            major: control.version[0],
        });
    }
    if control.reader_pid == 0 {
        return Err(not_ready("it has no reader"));
    }
    layout.ok_or_else(invalid)
}

fn check_reader(name: &BufferName, control: &ControlBlock, reader: &mut Peer) -> Result<()> {
    let pid = control.reader_pid();
    if pid == 0 {
        return Err(Error::NotReady { name: name.to_string(), missing: "it has no reader" });
    }
    if !reader.observe(pid) {
        return Err(Error::ReaderDead { name: name.to_string(), pid: Some(pid) });
    }
    Ok(())
}

/// Positions that point into the ring, free bytes that fit it.
fn check_positions(name: &BufferName, state: &ControlState, layout: Layout) -> Result<()> {
    let capacity = layout.payload_size();
    for (field, value) in [
        ("payload_write_pos", state.payload_write_pos),
        ("payload_read_pos", state.payload_read_pos),
        ("payload_free_bytes", state.payload_free_bytes),
    ] {
        if value > capacity {
            let (name, expected) = (name.to_string(), format!("at most {capacity}"));
            return Err(Error::Corrupt { name, field, value, expected });
        }
    }
    Ok(())
}

fn open_semaphore(name: &BufferName, role: SemaphoreRole) -> Result<Semaphore> {
    let missing =
        || Error::NotReady { name: name.to_string(), missing: "a semaphore does not exist" };
    let path = name.semaphore_path(role);
    let metadata = fs::symlink_metadata(&path).map_err(|_| missing())?;
    let size = size_of::<libc::sem_t>() as u64;
    // The C library maps the file without checking its size; a shorter one would raise SIGBUS.
    if metadata.len() != size {
        let (field, value) = ("size of a semaphore file", metadata.len());
        let expected = size.to_string();
        return Err(Error::Corrupt { name: name.to_string(), field, value, expected });
    }
    Semaphore::open(&name.semaphore_object(role)).map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            missing()
        } else {
            Error::os("open the semaphore", path.display().to_string(), error)
        }
    })
}
