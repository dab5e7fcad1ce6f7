//! The validated name of a buffer and the names of the system objects that belong to it.
//!
//! Nothing here touches the system; [`crate::Error::InvalidName`] is the only failure.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};

/// Longest buffer name in bytes: `sem.sem-w-` and the name must fit into one 255-byte file name.
pub(crate) const MAX_NAME_BYTES: usize = 245;

/// The folder in which Linux keeps shared memory and named semaphores as files.
pub(crate) const SHARED_MEMORY_DIR: &str = "/dev/shm";

/// Name of a buffer, known to be usable for every object of that buffer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BufferName(Arc<str>);

impl BufferName {
    pub(crate) fn new(name: &str) -> Result<Self> {
        let reason = if name.is_empty() {
            "it is empty"
        } else if name.len() > MAX_NAME_BYTES {
            "it is longer than 245 bytes"
        } else if name.contains('/') {
            "it contains '/'"
        } else if name.contains('\0') {
            "it contains a NUL byte"
        } else if name.starts_with("sem.") {
            "it starts with 'sem.', as the files of semaphores do"
        } else if name == "." || name == ".." {
            "it is a directory name"
        } else {
            return Ok(Self(name.into()));
        };
        Err(Error::InvalidName { name: name.to_owned(), length: name.len(), reason })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Name for `shm_open`.
    pub(crate) fn shm_object(&self) -> String {
        format!("/{}", self.0)
    }

    /// File behind [`Self::shm_object`].
    pub(crate) fn shm_path(&self) -> PathBuf {
        Path::new(SHARED_MEMORY_DIR).join(&*self.0)
    }

    /// Name for `sem_open`.
    pub(crate) fn semaphore_object(&self, role: SemaphoreRole) -> String {
        format!("/{}-{}", role.prefix(), self.0)
    }

    /// File behind [`Self::semaphore_object`].
    pub(crate) fn semaphore_path(&self, role: SemaphoreRole) -> PathBuf {
        Path::new(SHARED_MEMORY_DIR).join(format!("sem.{}-{}", role.prefix(), self.0))
    }

    /// File name of the lock inside the lock directory.
    pub(crate) fn lock_file(&self) -> String {
        format!("{}.lock", self.0)
    }
}

impl fmt::Display for BufferName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The two semaphores of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SemaphoreRole {
    /// Counts frames written and not yet taken; the writer posts it.
    FramesReady,
    /// Counts frames given back; the reader posts it, the writer takes from it only when short of
    /// space.
    SpaceFreed,
}

impl SemaphoreRole {
    pub(crate) const ALL: [Self; 2] = [Self::FramesReady, Self::SpaceFreed];

    /// The buffer whose semaphore of this role is kept in the file `file_name`.
    pub(crate) fn buffer_of(self, file_name: &str) -> Option<&str> {
        file_name.strip_prefix("sem.")?.strip_prefix(self.prefix())?.strip_prefix('-')
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::FramesReady => "sem-w",
            Self::SpaceFreed => "sem-r",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_names_are_refused() {
        for bad in ["", ".", "..", "a/b", "/lead", "../x", "nul\0inside", "sem.x", &"x".repeat(246)]
        {
            match BufferName::new(bad) {
                Err(Error::InvalidName { name, length, .. }) => {
                    assert_eq!((name.as_str(), length), (bad, bad.len()));
                }
                other => panic!("{bad:?} gave {other:?}"),
            }
        }
    }

    #[test]
    fn every_object_name_derives_from_the_buffer_name() {
        let name = BufferName::new("größe 100%.v1").unwrap();
        assert_eq!(name.shm_object(), "/größe 100%.v1");
        assert_eq!(name.shm_path(), Path::new("/dev/shm/größe 100%.v1"));
        assert_eq!(name.semaphore_object(SemaphoreRole::FramesReady), "/sem-w-größe 100%.v1");
        assert_eq!(
            name.semaphore_path(SemaphoreRole::SpaceFreed),
            Path::new("/dev/shm/sem.sem-r-größe 100%.v1")
        );
        assert_eq!(name.lock_file(), "größe 100%.v1.lock");
    }

    #[test]
    fn a_semaphore_file_leads_back_to_its_buffer() {
        let name = BufferName::new("sem-w-x").unwrap();
        for role in SemaphoreRole::ALL {
            let path = name.semaphore_path(role);
            let file = path.file_name().unwrap().to_str().unwrap();
            assert_eq!(role.buffer_of(file), Some("sem-w-x"));
        }
        assert_eq!(SemaphoreRole::FramesReady.buffer_of("sem.sem-r-x"), None);
        assert_eq!(SemaphoreRole::FramesReady.buffer_of("sem.other"), None);
    }

    #[test]
    fn the_longest_name_leaves_room_for_the_semaphore_prefix() {
        let name = BufferName::new(&"x".repeat(MAX_NAME_BYTES)).unwrap();
        let path = name.semaphore_path(SemaphoreRole::FramesReady);
        assert_eq!(path.file_name().map(std::ffi::OsStr::len), Some(255));
    }
}
