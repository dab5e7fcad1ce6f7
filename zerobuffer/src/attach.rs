//! Attaching to an existing buffer: everything is opened and checked before anything is changed,
//! and the writer's place is claimed last.

use std::fs::{self, File};
use std::sync::Arc;

use crate::claim::WriterClaim;
use crate::control_block::ControlBlock;
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::liveness::Peer;
use crate::mapping::Mapping;
use crate::name::{BufferName, SemaphoreRole};
use crate::semaphore::Semaphore;
use crate::shared_memory::{self, path_text};
use crate::state::ControlState;
use crate::writer_options::WriterOptions;

/// The parts of a buffer as its writer sees them.
pub(crate) struct Attached {
    pub(crate) control: Arc<ControlBlock>,
    pub(crate) mapping: Mapping,
    pub(crate) frames_ready: Semaphore,
    pub(crate) space_freed: Semaphore,
    pub(crate) reader: Peer,
    pub(crate) claim: WriterClaim,
    /// Write position and written count that an earlier writer left.
    pub(crate) position: u64,
    pub(crate) count: u64,
}

impl Attached {
    pub(crate) fn new(name: &BufferName, options: &WriterOptions) -> Result<Self> {
        let object = shared_memory::open(name)?;
        let layout = check_layout(name, &object)?;
        let os = |action| move |error| Error::os(action, path_text(name), error);
        let control = Arc::new(ControlBlock::map(&object).map_err(os("map the control block"))?);
        let mapping = Mapping::map(&object, layout, options.waiting.prefault)
            .map_err(os("map the buffer"))?;
        let frames_ready = open_semaphore(name, SemaphoreRole::FramesReady)?;
        let space_freed = open_semaphore(name, SemaphoreRole::SpaceFreed)?;

        let mut reader = Peer::new(options.waiting.liveness);
        check_reader(name, &control, &mut reader)?;
        let state = control.snapshot();
        check_positions(name, &state, layout)?;
        let earlier = state.writer_pid;
        if earlier != 0 && Peer::new(options.waiting.liveness).is_alive(earlier) {
            return Err(Error::WriterExists { name: name.to_string(), pid: earlier });
        }
        let written = state.payload_written_count;
        if written != 0 && options.start_sequence.is_none() {
            return Err(Error::SequenceUnknown { name: name.to_string(), written });
        }

        let pid = u64::from(std::process::id());
        control
            .claim_writer(earlier, pid)
            .map_err(|pid| Error::WriterExists { name: name.to_string(), pid })?;
        let claim = WriterClaim::new(Arc::clone(&control), pid);
        // The reader may have closed the buffer since; dropping the claim gives the place back.
        check_reader(name, &control, &mut reader)?;
        Ok(Self {
            control,
            mapping,
            frames_ready,
            space_freed,
            reader,
            claim,
            position: state.payload_write_pos,
            count: written,
        })
    }
}

/// Sizes by which to map the object, taken once.
fn check_layout(name: &BufferName, object: &File) -> Result<Layout> {
    let not_ready = |missing| Error::NotReady { name: name.to_string(), missing };
    let read = || {
        shared_memory::read_control(object)
            .map_err(|error| Error::os("read the control block", path_text(name), error))
    };
    // Looked at twice: the fields are written one after another, the reader last, and read one
    // after another too. What the second look shows was complete if the first has seen a reader.
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
    // The C library maps the file without a look at its size; a shorter one would raise SIGBUS.
    if metadata.len() != size {
        let (field, value) = ("size of a semaphore file", metadata.len());
        let expected = size.to_string();
        return Err(Error::Corrupt { name: name.to_string(), field, value, expected });
    }
    Semaphore::open(&name.semaphore_object(role)).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            missing()
        } else {
            Error::os("open the semaphore", path.display().to_string(), error)
        }
    })
}
