//! Cleanup when the process exits while readers or writers still exist.
//!
//! `exit` runs no destructors of other threads or of leaked values. One exit handler does
//! their work instead. It never waits without bound, and does nothing in a forked
//! child. After a kill the next reader of the name cleans up.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::time::Duration;

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::fork_guard::Process;
use crate::name::BufferName;

/// Longest wait at exit for threads that are creating or closing a buffer.
const EXIT_TIMEOUT: Duration = Duration::from_secs(2);

/// A reader or writer with objects outside the process.
pub(crate) trait Withdraw: Send + Sync {
    /// Removes the objects. Must be callable twice and from any thread.
    fn withdraw(&self);
}

type Entry = (u64, Weak<dyn Withdraw>);

static LIVE: Mutex<Vec<Entry>> = Mutex::new(Vec::new());
static NEXT_ID: AtomicU64 = AtomicU64::new(0);
static IN_PROGRESS: AtomicUsize = AtomicUsize::new(0);
static EXITING: AtomicBool = AtomicBool::new(false);
/// Process that installed the handler, 0 until then.
static PROCESS: AtomicU64 = AtomicU64::new(Process::NONE.to_bits());

/// An entry in the table of live objects, removed on drop.
#[derive(Debug)]
pub(crate) struct Registration {
    id: u64,
    process: Process,
}

impl Registration {
    pub(crate) fn new(live: &Arc<impl Withdraw + 'static>) -> Self {
        // Relaxed: only uniqueness matters.
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let live: Arc<dyn Withdraw> = live.clone();
        table().push((id, Arc::downgrade(&live)));
        Self { id, process: Process::current() }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // A forked child has a copy of the table whose lock another thread may have held.
        if self.process.is_current() {
            table().retain(|(id, _)| *id != self.id);
        }
    }
}

/// A creation or withdrawal in progress; exit waits for it.
#[derive(Debug)]
pub(crate) struct InProgress(());

impl InProgress {
    /// Begins the creation of something that will be registered.
    pub(crate) fn creation(name: &BufferName) -> Result<Self> {
        install();
        let begun = Self::withdrawal();
        // SeqCst: pairs with the handler's store and its load of IN_PROGRESS; one of the two is
        // seen.
        if EXITING.load(Ordering::SeqCst) {
            return Err(Error::ProcessExiting { name: name.to_string() });
        }
        Ok(begun)
    }

    /// Begins the withdrawal of something registered.
    pub(crate) fn withdrawal() -> Self {
        // SeqCst: see `creation`.
        IN_PROGRESS.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        // SeqCst: the work is complete before the load in `wait_until_idle` sees it ended.
        IN_PROGRESS.fetch_sub(1, Ordering::SeqCst);
    }
}

fn install() {
    let process = Process::current().to_bits();
    // SeqCst: pairs with the load in `withdraw_all`; it happens once in each process.
    let before = PROCESS.swap(process, Ordering::SeqCst);
    if before == process {
        return;
    }
    if before == Process::NONE.to_bits() {
        // SAFETY: the handler is a plain function without unwinding. Should the C library have no
        // room for it, destructors still run as usual.
        unsafe { libc::atexit(withdraw_all) };
    } else {
        // A forked child inherits the handler, and none of the parent's threads.
        // SeqCst: as in `creation`, to which both are new.
        IN_PROGRESS.store(0, Ordering::SeqCst);
        EXITING.store(false, Ordering::SeqCst);
    }
}

extern "C" fn withdraw_all() {
    // SeqCst: as in `install`.
    if PROCESS.load(Ordering::SeqCst) != Process::current().to_bits() {
        return;
    }
    // SeqCst: see `InProgress::creation`.
    EXITING.store(true, Ordering::SeqCst);
    let deadline = Deadline::after(EXIT_TIMEOUT);
    wait_until_idle(&deadline);
    let live: Vec<_> = match table_until(&deadline) {
        Some(mut entries) => entries.drain(..).filter_map(|(_, live)| live.upgrade()).collect(),
        None => return,
    };
    for live in &live {
        live.withdraw();
    }
    // Another thread may have begun to withdraw one of them before we did.
    wait_until_idle(&deadline);
    // Dropping the last reference here would unmap memory that a thread still uses.
    std::mem::forget(live);
}

fn wait_until_idle(deadline: &Deadline) {
    // SeqCst: see `InProgress`.
    while IN_PROGRESS.load(Ordering::SeqCst) != 0 && !deadline.passed() {
        std::thread::yield_now();
    }
}

fn table() -> MutexGuard<'static, Vec<Entry>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn table_until(deadline: &Deadline) -> Option<MutexGuard<'static, Vec<Entry>>> {
    loop {
        match LIVE.try_lock() {
            Ok(entries) => return Some(entries),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if deadline.passed() => return None,
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
        }
    }
}
