//! What is withdrawn when the process exits while readers or writers are still alive.
//!
//! `exit` runs no destructors of other threads or of leaked values. One exit handler does for them
//! what their destructors would do. It never waits without bound, and does nothing in a forked
//! child. A process that is killed cannot be helped; the next reader of the name cleans up.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::time::Duration;

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::name::BufferName;
use crate::shared_memory::FileId;

/// How long exiting waits for threads in the middle of creating or closing a buffer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something with traces outside the process.
pub(crate) trait Withdraw: Send + Sync {
    /// Removes the traces. Must be callable twice and from any thread.
    fn withdraw(&self);

    /// The shared memory object of a reader.
    fn owned_object(&self) -> Option<FileId> {
        None
    }
}

type Entry = (u64, Weak<dyn Withdraw>);

static LIVE: Mutex<Vec<Entry>> = Mutex::new(Vec::new());
static NEXT_ID: AtomicU64 = AtomicU64::new(0);
static IN_PROGRESS: AtomicUsize = AtomicUsize::new(0);
static EXITING: AtomicBool = AtomicBool::new(false);
/// Process that the handler works for, 0 until it is installed.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// A place in the table of things alive, given up on drop.
#[derive(Debug)]
pub(crate) struct Registration {
    id: u64,
    process: u32,
}

impl Registration {
    pub(crate) fn new(live: &Arc<impl Withdraw + 'static>) -> Self {
        // Relaxed: only uniqueness matters.
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let live: Arc<dyn Withdraw> = live.clone();
        table().push((id, Arc::downgrade(&live)));
        Self { id, process: std::process::id() }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // A forked child has a copy of the table whose lock another thread may have held.
        if self.process == std::process::id() {
            table().retain(|(id, _)| *id != self.id);
        }
    }
}

/// Whether a reader of this process owns the object.
pub(crate) fn owned_here(object: FileId) -> bool {
    let live: Vec<_> = table().iter().filter_map(|(_, live)| live.upgrade()).collect();
    live.iter().any(|live| live.owned_object() == Some(object))
}

/// A creation or a withdrawal under way; exiting waits for it.
#[derive(Debug)]
pub(crate) struct InProgress(());

impl InProgress {
    /// Begins the creation of something that will be registered.
    pub(crate) fn creation(name: &BufferName) -> Result<Self> {
        install();
        let begun = Self::withdrawal();
        // SeqCst: with the handler's store and its look at IN_PROGRESS, one of the two is seen.
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
        // SeqCst: what was done is complete before the handler sees it ended.
        IN_PROGRESS.fetch_sub(1, Ordering::SeqCst);
    }
}

fn install() {
    let process = std::process::id();
    // SeqCst: happens once per process, not worth an argument.
    let before = PROCESS.swap(process, Ordering::SeqCst);
    if before == process {
        return;
    }
    if before == 0 {
        // SAFETY: the handler is a plain function without unwinding. Should the C library have no
        // room for it, destructors still run where they run.
        unsafe { libc::atexit(withdraw_all) };
    } else {
        // A forked child inherits the handler, and none of the parent's threads.
        IN_PROGRESS.store(0, Ordering::SeqCst);
        EXITING.store(false, Ordering::SeqCst);
    }
}

extern "C" fn withdraw_all() {
    // SeqCst: as in `install`.
    if PROCESS.load(Ordering::SeqCst) != std::process::id() {
        return;
    }
    // SeqCst: see `InProgress::creation`.
    EXITING.store(true, Ordering::SeqCst);
    let deadline = Deadline::after(PATIENCE);
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
