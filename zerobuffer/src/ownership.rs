//! The objects that a reader or writer owns outside its process, and how it releases them.
//!
//! The reader owns the names and the lock; the writer owns its slot in the control block. Both
//! release them once, in the process that took them, by drop or at exit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::control_block::ControlBlock;
use crate::exit_hook::{InProgress, Withdraw};
use crate::fork_guard::Process;
use crate::inspect::semaphore_waiters;
use crate::lock_file::LockFile;
use crate::name::{BufferName, SemaphoreRole};
use crate::semaphore::Semaphore;
use crate::shared_memory::OwnedNames;
use crate::slot_lock::SlotLock;

/// An action that runs once, and only in the process that created it.
#[derive(Debug)]
struct Once {
    done: AtomicBool,
    process: Process,
}

impl Once {
    fn new() -> Self {
        Self { done: AtomicBool::new(false), process: Process::current() }
    }

    fn run(&self, action: impl FnOnce()) {
        // A forked child shares every object with its parent, which still uses them.
        if !self.process.is_current() {
            return;
        }
        let _in_progress = InProgress::withdrawal();
        // AcqRel: pairs with itself in another thread; the second caller finds the first one's work done
        // or in progress.
        if !self.done.swap(true, Ordering::AcqRel) {
            action();
        }
    }
}

/// Posts the release semaphore if a writer sleeps on it, so that it finds the reader gone at once
/// instead of at its next check.
fn wake_writer(name: &BufferName) {
    let role = SemaphoreRole::SpaceFreed;
    if semaphore_waiters(&name.semaphore_path(role)) > 0
        && let Ok(semaphore) = Semaphore::open(&name.semaphore_object(role))
    {
        // A count at its maximum leaves no waiter asleep.
        let _ = semaphore.post();
    }
}

/// Names and lock of a reader.
#[derive(Debug)]
pub(crate) struct ReaderOwnership {
    name: BufferName,
    control: Arc<ControlBlock>,
    names: OwnedNames,
    lock: LockFile,
    slot: Option<SlotLock>,
    once: Once,
}

impl ReaderOwnership {
    pub(crate) fn new(
        name: BufferName,
        control: Arc<ControlBlock>,
        names: OwnedNames,
        lock: LockFile,
        slot: Option<SlotLock>,
    ) -> Self {
        Self { name, control, names, lock, slot, once: Once::new() }
    }
}

impl Withdraw for ReaderOwnership {
    fn withdraw(&self) {
        self.once.run(|| {
            self.control.withdraw_reader();
            // A unit more is harmless: writers of all implementations check again after each.
            wake_writer(&self.name);
            // The names go while the lock is held, so that they cannot be a successor's.
            self.names.unlink();
            self.lock.unlink();
            self.slot.iter().for_each(SlotLock::release);
        });
    }
}

impl Drop for ReaderOwnership {
    fn drop(&mut self) {
        self.withdraw();
    }
}

/// Slot of a writer: its process id in the control block.
#[derive(Debug)]
pub(crate) struct WriterOwnership {
    control: Arc<ControlBlock>,
    pid: u64,
    slot: SlotLock,
    once: Once,
}

impl WriterOwnership {
    /// Takes over the claim that `pid` has made in `control`, with the lock of its slot.
    pub(crate) fn new(control: Arc<ControlBlock>, pid: u64, slot: SlotLock) -> Self {
        Self { control, pid, slot, once: Once::new() }
    }
}

impl Withdraw for WriterOwnership {
    fn withdraw(&self) {
        self.once.run(|| {
            self.control.release_writer(self.pid);
            // Afterwards: a later writer of this process would have the same id in the slot.
            self.slot.release();
        });
    }
}

impl Drop for WriterOwnership {
    fn drop(&mut self) {
        self.withdraw();
    }
}
