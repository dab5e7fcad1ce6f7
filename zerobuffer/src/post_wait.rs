//! Sleeping for a post of the other side, with checks in between whether that side is still there.
//!
//! A short wait checks soon. A long one is woken when the other process ends or closes the object, and
//! hardly checks; where the system cannot report one of these, it checks more often.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::deadline::Deadline;
use crate::fork_guard::ForkClosedFile;
use crate::semaphore::Semaphore;
use crate::sleeper::{Sleeper, Woken};
use crate::slot_lock::Slot;
use crate::watch::{ProcessWatch, Watch};

/// Time of the first check of a wait.
const FIRST: Duration = Duration::from_millis(8);

/// Interval of checks in a short wait without reports.
const SOON: Duration = Duration::from_millis(18);

/// Interval of checks in a long wait without reports.
const UNWATCHED: Duration = Duration::from_millis(100);

/// Interval of checks in a wait with reports about the object alone: a forked child of the other process
/// may keep the object open.
const WATCHED: Duration = Duration::from_millis(500);

/// Interval of checks in a wait that no end can escape, as far as is known.
const FULLY_WATCHED: Duration = Duration::from_secs(10);

/// Waits from here on are long.
const LONG_WAIT: Duration = Duration::from_millis(250);

/// Interval of checks after a report: it may come a moment before the process has released its lock.
const AFTER_REPORT: Duration = Duration::from_millis(2);

/// Checks at that interval.
const CHECKS_AFTER_REPORT: u32 = 25;

/// The semaphore of one side, on which it sleeps.
#[derive(Debug)]
pub(crate) struct PostWait {
    sleeper: Arc<Sleeper>,
    object: Arc<ForkClosedFile>,
    /// The process id of the other side.
    other: Slot,
    watch: Option<Watch>,
    other_process: OtherProcess,
    /// Calls of the sleeper that were seen.
    calls: u32,
    /// Checks that are due soon after the last report.
    checks_due: u32,
    sleeps: u64,
}

/// The process of the other side, as it was when a wait last looked for it.
#[derive(Debug, Default)]
struct OtherProcess {
    /// Its id, 0 before.
    pid: u64,
    watch: Option<ProcessWatch>,
    /// True if it uses this crate, which closes the file with its lock, also when it has forked.
    reports_close: bool,
}

impl PostWait {
    /// Waits for posts of `semaphore` by the `other` side of `object`.
    pub(crate) fn new(semaphore: Semaphore, object: Arc<ForkClosedFile>, other: Slot) -> Self {
        let sleeper = Arc::new(Sleeper::new(semaphore));
        let other_process = OtherProcess::default();
        Self {
            sleeper,
            object,
            other,
            watch: None,
            other_process,
            calls: 0,
            checks_due: 0,
            sleeps: 0,
        }
    }

    #[inline]
    pub(crate) fn semaphore(&self) -> &Semaphore {
        self.sleeper.semaphore()
    }

    /// Returns what ends a sleep from another thread.
    pub(crate) fn sleeper(&self) -> &Arc<Sleeper> {
        &self.sleeper
    }

    /// Returns how often a wait had to sleep.
    pub(crate) fn sleeps(&self) -> u64 {
        self.sleeps
    }

    /// Prepares a sleep; to be called before the checks that precede it, so that a report that comes
    /// after them ends the sleep. Returns whether there was one a moment ago.
    pub(crate) fn note_reports(&mut self) -> bool {
        let calls = self.sleeper.calls();
        if calls != self.calls {
            self.calls = calls;
            self.checks_due = CHECKS_AFTER_REPORT;
        }
        self.checks_due > 0
    }

    /// Takes one unit, sleeping for it until the next check is due; `false` if none came. `peer` is the
    /// process id of the other side, 0 if more can happen than that this process ends or closes.
    pub(crate) fn sleep(&mut self, deadline: &Deadline, peer: u64) -> io::Result<bool> {
        let waited = deadline.elapsed();
        if self.starts_watch(waited) {
            // The end may have come before, so check first.
            return Ok(false);
        }
        self.sleeps += 1;
        let until = deadline.next_slice(self.interval(waited, peer));
        Ok(self.sleeper.sleep(until, self.calls)? == Woken::Post)
    }

    /// Starts the watch if it is time for that; waits that last no longer do without it.
    fn starts_watch(&mut self, waited: Duration) -> bool {
        let due = self.watch.is_none() && (FIRST..LONG_WAIT).contains(&waited);
        if due {
            self.watch = Watch::start(&self.object, &self.sleeper);
        }
        due && self.watch.is_some()
    }

    fn interval(&mut self, waited: Duration, peer: u64) -> Duration {
        if self.checks_due > 0 {
            self.checks_due -= 1;
            return AFTER_REPORT;
        }
        match self.watch {
            Some(_) => match self.is_end_reported(peer) {
                true => FULLY_WATCHED,
                false => WATCHED,
            },
            None if waited < FIRST => FIRST,
            None if waited < LONG_WAIT => SOON,
            None => UNWATCHED,
        }
    }

    /// Returns whether both the end of the process `peer` and its close will be reported, watching it.
    fn is_end_reported(&mut self, peer: u64) -> bool {
        if peer == 0 {
            return false;
        }
        if self.other_process.pid != peer {
            self.other_process = OtherProcess {
                pid: peer,
                watch: ProcessWatch::start(peer, &self.object, &self.sleeper),
                reports_close: self.other.is_locked(&self.object),
            };
        }
        let watch = self.other_process.watch.as_ref();
        self.other_process.reports_close && watch.is_some_and(ProcessWatch::is_current)
    }
}
