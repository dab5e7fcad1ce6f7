//! Notice of the other side's end for those who sleep.
//!
//! A semaphore wakes its sleeper for a post only, and a process that ends or closes posts nothing. But
//! the system closes its last reference to the shared memory object then, whatever library it uses and
//! whatever container it is in, and reports that by inotify, as it reports a removed name. A forked
//! child may keep such a reference, so the end of the process itself is received as well, by its file
//! descriptor. One thread of each process, started at the first long wait, receives these reports and
//! wakes those who sleep. They look for the cause themselves; a report too many costs them one check.

use std::collections::HashMap;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, InotifyEvent, WatchDescriptor};
use nix::sys::signal::SigSet;

use crate::fork_guard::{ForkClosedFile, Process};
use crate::liveness;
use crate::pidfd;
use crate::sleeper::Sleeper;

/// The key of the reports about objects; those about processes have higher ones.
const OBJECTS: u64 = 0;

/// The thread of this process, once it was needed.
static WATCHER: Mutex<Option<Arc<Watcher>>> = Mutex::new(None);

/// Those who sleep.
#[derive(Debug, Default)]
struct Sleepers {
    at_objects: HashMap<WatchDescriptor, Vec<Weak<Sleeper>>>,
    /// By the key of the process.
    at_processes: HashMap<u64, Weak<Sleeper>>,
    last_key: u64,
}

#[derive(Debug)]
struct Watcher {
    process: Process,
    epoll: Epoll,
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
        sleepers.at_objects.entry(descriptor).or_default().push(Weak::clone(&sleeper));
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
        let Some(here) = sleepers.at_objects.get_mut(&self.descriptor) else { return };
        here.retain(|sleeper| !sleeper.ptr_eq(&self.sleeper));
        if here.is_empty() {
            sleepers.at_objects.remove(&self.descriptor);
            // The object may be gone, and its watch with it.
            let _ = self.watcher.inotify.rm_watch(self.descriptor);
        }
    }
}

/// A sleeper that is woken when one process ends, until this is dropped.
#[derive(Debug)]
pub(crate) struct ProcessWatch {
    watcher: Arc<Watcher>,
    process: OwnedFd,
    key: u64,
}

impl ProcessWatch {
    /// Starts to wake `sleeper` when the process `pid` ends, at once if it has; `None` if it is not
    /// known to use `object`, as when its id is that of another PID namespace, or the system refuses.
    pub(crate) fn start(pid: u64, object: &ForkClosedFile, sleeper: &Arc<Sleeper>) -> Option<Self> {
        if !object.is_open() {
            return None;
        }
        let watcher = Watcher::of_this_process()?;
        let process = pidfd::open(pid)?;
        // Afterwards, so that a later process of the same id is not taken for it.
        if liveness::has_mapped(pid, object) != Some(true) {
            return None;
        }
        let mut sleepers = watcher.sleepers();
        let key = sleepers.last_key + 1;
        // Once, since it stays readable from then on.
        let once = EpollFlags::EPOLLIN | EpollFlags::EPOLLONESHOT;
        watcher.epoll.add(&process, EpollEvent::new(once, key)).ok()?;
        sleepers.last_key = key;
        sleepers.at_processes.insert(key, Arc::downgrade(sleeper));
        drop(sleepers);
        Some(Self { watcher, process, key })
    }

    /// Returns whether this process has started it, and not one that was forked since.
    pub(crate) fn is_current(&self) -> bool {
        self.watcher.process.is_current()
    }
}

impl Drop for ProcessWatch {
    fn drop(&mut self) {
        // As for `Watch`.
        if self.watcher.process.is_current() {
            self.watcher.sleepers().at_processes.remove(&self.key);
            // A forked child may have the descriptor, so that closing it here is not enough.
            let _ = self.watcher.epoll.delete(&self.process);
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
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).ok()?;
        epoll.add(&inotify, EpollEvent::new(EpollFlags::EPOLLIN, OBJECTS)).ok()?;
        let (process, sleepers) = (Process::current(), Mutex::default());
        let new = Arc::new(Self { process, epoll, inotify, sleepers });
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
        let mut reports = [EpollEvent::empty(); 16];
        loop {
            let received = match self.epoll.wait(&mut reports, EpollTimeout::NONE) {
                Ok(received) => received,
                Err(Errno::EINTR) => 0,
                // Nothing more can be received. Waits still check from time to time.
                Err(_) => return,
            };
            for report in &reports[..received] {
                match report.data() {
                    OBJECTS => {
                        let events = self.inotify.read_events().unwrap_or_default();
                        events.iter().for_each(|event| self.wake_at_object(event));
                    }
                    process => self.wake_at_process(process),
                }
            }
        }
    }

    /// Wakes those at the object, or all if reports were lost.
    fn wake_at_object(&self, event: &InotifyEvent) {
        let lost = event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW);
        let sleepers = self.sleepers();
        let concerned = |(descriptor, _): &(&WatchDescriptor, _)| lost || **descriptor == event.wd;
        let concerned = sleepers.at_objects.iter().filter(concerned);
        concerned.flat_map(|(_, here)| here).filter_map(Weak::upgrade).for_each(|s| s.wake());
    }

    fn wake_at_process(&self, key: u64) {
        // None if the watch has just been dropped.
        let sleeper = self.sleepers().at_processes.get(&key).and_then(Weak::upgrade);
        sleeper.iter().for_each(|sleeper| sleeper.wake());
    }
}
