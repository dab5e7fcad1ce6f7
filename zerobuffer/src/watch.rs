//! Notice of the other side's end for those who sleep.
//!
//! A semaphore wakes its sleeper for a post only, and a process that ends or closes posts nothing. But
//! the system closes its last reference to the shared memory object then, whatever library it uses and
//! whatever container it is in, and reports that by inotify, as it reports a removed name. One thread
//! of each process, started at the first long wait, receives these reports and wakes those who sleep
//! at the object. They look for the cause themselves; a report too many costs them one check.

use std::collections::HashMap;
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, InotifyEvent, WatchDescriptor};
use nix::sys::signal::SigSet;

use crate::fork_guard::{ForkClosedFile, Process};
use crate::sleeper::Sleeper;

/// The thread of this process, once it was needed.
static WATCHER: Mutex<Option<Arc<Watcher>>> = Mutex::new(None);

/// Those who sleep at each object.
type Sleepers = HashMap<WatchDescriptor, Vec<Weak<Sleeper>>>;

#[derive(Debug)]
struct Watcher {
    process: Process,
    inotify: Inotify,
    sleepers: Mutex<Sleepers>,
}

/// A sleeper that is woken for reports about one object, until this is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    watcher: Arc<Watcher>,
    descriptor: WatchDescriptor,
    sleeper: Weak<Sleeper>,
}

impl Watch {
    /// Starts to wake `sleeper` for reports about `object`; `None` if the system refuses, as it does
    /// above its limits.
    pub(crate) fn start(object: &ForkClosedFile, sleeper: &Arc<Sleeper>) -> Option<Self> {
        if !object.is_open() {
            return None;
        }
        let watcher = Watcher::of_this_process()?;
        // By the open file, since the name may have been removed or refer to another object.
        let path = format!("/proc/self/fd/{}", object.as_raw_fd());
        let reports = AddWatchFlags::IN_CLOSE_WRITE | AddWatchFlags::IN_ATTRIB;
        let mut sleepers = watcher.sleepers();
        let descriptor = watcher.inotify.add_watch(path.as_str(), reports).ok()?;
        let sleeper = Arc::downgrade(sleeper);
        sleepers.entry(descriptor).or_default().push(Weak::clone(&sleeper));
        drop(sleepers);
        Some(Self { watcher, descriptor, sleeper })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A forked child shares the watches of its parent, and its list may be locked for ever.
        if !self.watcher.process.is_current() {
            return;
        }
        let mut sleepers = self.watcher.sleepers();
        let Some(here) = sleepers.get_mut(&self.descriptor) else { return };
        here.retain(|sleeper| !sleeper.ptr_eq(&self.sleeper));
        if here.is_empty() {
            sleepers.remove(&self.descriptor);
            // The object may be gone, and its watch with it.
            let _ = self.watcher.inotify.rm_watch(self.descriptor);
        }
    }
}

impl Watcher {
    /// Returns the watcher of this process; `None` if it cannot be started, or was just being
    /// started by another thread, also one that was lost in a fork.
    fn of_this_process() -> Option<Arc<Self>> {
        let mut watcher = WATCHER.try_lock().ok()?;
        if let Some(running) = watcher.as_ref().filter(|running| running.process.is_current()) {
            return Some(Arc::clone(running));
        }
        let inotify = Inotify::init(InitFlags::IN_CLOEXEC).ok()?;
        let (process, sleepers) = (Process::current(), Mutex::default());
        let new = Arc::new(Self { process, inotify, sleepers });
        let running = Arc::clone(&new);
        let thread = std::thread::Builder::new().name("zerobuffer-watch".into());
        thread.spawn(move || running.run()).ok()?;
        *watcher = Some(Arc::clone(&new));
        Some(new)
    }

    fn sleepers(&self) -> MutexGuard<'_, Sleepers> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        // Handlers of signals belong to the threads of the program.
        let _ = SigSet::all().thread_block();
        loop {
            match self.inotify.read_events() {
                Ok(events) => events.iter().for_each(|event| self.wake(event)),
                Err(Errno::EINTR) => {}
                // Nothing more can be received. Waits still check from time to time.
                Err(_) => return,
            }
        }
    }

    /// Wakes those at the object, or all if reports were lost.
    fn wake(&self, event: &InotifyEvent) {
        let lost = event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW);
        let sleepers = self.sleepers();
        let concerned = |(descriptor, _): &(&WatchDescriptor, _)| lost || **descriptor == event.wd;
        for sleeper in sleepers.iter().filter(concerned).flat_map(|(_, sleepers)| sleepers) {
            if let Some(sleeper) = sleeper.upgrade() {
                sleeper.wake();
            }
        }
    }
}
