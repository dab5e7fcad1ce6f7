//! The shared memory object and the semaphore files by name: create, look at, unlink.
//!
//! Never unlinks an object it was not told the identity of.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, posix_fallocate};
use nix::sys::mman::shm_open;
use nix::sys::stat::Mode;

use crate::error::{Error, Result};
use crate::layout::CONTROL_BLOCK_BYTES;
use crate::name::BufferName;
use crate::state::ControlState;

/// Identity of a file: what a name refers to, as opposed to the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// What `path` names at this moment, links not followed; `None` if nothing can be seen there.
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
    /// What `path` names at this moment; `None` if nothing can be seen there.
    pub(crate) fn at(path: PathBuf) -> Option<Self> {
        FileId::at(&path).map(|id| Self { path, id })
    }

    /// The file that was opened by the name `path`.
    pub(crate) fn opened(path: PathBuf, file: &File) -> io::Result<Self> {
        Ok(Self { path, id: FileId::of(&file.metadata()?) })
    }

    pub(crate) fn id(&self) -> FileId {
        self.id
    }

    /// Removes the name if it still refers to the same file.
    pub(crate) fn unlink(&self) {
        if FileId::at(&self.path) == Some(self.id) {
            // Failing leaves a stale name, which the next reader of it replaces.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The files a reader has made, shared memory first.
#[derive(Debug, Default)]
pub(crate) struct OwnedNames(Vec<OwnedFile>);

impl OwnedNames {
    /// Adds what `path` names, just made.
    pub(crate) fn add(&mut self, path: PathBuf) {
        self.0.extend(OwnedFile::at(path));
    }

    pub(crate) fn shared_memory(&self) -> Option<FileId> {
        self.0.first().map(OwnedFile::id)
    }

    /// Removes the names that still refer to these files.
    pub(crate) fn unlink(&self) {
        // Semaphores first: while the object exists the name counts as taken.
        for file in self.0.iter().rev() {
            file.unlink();
        }
    }
}

/// Creates the object of a buffer, empty.
pub(crate) fn create(name: &BufferName, names: &mut OwnedNames) -> Result<File> {
    let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_RDWR;
    let object = shm_open(name.shm_object().as_str(), flags, Mode::from_bits_truncate(0o666))
        .map_err(|errno| Error::os("create the shared memory object", path_text(name), errno))?;
    names.add(name.shm_path());
    Ok(object.into())
}

/// Backs the object with `bytes` of zeroed memory now, so that a full file system is an error here
/// and not a SIGBUS later.
pub(crate) fn allocate(name: &BufferName, object: &File, bytes: usize) -> Result<()> {
    loop {
        // The size was checked to fit when the configuration was made.
        return match posix_fallocate(object, 0, bytes as libc::off_t) {
            Ok(()) => Ok(()),
            Err(Errno::EINTR) => continue,
            Err(Errno::ENOSPC | Errno::ENOMEM | Errno::EFBIG) => {
                Err(Error::NoSpace { name: name.to_string(), bytes })
            }
            Err(errno) => Err(Error::os("reserve memory for the object", path_text(name), errno)),
        };
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
