//! The lock a reader holds on its buffer's name for as long as it lives.
//!
//! The lock is advisory and held on an open file, so it ends with its process however that ends.
//! The file may be removed by others at any time; a lock counts only while the name still leads to
//! the locked file.

use std::fs::{DirBuilder, File, Metadata, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, Flock, FlockArg, OFlag, open, openat};
use nix::sys::stat::{FileStat, Mode, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::error::{Error, Result};
use crate::name::BufferName;

/// Everyone may add lock files, only owners may remove them.
const DIRECTORY_MODE: u32 = 0o1777;

/// Others may remove or replace the file between our steps; each time is bad luck, not a rule.
const ATTEMPTS: u32 = 100;

/// A held lock. Dropping it unlocks, except in a forked child, where the lock is the parent's.
#[derive(Debug)]
pub(crate) struct LockFile {
    directory: OwnedFd,
    file_name: String,
    file: Option<Flock<File>>,
    owner: u32,
}

impl LockFile {
    /// Takes the lock of `name`; `None` if someone else holds it.
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
            let Some(file) = place.open_or_create(mode)? else { continue };
            let file = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(locked) => locked,
                Err((_, Errno::EWOULDBLOCK)) => return Ok(None),
                Err((_, Errno::EINTR)) => continue,
                Err((_, errno)) => return Err(place.failed("lock the file", errno)),
            };
            let metadata = file.metadata().map_err(|e| place.failed("look at the file", e))?;
            if place.leads_to(&metadata) {
                let LockPlace { directory, file_name, .. } = place;
                let owner = std::process::id();
                return Ok(Some(Self { directory, file_name, file: Some(file), owner }));
            }
        }
        Err(Error::UnsafeLock { path: place.path, reason: "someone keeps replacing it" })
    }

    /// Removes the file if the name still leads to it. The lock stays held.
    pub(crate) fn unlink(&self) {
        let Some(Ok(metadata)) = self.file.as_ref().map(|file| file.metadata()) else { return };
        let found = fstatat(&self.directory, self.file_name.as_str(), AtFlags::AT_SYMLINK_NOFOLLOW);
        if found.is_ok_and(|found| same_file(&found, &metadata)) {
            // Failing leaves an unlocked file, which hinders nobody.
            let _ = unlinkat(&self.directory, self.file_name.as_str(), UnlinkatFlags::NoRemoveDir);
        }
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // In a forked child the lock is the parent's: both share the open file, so unlocking here
        // would unlock there. The child keeps the descriptor instead.
        if self.owner != std::process::id() {
            std::mem::forget(self.file.take());
        }
    }
}

/// Where a lock file is looked for.
struct LockPlace {
    directory: OwnedFd,
    file_name: String,
    path: PathBuf,
}

impl LockPlace {
    /// The regular file at this place, made if there is none; `None` if others interfered.
    fn open_or_create(&self, mode: Option<u32>) -> Result<Option<File>> {
        let base = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
        // Not O_CREAT at once: sticky directories may refuse that for another user's file.
        let file = match self.open(base) {
            Err(Errno::ENOENT) => {
                let created = self.open(base | OFlag::O_CREAT | OFlag::O_EXCL);
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
        let metadata = file.metadata().map_err(|e| self.failed("look at the file", e))?;
        if !metadata.is_file() {
            return Err(self.unsafe_lock("is not a regular file"));
        }
        Ok(Some(file))
    }

    fn open(&self, flags: OFlag) -> nix::Result<File> {
        let mode = Mode::from_bits_truncate(0o666);
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
    fn a_lock_that_is_removed_and_made_anew_all_the_time_has_one_holder() {
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
