//! Stale buffers, left by killed processes: listing and removing them.
//!
//! Readers remove stale objects with their name; other names are touched only by an explicit call
//! here. An object counts as a buffer if its content is one or a lock or semaphore of its name
//! exists beside it; everything else in the directories belongs to other programs.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::{DEFAULT_LOCK_DIR, Liveness};
use crate::error::{Error, Result};
use crate::inspect::open_file;
use crate::liveness;
use crate::lock_file::{LockFile, SharedLock};
use crate::name::{BufferName, SHARED_MEMORY_DIR, SemaphoreRole};
use crate::shared_memory::{self, OwnedFile};
use crate::slot_lock::Slot;
use crate::state::ControlState;

/// Younger objects without a reader may be in the middle of their creation by a library that keeps
/// its locks elsewhere.
const CREATION_TIME: Duration = Duration::from_secs(10);

/// A buffer, or a part of one, that no living process uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleBuffer {
    name: BufferName,
    lock_dir: PathBuf,
    reader_pid: Option<u64>,
    bytes: u64,
    paths: Vec<PathBuf>,
}

impl StaleBuffer {
    /// Returns the name of the buffer.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Returns the process of the reader that died, `None` if unknown.
    #[must_use]
    pub fn reader_pid(&self) -> Option<u64> {
        self.reader_pid
    }

    /// Returns the total size of its objects in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the files of its objects: shared memory, semaphores, lock.
    #[must_use]
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }
}

/// Lists the stale buffers of this machine, by name. Nothing is removed.
///
/// A buffer is stale if its reader and writer are dead and no process holds its lock. To
/// find that out, the lock is shared for a moment, but only where both processes are dead already.
/// Several processes may list at the same time.
/// Objects that may not be read are skipped. Where processes in several containers share /dev/shm
/// but neither process ids nor the lock directory, living buffers of another container look stale.
///
/// # Errors
/// [`Error::Os`] if /dev/shm cannot be listed.
pub fn list_stale() -> Result<Vec<StaleBuffer>> {
    list_stale_in(DEFAULT_LOCK_DIR)
}

/// [`list_stale`] for readers that keep their locks in `lock_dir`.
///
/// # Errors
/// As [`list_stale`].
pub fn list_stale_in(lock_dir: impl AsRef<Path>) -> Result<Vec<StaleBuffer>> {
    let lock_dir = lock_dir.as_ref();
    let mut found = Vec::new();
    for name in candidates(lock_dir)? {
        if assess(&name, lock_dir).is_none() {
            continue;
        }
        // Without the lock a name may be in use, so it is left out.
        if let Ok(Some(_shared)) = SharedLock::try_acquire(lock_dir, &name) {
            found.extend(assess(&name, lock_dir));
        }
    }
    Ok(found)
}

/// Removes a buffer if it still is stale; returns whether it was removed.
///
/// It is checked again while its lock is held: a name that is in use again is
/// left alone.
///
/// ```no_run
/// for stale in zerobuffer::list_stale()? {
///     println!("{}: {} bytes", stale.name(), stale.bytes());
///     zerobuffer::remove_stale(&stale)?;
/// }
/// # Ok::<(), zerobuffer::Error>(())
/// ```
///
/// # Errors
/// [`Error::UnsafeLock`] and [`Error::Os`] if the lock cannot be taken, or an object cannot be
/// removed.
pub fn remove_stale(stale: &StaleBuffer) -> Result<bool> {
    let Some(lock) = LockFile::acquire_from_listings(&stale.lock_dir, &stale.name)? else {
        return Ok(false);
    };
    let Some(again) = assess(&stale.name, &stale.lock_dir) else {
        if !lock.existed() {
            lock.unlink();
        }
        return Ok(false);
    };
    // Semaphores first: while the object exists the name counts as taken.
    let lock_path = again.lock_path();
    for path in again.paths.iter().rev().filter(|path| **path != lock_path) {
        if let Some(file) = OwnedFile::at(path.clone()) {
            file.unlink();
        }
        if path.symlink_metadata().is_ok() {
            let error = io::Error::from(io::ErrorKind::PermissionDenied);
            return Err(Error::os("remove the stale object", path.display().to_string(), error));
        }
    }
    lock.unlink();
    Ok(true)
}

/// Removes the stale objects of one name; returns whether there were any.
pub(crate) fn remove_stale_name(name: &BufferName, lock_dir: &Path) -> Result<bool> {
    match assess(name, lock_dir) {
        Some(stale) => remove_stale(&stale),
        None => Ok(false),
    }
}

impl StaleBuffer {
    fn lock_path(&self) -> PathBuf {
        self.lock_dir.join(self.name.lock_file())
    }
}

/// Returns the names that may have objects.
fn candidates(lock_dir: &Path) -> Result<BTreeSet<BufferName>> {
    let mut names = BTreeSet::new();
    let memory = Path::new(SHARED_MEMORY_DIR);
    let listed = file_names(memory)
        .map_err(|error| Error::os("list the shared memory objects", SHARED_MEMORY_DIR, error))?;
    for file in listed {
        let of_semaphore = SemaphoreRole::ALL.iter().find_map(|role| role.buffer_of(&file));
        names.extend(BufferName::new(of_semaphore.unwrap_or(&file)));
    }
    // A directory that is not there holds no locks.
    for file in file_names(lock_dir).unwrap_or_default() {
        names.extend(file.strip_suffix(".lock").and_then(|name| BufferName::new(name).ok()));
    }
    Ok(names)
}

fn file_names(directory: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(directory)?.map_while(io::Result::ok).map(|entry| entry.file_name());
    Ok(names.filter_map(|name| OsStr::to_str(&name).map(str::to_owned)).collect())
}

/// Returns the objects of a name, if all evidence but the lock shows that it is stale.
fn assess(name: &BufferName, lock_dir: &Path) -> Option<StaleBuffer> {
    let memory = name.shm_path();
    let lock = lock_dir.join(name.lock_file());
    let beside: Vec<PathBuf> = SemaphoreRole::ALL
        .map(|role| name.semaphore_path(role))
        .into_iter()
        .chain([lock.clone()])
        .filter(|path| path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()))
        .collect();
    let mut paths = Vec::new();
    let mut reader_pid = None;
    match open_file(&memory) {
        Ok(object) => {
            let (control, size) = shared_memory::read_control(&object).ok()?;
            let traces = Traces { known: !beside.is_empty(), settled: is_settled(&memory) };
            let alive = |slot, pid| liveness::is_occupied(&object, slot, pid, Liveness::Pid);
            if !is_stale(control.as_ref(), size, traces, alive) {
                return None;
            }
            reader_pid = control.map(|control| control.reader_pid).filter(|&pid| pid != 0);
            paths.push(memory);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A lock alone is the first thing that a new reader makes.
            if beside.is_empty() || beside == [lock] && !is_settled(&beside[0]) {
                return None;
            }
        }
        Err(_) => return None,
    }
    paths.extend(beside);
    let bytes = paths.iter().filter_map(|path| Some(path.symlink_metadata().ok()?.len())).sum();
    let (name, lock_dir) = (name.clone(), lock_dir.to_owned());
    Some(StaleBuffer { name, lock_dir, reader_pid, bytes, paths })
}

/// Evidence about an object besides its content.
#[derive(Clone, Copy, Debug)]
struct Traces {
    /// True if semaphores or a lock of its name exist.
    known: bool,
    /// True if its creation must have ended long ago.
    settled: bool,
}

/// Returns whether an object of such content is a buffer that no living process uses.
fn is_stale(
    control: Option<&ControlState>,
    size: u64,
    traces: Traces,
    alive: impl Fn(Slot, u64) -> bool,
) -> bool {
    let (reader, writer) = control.map_or((0, 0), |c| (c.reader_pid, c.writer_pid));
    if alive(Slot::Reader, reader) || alive(Slot::Writer, writer) {
        return false;
    }
    let Some(control) = control else {
        return size == 0 && traces.known && traces.settled;
    };
    let ours = control.is_compatible()
        && control.layout_within(size).is_some_and(|layout| layout.total_size() as u64 == size);
    if ours {
        return control.reader_pid != 0 || traces.settled;
    }
    *control == ControlState::default() && traces.known && traces.settled
}

fn is_settled(path: &Path) -> bool {
    let modified = path.symlink_metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age >= CREATION_TIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEAD: u64 = u64::MAX;
    fn dead(_: Slot, _: u64) -> bool {
        false
    }

    const OLD: Traces = Traces { known: true, settled: true };

    fn control(reader_pid: u64, writer_pid: u64) -> ControlState {
        ControlState {
            control_block_size: 128,
            version: [1, 0, 0, 0],
            metadata_size: 64,
            payload_size: 1024,
            reader_pid,
            writer_pid,
            ..ControlState::default()
        }
    }

    #[test]
    fn buffer_without_living_processes_is_stale() {
        let me = u64::from(std::process::id());
        let size = 128 + 64 + 1024;
        for (reader, writer, expected) in [
            (DEAD, 0, true),
            (DEAD, DEAD, true),
            (me, 0, false),
            (DEAD, me, false),
            (me, me, false),
        ] {
            for settled in [true, false] {
                let traces = Traces { known: false, settled };
                let alive = |_, pid| pid == me;
                let found = is_stale(Some(&control(reader, writer)), size, traces, alive);
                assert_eq!(found, expected, "reader {reader}, writer {writer}");
            }
        }
    }

    #[test]
    fn object_without_reader_becomes_stale_with_age() {
        let size = 128 + 64 + 1024;
        let empty = ControlState::default();
        for (control, size) in [(Some(&control(0, 0)), size), (Some(&empty), size), (None, 0)] {
            assert!(is_stale(control, size, OLD, dead));
            assert!(!is_stale(control, size, Traces { settled: false, ..OLD }, dead));
        }
    }

    #[test]
    fn foreign_objects_are_never_stale() {
        let unknown = Traces { known: false, settled: true };
        assert!(!is_stale(None, 0, unknown, dead), "an empty file of anybody");
        assert!(!is_stale(Some(&ControlState::default()), 4096, unknown, dead), "zeros of anybody");
        assert!(!is_stale(None, 100, OLD, dead), "too short for any buffer");
        assert!(
            !is_stale(Some(&control(DEAD, 0)), 128 + 64 + 1023, OLD, dead),
            "too short for its sizes"
        );
        assert!(
            !is_stale(Some(&control(DEAD, 0)), 128 + 64 + 1025, OLD, dead),
            "longer than its sizes"
        );
        let version_2 = ControlState { version: [2, 0, 0, 0], ..control(DEAD, 0) };
        assert!(!is_stale(Some(&version_2), 128 + 64 + 1024, OLD, dead));
    }
}
