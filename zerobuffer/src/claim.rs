//! What an end of a buffer has taken possession of outside its process, and how it lets go.
//!
//! The reader owns the names and the lock; the writer owns its place in the control block. Both let
//! go once, in the process that took them, whether by drop or at exit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::control_block::ControlBlock;
use crate::exit_hook::{InProgress, Withdraw};
use crate::lock_file::LockFile;
use crate::shared_memory::{FileId, OwnedNames};

/// Runs once, and only in the process that made it.
#[derive(Debug)]
struct Once {
    done: AtomicBool,
    process: u32,
}

impl Once {
    fn new() -> Self {
        Self { done: AtomicBool::new(false), process: std::process::id() }
    }

    fn run(&self, action: impl FnOnce()) {
        // A forked child shares every object with its parent, who still uses them.
        if self.process != std::process::id() {
            return;
        }
        let _in_progress = InProgress::withdrawal();
        // AcqRel: whoever comes second finds the first one's work done or under way.
        if !self.done.swap(true, Ordering::AcqRel) {
            action();
        }
    }
}

/// Possessions of a reader.
#[derive(Debug)]
pub(crate) struct ReaderClaim {
    control: Arc<ControlBlock>,
    names: OwnedNames,
    lock: LockFile,
    once: Once,
}

impl ReaderClaim {
    pub(crate) fn new(control: Arc<ControlBlock>, names: OwnedNames, lock: LockFile) -> Self {
        Self { control, names, lock, once: Once::new() }
    }
}

impl Withdraw for ReaderClaim {
    fn withdraw(&self) {
        self.once.run(|| {
            self.control.withdraw_reader();
            // The names go while the lock is held, so that they cannot be a successor's.
            self.names.unlink();
            self.lock.unlink();
        });
    }

    fn owned_object(&self) -> Option<FileId> {
        self.names.shared_memory()
    }
}

impl Drop for ReaderClaim {
    fn drop(&mut self) {
        self.withdraw();
    }
}

/// Possession of a writer: its process id in the control block.
#[derive(Debug)]
pub(crate) struct WriterClaim {
    control: Arc<ControlBlock>,
    pid: u64,
    once: Once,
}

impl WriterClaim {
    /// Takes over the claim that `pid` has made in `control`.
    pub(crate) fn new(control: Arc<ControlBlock>, pid: u64) -> Self {
        Self { control, pid, once: Once::new() }
    }
}

impl Withdraw for WriterClaim {
    fn withdraw(&self) {
        self.once.run(|| self.control.release_writer(self.pid));
    }
}

impl Drop for WriterClaim {
    fn drop(&mut self) {
        self.withdraw();
    }
}
