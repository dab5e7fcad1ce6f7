//! The lock that a reader holds on its buffer's name for its lifetime.
//!
//! The lock is advisory and held on an open file, so it ends with its process however that ends.
//! Other processes may remove the file at any time; a lock counts only while the name still leads
//! to the locked file.

use std::fs::{DirBuilder, File, Metadata, Permissions, TryLockError};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open, openat};
use nix::sys::stat::{FileStat, Mode, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::fork_guard::ForkClosedFile;
use crate::name::BufferName;
use crate::shared_memory::creation_mode;

/// Everyone may add lock files, only owners may remove them.
const DIRECTORY_MODE: u32 = 0o1777;

/// Attempts to lock the file: other processes may remove or replace it between two steps.
const ATTEMPTS: u32 = 100;

/// Longest wait for processes that list stale buffers, each of which holds a lock for a moment.
const LISTING_TIMEOUT: Duration = Duration::from_secs(1);
const LISTING_RETRY: Duration = Duration::from_millis(1);

/// A held lock. Dropping it unlocks, except in a forked child, where the lock is the parent's.
#[derive(Debug)]
pub(crate) struct LockFile {
    directory: OwnedFd,
    file_name: String,
    file: ForkClosedFile,
    existed: bool,
}

impl LockFile {
    /// Returns whether the file existed before it was locked.
    pub(crate) fn existed(&self) -> bool {
        self.existed
    }

    /// Takes the lock of `name`; `None` if another process holds it.
    pub(crate) fn try_acquire(
        directory: &Path,
        name: &BufferName,
        mode: Option<u32>,
    ) -> Result<Option<Self>> {
        let place = LockPlace {
            directory: open_directory(directory)?,
            file_name: name.lock_file(),
            path: directory.join(name.lock_file()),
        };
        for _ in 0..ATTEMPTS {
            let Some((file, existed)) = place.open_or_create(mode)? else { continue };
            let file = ForkClosedFile::new(file);
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {
                    continue;
                }
                Err(TryLockError::Error(error)) => {
                    return Err(place.failed("lock the file", error));
                }
            }
            let metadata = file.metadata().map_err(|e| place.failed("inspect the file", e))?;
            if place.leads_to(&metadata) {
                let LockPlace { directory, file_name, .. } = place;
                return Ok(Some(Self { directory, file_name, file, existed }));
            }
        }
        Err(Error::UnsafeLock { path: place.path, reason: "another process keeps replacing it" })
    }

    /// Takes the lock of `name` as soon as no process shares it; `None` if a process holds it alone.
    pub(crate) fn acquire_from_listings(
        directory: &Path,
        name: &BufferName,
    ) -> Result<Option<Self>> {
        let deadline = Deadline::after(LISTING_TIMEOUT);
        loop {
            if let Some(lock) = Self::try_acquire(directory, name, None)? {
                return Ok(Some(lock));
            }
            if SharedLock::try_acquire(directory, name)?.is_none() || deadline.passed() {
                return Ok(None);
            }
            // Waiting for the lock itself has no deadline.
            std::thread::sleep(LISTING_RETRY);
        }
    }

    /// Removes the file if the name still leads to it. The lock stays held.
    pub(crate) fn unlink(&self) {
        let Ok(metadata) = self.file.metadata() else { return };
        let found = fstatat(&self.directory, self.file_name.as_str(), AtFlags::AT_SYMLINK_NOFOLLOW);
        if found.is_ok_and(|found| same_file(&found, &metadata)) {
            // Failing leaves an unlocked file, which is harmless.
            let _ = unlinkat(&self.directory, self.file_name.as_str(), UnlinkatFlags::NoRemoveDir);
        }
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // Unlocks unless a forked child drops it, which has closed the file.
        if self.file.is_open() {
            // Closing the file unlocks it as well.
            let _ = self.file.unlock();
        }
    }
}

/// A share of a lock, for looking at a name without excluding others that look at it.
#[derive(Debug)]
pub(crate) struct SharedLock {
    /// `None` if the lock file does not exist, and so no process holds the lock.
    _file: Option<ForkClosedFile>,
}

impl SharedLock {
    /// Shares the lock of `name`; `None` if a process holds it alone. Nothing is created.
    pub(crate) fn try_acquire(directory: &Path, name: &BufferName) -> Result<Option<Self>> {
        let path = directory.join(name.lock_file());
        let failed = |action, error| Error::os(action, path.display().to_string(), error);
        let mut options = File::options();
        options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        let file = match options.open(&path) {
            Ok(file) => ForkClosedFile::new(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Some(Self { _file: None }));
            }
            Err(error) => return Err(failed("open the lock file", error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Some(Self { _file: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed("lock the file", error)),
        }
    }
}

/// Location of a lock file.
struct LockPlace {
    directory: OwnedFd,
    file_name: String,
    path: PathBuf,
}

impl LockPlace {
    /// Opens the regular file, creating it if missing; `None` if another process interfered.
    fn open_or_create(&self, mode: Option<u32>) -> Result<Option<(File, bool)>> {
        let mut existed = true;
        let base = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
        // Not O_CREAT at once: sticky directories may refuse that for another user's file.
        let file = match self.open(base, None) {
            Err(Errno::ENOENT) => {
                existed = false;
                let created = self.open(base | OFlag::O_CREAT | OFlag::O_EXCL, mode);
                if let (Ok(file), Some(mode)) = (&created, mode) {
                    file.set_permissions(Permissions::from_mode(mode))
                        .map_err(|e| self.failed("set the mode of the file", e))?;
                }
                created
            }
            opened => opened,
        };
        let file = match file {
            Ok(file) => file,
            Err(Errno::ENOENT | Errno::EEXIST) => return Ok(None),
            Err(Errno::ELOOP) => return Err(self.unsafe_lock("is a symbolic link")),
            Err(errno) => return Err(self.failed("open the lock file", errno)),
        };
        let metadata = file.metadata().map_err(|e| self.failed("inspect the file", e))?;
        if !metadata.is_file() {
            return Err(self.unsafe_lock("is not a regular file"));
        }
        Ok(Some((file, existed)))
    }

    fn open(&self, flags: OFlag, permissions: Option<u32>) -> nix::Result<File> {
        let mode = Mode::from_bits_truncate(creation_mode(permissions));
        openat(&self.directory, self.file_name.as_str(), flags, mode).map(File::from)
    }

    fn leads_to(&self, metadata: &Metadata) -> bool {
        fstatat(&self.directory, self.file_name.as_str(), AtFlags::AT_SYMLINK_NOFOLLOW)
            .is_ok_and(|found| same_file(&found, metadata))
    }

    fn unsafe_lock(&self, reason: &'static str) -> Error {
        Error::UnsafeLock { path: self.path.clone(), reason }
    }

    fn failed(&self, action: &'static str, source: impl Into<io::Error>) -> Error {
        Error::os(action, self.path.display().to_string(), source)
    }
}

fn same_file(found: &FileStat, metadata: &Metadata) -> bool {
    (found.st_dev, found.st_ino) == (metadata.dev(), metadata.ino())
}

/// Opens the lock directory, making it if it is missing, but not its parents.
fn open_directory(path: &Path) -> Result<OwnedFd> {
    let failed = |action, source: io::Error| Error::os(action, path.display().to_string(), source);
    let made = match DirBuilder::new().mode(0o777).create(path) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(failed("make the lock directory", error)),
    };
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let directory = open(path, flags, Mode::empty()).map_err(|errno| match errno {
        Errno::ELOOP | Errno::ENOTDIR => Error::UnsafeLock {
            path: path.to_owned(),
            reason: "is not a directory, or a symbolic link to one",
        },
        other => failed("open the lock directory", other.into()),
    })?;
    if made {
        let directory = File::from(directory);
        directory
            .set_permissions(Permissions::from_mode(DIRECTORY_MODE))
            .map_err(|error| failed("set the mode of the lock directory", error))?;
        return Ok(directory.into());
    }
    Ok(directory)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn constantly_replaced_lock_has_one_holder() {
        let directory =
            std::env::temp_dir().join(format!("zerobuffer-unit-locks-{}", std::process::id()));
        let name = BufferName::new("contended").unwrap();
        let holders = AtomicU32::new(0);
        let contend = || {
            let mut held = 0;
            while held < 100 {
                // Replacement without end is possible here, and an error.
                let Ok(Some(lock)) = LockFile::try_acquire(&directory, &name, None) else {
                    continue;
                };
                assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0, "a second holder");
                held += 1;
                std::thread::yield_now();
                holders.fetch_sub(1, Ordering::SeqCst);
                lock.unlink();
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(contend);
            }
        });
        std::fs::remove_dir(directory).unwrap();
    }
}
