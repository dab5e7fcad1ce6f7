//! What a scenario used of the machine, and what it left behind.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Scenario;

/// What a process used while a scenario was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resources {
    /// The process, as reports name it; `None` for the one that plays the scenarios itself.
    pub process: Option<Arc<str>>,
    /// Bytes of its memory that are resident at the end.
    pub resident: u64,
    /// How many bytes more those are than at the beginning; negative where they are less.
    pub grown: i64,
    /// The time it kept processors busy meanwhile.
    pub cpu: Duration,
    /// Files, sockets and whatever else it has open at the end.
    pub open_files: usize,
    /// Its threads at the end.
    pub threads: usize,
    /// Objects in /dev/shm at the end, whoever made them.
    pub shared_memory: usize,
}

/// One thing that a scenario left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leftover {
    /// An open file.
    OpenFile {
        /// The descriptor.
        descriptor: u32,
        /// What it leads to: a path, or words such as `socket:[123]`.
        target: String,
    },
    /// A thread that runs on.
    Thread {
        /// Its number.
        id: u32,
        /// Its name, as far as the system keeps it: 15 bytes.
        name: String,
    },
    /// An object in /dev/shm: shared memory or a named semaphore.
    SharedMemory {
        /// The file.
        path: String,
    },
    /// Memory that became and stayed resident.
    Memory {
        /// Bytes.
        grown: u64,
    },
}

/// What a scenario left behind, and what was still there at the end of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The scenario that was played when it appeared.
    pub scenario: Arc<Scenario>,
    /// What there is; at least one thing.
    pub left: Vec<Leftover>,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenFile { descriptor, target } => {
                write!(f, "open file: {target} (descriptor {descriptor})")
            }
            Self::Thread { id, name } => write!(f, "thread: {name} (number {id})"),
            Self::SharedMemory { path } => write!(f, "shared memory: {path}"),
            Self::Memory { grown } => {
                write!(f, "memory: {:.1} MiB more than before", *grown as f64 / MIB)
            }
        }
    }
}

const MIB: f64 = 1024.0 * 1024.0;
