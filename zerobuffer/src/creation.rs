//! Creation of the objects of a buffer: lock, shared memory, semaphores, control block, in this
//! order.
//!
//! A failed creation leaves nothing behind. Opening existing buffers is in `attach`.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{BufferConfig, Liveness};
use crate::control_block::ControlBlock;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::fork_guard::ForkClosedFile;
use crate::liveness;
use crate::lock_file::LockFile;
use crate::mapping::Mapping;
use crate::name::{BufferName, SemaphoreRole};
use crate::ownership::ReaderOwnership;
use crate::semaphore::Semaphore;
use crate::shared_memory::{self, OwnedFile, OwnedNames, path_text};
use crate::slot_lock::{Slot, SlotLock};
use crate::state::ControlState;

/// Other implementations take every lock briefly when they search for stale ones.
const LOCK_TIMEOUT: Duration = Duration::from_millis(200);
const LOCK_RETRY: Duration = Duration::from_millis(2);

/// The parts of a new buffer, announced to writers.
pub(crate) struct Created {
    pub(crate) parts: Parts,
    pub(crate) ownership: ReaderOwnership,
    /// True if the objects of an earlier reader had to be removed.
    pub(crate) replaced_stale: bool,
}

/// The open objects of a reader.
pub(crate) struct Parts {
    pub(crate) locks: Arc<ForkClosedFile>,
    pub(crate) control: Arc<ControlBlock>,
    pub(crate) mapping: Mapping,
    pub(crate) frames_ready: Semaphore,
    pub(crate) space_freed: Semaphore,
    slot: Option<SlotLock>,
}

impl Created {
    pub(crate) fn new(name: &BufferName, config: &BufferConfig) -> Result<Self> {
        let lock = acquire_lock(name, config)?;
        let mut names = OwnedNames::default();
        let made = remove_stale(name, config.waiting().liveness, lock.existed())
            .and_then(|replaced| Ok((Parts::new(name, config, &mut names)?, replaced)));
        match made {
            Ok((mut parts, replaced_stale)) => {
                let (control, slot) = (Arc::clone(&parts.control), parts.slot.take());
                let ownership = ReaderOwnership::new(name.clone(), control, names, lock, slot);
                parts.control.publish_reader(u64::from(std::process::id()));
                Ok(Self { parts, ownership, replaced_stale })
            }
            Err(error) => {
                names.unlink();
                lock.unlink();
                Err(error)
            }
        }
    }
}

impl Parts {
    /// Creates all objects, recording in `names` what must be removed later.
    fn new(name: &BufferName, config: &BufferConfig, names: &mut OwnedNames) -> Result<Self> {
        let layout = config.layout();
        let os = |action| move |error| Error::os(action, path_text(name), error);

        let object = shared_memory::create(name, config.permission_bits(), names)?;
        let locks = shared_memory::open_for_locks(name, &object)?;
        // At once, so that no other reader takes the object for the remains of a failed creation.
        let slot = SlotLock::try_acquire(&locks, Slot::Reader)
            .map_err(os("lock the shared memory object"))?
            .ok_or_else(|| Error::ReaderExists { name: name.to_string(), pid: None })?;
        if let Some(mode) = config.permission_bits() {
            object
                .set_permissions(Permissions::from_mode(mode))
                .map_err(os("set the mode of the shared memory object"))?;
        }
        shared_memory::allocate(name, &object, layout.total_size())?;
        let control = ControlBlock::map(&object).map_err(os("map the control block"))?;
        let mapping = Mapping::map(&object, layout, config.waiting().prefault)
            .map_err(os("map the buffer"))?;
        control.initialize(layout);

        // Before the reader is announced: a writer that sees the reader can open them.
        let frames_ready = create_semaphore(name, SemaphoreRole::FramesReady, config, names)?;
        let space_freed = create_semaphore(name, SemaphoreRole::SpaceFreed, config, names)?;
        let (control, slot) = (Arc::new(control), Some(slot));
        Ok(Self { locks, control, mapping, frames_ready, space_freed, slot })
    }
}

fn acquire_lock(name: &BufferName, config: &BufferConfig) -> Result<LockFile> {
    let deadline = Deadline::after(LOCK_TIMEOUT);
    loop {
        let directory = config.lock_directory();
        if let Some(lock) = LockFile::try_acquire(directory, name, config.permission_bits())? {
            return Ok(lock);
        }
        let pid = live_reader(name, config.waiting().liveness);
        if pid.is_some() || deadline.passed() {
            return Err(Error::ReaderExists { name: name.to_string(), pid });
        }
        std::thread::sleep(LOCK_RETRY);
    }
}

/// Returns the reader process registered in the object of this name, if it is alive.
fn live_reader(name: &BufferName, policy: Liveness) -> Option<u64> {
    let object = shared_memory::open(name).ok()?;
    let control = shared_memory::read_control(&object).ok()?.0?;
    let pid = control.reader_pid;
    liveness::is_occupied(&object, Slot::Reader, pid, policy).then_some(pid)
}

/// Removes the objects that a dead reader left under this name; returns whether there were any.
///
/// # Errors
/// The object belongs to a living reader, or is not a buffer.
fn remove_stale(name: &BufferName, policy: Liveness, lock_existed: bool) -> Result<bool> {
    let semaphores = [SemaphoreRole::FramesReady, SemaphoreRole::SpaceFreed]
        .map(|role| OwnedFile::at(name.semaphore_path(role)));
    let traces = lock_existed || semaphores.iter().any(Option::is_some);
    let stale_object = match shared_memory::open(name) {
        Ok(object) => Some(check_stale(name, &object, policy, traces)?),
        Err(Error::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    let stale: Vec<_> = semaphores.into_iter().flatten().chain(stale_object).collect();
    for file in &stale {
        file.unlink();
    }
    Ok(!stale.is_empty())
}

/// Checks that an object is what a dead reader has left; `traces` of one are its lock and semaphores.
fn check_stale(
    name: &BufferName,
    object: &File,
    policy: Liveness,
    traces: bool,
) -> Result<OwnedFile> {
    let os = |error| Error::os("inspect the existing object", path_text(name), error);
    let foreign = || Error::ForeignObject { path: name.shm_path() };
    let file = OwnedFile::opened(name.shm_path(), object).map_err(os)?;
    let (control, size) = shared_memory::read_control(object).map_err(os)?;
    let empty = control.unwrap_or_default() == ControlState::default();
    let pid = match control {
        _ if !object.metadata().is_ok_and(|metadata| metadata.is_file()) => return Err(foreign()),
        // Zeros of any program, unless a creation was cut short here.
        _ if empty && (control.is_some() || size == 0) => {
            if !traces || !shared_memory::is_zero(object).map_err(os)? {
                return Err(foreign());
            }
            0
        }
        Some(control) if control.is_unfinished() => 0,
        Some(control) if control.is_compatible() => control.reader_pid,
        _ => return Err(foreign()),
    };
    if liveness::is_occupied(object, Slot::Reader, pid, policy) {
        let pid = Some(pid).filter(|&pid| pid != 0);
        return Err(Error::ReaderExists { name: name.to_string(), pid });
    }
    Ok(file)
}

fn create_semaphore(
    name: &BufferName,
    role: SemaphoreRole,
    config: &BufferConfig,
    names: &mut OwnedNames,
) -> Result<Semaphore> {
    let path = name.semaphore_path(role);
    let os = |action| {
        let object = path.display().to_string();
        move |error| Error::os(action, object, error)
    };
    let mode = shared_memory::creation_mode(config.permission_bits());
    let semaphore = Semaphore::create(&name.semaphore_object(role), &path, mode).map_err(
        |error| match error.kind() {
            std::io::ErrorKind::StorageFull => {
                Error::NoSpace { name: name.to_string(), bytes: config.total_size() }
            }
            _ => os("create the semaphore")(error),
        },
    )?;
    names.add(path.clone());
    if let Some(mode) = config.permission_bits() {
        std::fs::set_permissions(&path, Permissions::from_mode(mode))
            .map_err(os("set the mode of the semaphore"))?;
    }
    Ok(semaphore)
}
