//! The resources of a process, as far as the system reports them.

use std::ffi::OsString;
use std::time::Duration;

/// The resources of a process at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProcessResources {
    pub(crate) resident_bytes: u64,
    pub(crate) cpu: Duration,
    /// The target of each descriptor; this list and the next ones are sorted.
    pub(crate) files: Vec<(u32, String)>,
    /// The name of each thread.
    pub(crate) threads: Vec<(u32, String)>,
    /// The name of each child process.
    pub(crate) children: Vec<(u32, String)>,
    /// The objects of this user in [`SHARED_MEMORY_FOLDERS`](super::SHARED_MEMORY_FOLDERS)`[0]`, by name,
    /// with their inode number.
    pub(crate) shared_memory: Vec<(OsString, u64)>,
    pub(crate) all_shared_memory: usize,
}
