//! Making the objects of a buffer: lock, shared memory, semaphores, control block, in this order.
//!
//! Whatever fails, nothing that was made stays behind. Opening existing buffers is elsewhere.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use crate::claim::ReaderClaim;
use crate::config::{BufferConfig, Liveness};
use crate::control_block::ControlBlock;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::exit_hook;
use crate::liveness::Peer;
use crate::lock_file::LockFile;
use crate::mapping::Mapping;
use crate::name::{BufferName, SemaphoreRole};
use crate::semaphore::Semaphore;
use crate::shared_memory::{self, OwnedFile, OwnedNames, path_text};

/// Other implementations take every lock for a moment when they look for stale ones.
const LOCK_PATIENCE: Duration = Duration::from_millis(200);
const LOCK_RETRY: Duration = Duration::from_millis(2);

/// The parts of a new buffer, announced to writers.
pub(crate) struct Created {
    pub(crate) parts: Parts,
    pub(crate) claim: ReaderClaim,
    /// Whether the remains of an earlier reader had to be removed.
    pub(crate) replaced_stale: bool,
}

/// What a reader works with.
pub(crate) struct Parts {
    pub(crate) control: Arc<ControlBlock>,
    pub(crate) mapping: Mapping,
    pub(crate) frames_ready: Semaphore,
    pub(crate) space_freed: Semaphore,
}

impl Created {
    pub(crate) fn new(name: &BufferName, config: &BufferConfig) -> Result<Self> {
        let lock = acquire_lock(name, config)?;
        let mut names = OwnedNames::default();
        let made = remove_stale(name, config.waiting().liveness)
            .and_then(|replaced| Ok((Parts::new(name, config, &mut names)?, replaced)));
        match made {
            Ok((parts, replaced_stale)) => {
                let claim = ReaderClaim::new(Arc::clone(&parts.control), names, lock);
                parts.control.publish_reader(u64::from(std::process::id()));
                Ok(Self { parts, claim, replaced_stale })
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
    /// Makes everything, noting in `names` what will have to be removed.
    fn new(name: &BufferName, config: &BufferConfig, names: &mut OwnedNames) -> Result<Self> {
        let layout = config.layout();
        let os = |action| move |error| Error::os(action, path_text(name), error);

        let object = shared_memory::create(name, names)?;
        if let Some(mode) = config.permissions() {
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
        Ok(Self { control: Arc::new(control), mapping, frames_ready, space_freed })
    }
}

fn acquire_lock(name: &BufferName, config: &BufferConfig) -> Result<LockFile> {
    let deadline = Deadline::after(LOCK_PATIENCE);
    loop {
        let directory = config.lock_directory();
        if let Some(lock) = LockFile::try_acquire(directory, name, config.permissions())? {
            return Ok(lock);
        }
        let pid = live_reader(name, config.waiting().liveness);
        if pid.is_some() || deadline.passed() {
            return Err(Error::ReaderExists { name: name.to_string(), pid });
        }
        std::thread::sleep(LOCK_RETRY);
    }
}

/// The process of the reader that the object of this name says it has, if that is alive.
fn live_reader(name: &BufferName, liveness: Liveness) -> Option<u64> {
    let object = shared_memory::open(name).ok()?;
    let control = shared_memory::read_control(&object).ok()?.0?;
    Some(control.reader_pid).filter(|&pid| Peer::new(liveness).is_alive(pid))
}

/// Removes what a dead reader left under this name; says whether there was anything.
///
/// # Errors
/// If the object belongs to a living reader, or is no buffer.
fn remove_stale(name: &BufferName, liveness: Liveness) -> Result<bool> {
    let stale_object = match shared_memory::open(name) {
        Ok(object) => Some(check_stale(name, &object, liveness)?),
        Err(Error::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    let semaphores = [SemaphoreRole::FramesReady, SemaphoreRole::SpaceFreed]
        .map(|role| OwnedFile::at(name.semaphore_path(role)));
    let stale: Vec<_> = semaphores.into_iter().flatten().chain(stale_object).collect();
    for file in &stale {
        file.unlink();
    }
    Ok(!stale.is_empty())
}

fn check_stale(name: &BufferName, object: &File, liveness: Liveness) -> Result<OwnedFile> {
    let os = |error| Error::os("look at the existing object", path_text(name), error);
    let foreign = || Error::ForeignObject { path: name.shm_path() };
    let file = OwnedFile::opened(name.shm_path(), object).map_err(os)?;
    let pid = match shared_memory::read_control(object).map_err(os)? {
        (None, 0) => return Ok(file),
        (Some(control), _) if control.is_unfinished() => return Ok(file),
        (Some(control), _) if control.is_compatible() => control.reader_pid,
        _ => return Err(foreign()),
    };
    // Our own id in an object that no reader of ours owns is the id of an earlier process, as
    // containers number theirs alike.
    let own = pid == u64::from(std::process::id()) && !exit_hook::owned_here(file.id());
    if !own && Peer::new(liveness).is_alive(pid) {
        return Err(Error::ReaderExists { name: name.to_string(), pid: Some(pid) });
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
    let semaphore = Semaphore::create(&name.semaphore_object(role), &path)
        .map_err(os("create the semaphore"))?;
    names.add(path.clone());
    if let Some(mode) = config.permissions() {
        std::fs::set_permissions(&path, Permissions::from_mode(mode))
            .map_err(os("set the mode of the semaphore"))?;
    }
    Ok(semaphore)
}
