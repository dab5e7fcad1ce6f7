//! Resource usage and leaks of scenarios.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Scenario;

/// The resource usage of a process during a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceUsage {
    /// The label of the process; `None` for the process that runs the scenarios itself.
    pub process: Option<Arc<str>>,
    /// The resident memory at the end, in bytes.
    pub resident_bytes: u64,
    /// The growth of resident memory in bytes; negative if it shrank.
    pub resident_growth: i64,
    /// The CPU time used.
    pub cpu_time: Duration,
    /// The number of open file descriptors at the end.
    pub open_files: usize,
    /// The number of threads at the end.
    pub threads: usize,
    /// The number of objects in /dev/shm at the end, of all processes.
    pub shared_memory: usize,
}

/// One resource that a scenario leaked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeakedResource {
    /// An open file.
    OpenFile {
        /// The descriptor.
        descriptor: u32,
        /// The target: a path, or a description such as `socket:[123]`.
        target: String,
    },
    /// A process behind a wrapper such as `ssh` that did not end when it was asked to.
    FarProcess {
        /// The process, with the wrapper.
        process: String,
    },
    /// A running thread.
    Thread {
        /// The thread id.
        id: u32,
        /// The name, of which the system keeps 15 bytes.
        name: String,
    },
    /// A child process.
    ChildProcess {
        /// The process id.
        id: u32,
        /// The name of the command, of which the system keeps 15 bytes.
        name: String,
    },
    /// An object in /dev/shm: shared memory or a named semaphore.
    SharedMemory {
        /// The path.
        path: String,
    },
    /// Growth of resident memory.
    Memory {
        /// The growth in bytes.
        growth: u64,
    },
}

/// The resources that a scenario leaked and that still existed at the end of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The scenario during which they appeared.
    pub scenario: Arc<Scenario>,
    /// The resources; at least one.
    pub resources: Vec<LeakedResource>,
}

impl fmt::Display for LeakedResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenFile { descriptor, target } => {
                write!(f, "open file: {target} (descriptor {descriptor})")
            }
            Self::FarProcess { process } => write!(f, "process out of reach: {process}"),
            Self::Thread { id, name } => write!(f, "thread: {name} (id {id})"),
            Self::ChildProcess { id, name } => write!(f, "child process: {name} (id {id})"),
            Self::SharedMemory { path } => write!(f, "shared memory: {path}"),
            Self::Memory { growth } => {
                write!(f, "memory: grew by {:.1} MiB", *growth as f64 / MIB)
            }
        }
    }
}

const MIB: f64 = 1024.0 * 1024.0;
