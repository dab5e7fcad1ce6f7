//! The shared memory object and the semaphore files by name: create, inspect, unlink.
//!
//! Unlinks an object only if its identity is known.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::errno::Errno;
use nix::fcntl::{OFlag, posix_fallocate};
use nix::sys::mman::shm_open;
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::stat::Mode;
use nix::sys::statvfs::fstatvfs;

use crate::error::{Error, Result};
use crate::fork_guard::ForkClosedFile;
use crate::layout::CONTROL_BLOCK_BYTES;
use crate::memory_limit;
use crate::name::BufferName;
use crate::state::ControlState;

/// Memory that is allocated at once where signals interrupt every longer allocation.
const MIN_PIECE: usize = 4 << 10;

/// Identity of a file, as opposed to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// Returns the identity of the file at `path`, links not followed; `None` if it cannot be seen.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        fs::symlink_metadata(path).ok().map(|metadata| Self::of(&metadata))
    }

    pub(crate) fn of(metadata: &fs::Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// A name and the file it refers to.
#[derive(Debug)]
pub(crate) struct OwnedFile {
    path: PathBuf,
    id: FileId,
}

impl OwnedFile {
    /// Returns the file at `path`; `None` if it cannot be seen.
    pub(crate) fn at(path: PathBuf) -> Option<Self> {
        FileId::at(&path).map(|id| Self { path, id })
    }

    /// Returns the identity of a file opened as `path`.
    pub(crate) fn opened(path: PathBuf, file: &File) -> io::Result<Self> {
        Ok(Self { path, id: FileId::of(&file.metadata()?) })
    }

    /// Removes the name if it still refers to the same file.
    pub(crate) fn unlink(&self) {
        if FileId::at(&self.path) == Some(self.id) {
            // Failing leaves a stale name, which the next reader of it replaces.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The files that a reader has created, shared memory first.
#[derive(Debug, Default)]
pub(crate) struct OwnedNames(Vec<OwnedFile>);

impl OwnedNames {
    /// Adds the file just created at `path`.
    pub(crate) fn add(&mut self, path: PathBuf) {
        self.0.extend(OwnedFile::at(path));
    }

    /// Removes the names that still refer to these files.
    pub(crate) fn unlink(&self) {
        // Semaphores first: while the object exists the name counts as taken.
        for file in self.0.iter().rev() {
            file.unlink();
        }
    }
}

/// Returns the permission bits with which an object is created: none that it will not have, but for
/// those of its owner, who must be able to open it.
pub(crate) fn creation_mode(permissions: Option<u32>) -> u32 {
    permissions.map_or(0o666, |bits| bits | 0o600)
}

/// Creates the object of a buffer, empty.
pub(crate) fn create(
    name: &BufferName,
    permissions: Option<u32>,
    names: &mut OwnedNames,
) -> Result<File> {
    let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_RDWR;
    let mode = Mode::from_bits_truncate(creation_mode(permissions));
    let object = shm_open(name.shm_object().as_str(), flags, mode)
        .map_err(|errno| Error::os("create the shared memory object", path_text(name), errno))?;
    names.add(name.shm_path());
    Ok(object.into())
}

/// Allocates `bytes` of zeroed memory for the object now, so that a full file system is an error
/// here and not a SIGBUS later.
pub(crate) fn allocate(name: &BufferName, object: &File, bytes: usize) -> Result<()> {
    let no_space = || Error::NoSpace { name: name.to_string(), bytes };
    // Beyond this limit the system would end the process by SIGXFSZ.
    let limit = getrlimit(Resource::RLIMIT_FSIZE).map_or(u64::MAX, |(soft, _)| soft);
    let free = fstatvfs(object).map_or(u64::MAX, |found| match found.blocks() {
        0 => u64::MAX,
        _ => found.blocks_free().saturating_mul(found.fragment_size()),
    });
    if bytes as u64 > limit.min(free).min(memory_limit::of_this_process()) {
        return Err(no_space());
    }
    // All at once, so that the system refuses what does not fit before it fills its memory.
    let (mut done, mut piece) = (0, bytes);
    while done < bytes {
        let len = piece.min(bytes - done);
        // The size was checked to fit when the configuration was made.
        match posix_fallocate(object, done as libc::off_t, len as libc::off_t) {
            Ok(()) => done += len,
            // Less at a time: a signal undoes the call, and may come more often than a long one ends.
            Err(Errno::EINTR) => piece = (piece / 2).max(MIN_PIECE),
            Err(Errno::ENOSPC | Errno::ENOMEM | Errno::EFBIG) => return Err(no_space()),
            Err(errno) => {
                return Err(Error::os("reserve memory for the object", path_text(name), errno));
            }
        }
    }
    Ok(())
}

/// Returns whether all bytes of a file are 0.
pub(crate) fn is_zero(file: &File) -> io::Result<bool> {
    let mut bytes = vec![0; 64 << 10];
    let mut at = 0;
    loop {
        match file.read_at(&mut bytes, at)? {
            0 => return Ok(true),
            len if bytes[..len].iter().any(|&byte| byte != 0) => return Ok(false),
            len => at += len as u64,
        }
    }
}

/// Opens the object of an existing buffer.
pub(crate) fn open(name: &BufferName) -> Result<File> {
    shm_open(name.shm_object().as_str(), OFlag::O_RDWR, Mode::empty()).map(File::from).map_err(
        |errno| match errno {
            Errno::ENOENT => Error::NotFound { name: name.to_string() },
            other => Error::os("open the shared memory object", path_text(name), other),
        },
    )
}

/// Opens the object of `file` again, for its locks: a mapping, which forked children inherit, would
/// otherwise keep them. Without the permission for that, the locks share the open file.
pub(crate) fn open_for_locks(name: &BufferName, file: &File) -> Result<Arc<ForkClosedFile>> {
    let failed = |error| Error::os("open the shared memory object again", path_text(name), error);
    let id = FileId::of(&file.metadata().map_err(failed)?);
    let again = open(name)
        .ok()
        .filter(|again| again.metadata().is_ok_and(|metadata| FileId::of(&metadata) == id));
    let file = again.map_or_else(|| file.try_clone(), Ok).map_err(failed)?;
    Ok(Arc::new(ForkClosedFile::new(file)))
}

/// The control block as read from the file, not from a mapping, with the size of the object.
/// `None` instead of the block if the object is shorter than one.
pub(crate) fn read_control(file: &File) -> io::Result<(Option<ControlState>, u64)> {
    let size = file.metadata()?.len();
    if size < CONTROL_BLOCK_BYTES {
        return Ok((None, size));
    }
    let mut bytes = [0; CONTROL_BLOCK_BYTES as usize];
    file.read_exact_at(&mut bytes, 0)?;
    Ok((Some(ControlState::decode(&bytes)), size))
}

pub(crate) fn path_text(name: &BufferName) -> String {
    name.shm_path().display().to_string()
}
