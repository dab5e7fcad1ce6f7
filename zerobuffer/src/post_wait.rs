//! Sleeping for a post of the other side, with checks in between whether that side is still there.
//!
//! A short wait checks often. A long one is woken when the other process ends or closes the object, and
//! checks seldom; where the system cannot report that, it checks more often.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::deadline::Deadline;
use crate::fork_guard::ForkClosedFile;
use crate::semaphore::Semaphore;
use crate::sleeper::{Sleeper, Woken};
use crate::watch::Watch;

/// Interval of the first checks of a wait.
const FIRST: Duration = Duration::from_millis(8);

/// Interval of checks in a short wait without reports.
const SOON: Duration = Duration::from_millis(18);

/// Interval of checks in a long wait without reports.
const UNWATCHED: Duration = Duration::from_millis(100);

/// Interval of checks in a wait with reports.
const WATCHED: Duration = Duration::from_millis(500);

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
    watch: Option<Watch>,
    /// Calls of the sleeper that were seen.
    calls: u32,
    /// Checks that are due soon after the last report.
    checks_due: u32,
    sleeps: u64,
}

impl PostWait {
    /// Waits for posts of `semaphore` by the other side of `object`.
    pub(crate) fn new(semaphore: Semaphore, object: Arc<ForkClosedFile>) -> Self {
        let sleeper = Arc::new(Sleeper::new(semaphore));
        Self { sleeper, object, watch: None, calls: 0, checks_due: 0, sleeps: 0 }
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

    /// Takes one unit, sleeping for it until the next check is due; `false` if none came.
    pub(crate) fn sleep(&mut self, deadline: &Deadline) -> io::Result<bool> {
        self.sleeps += 1;
        let until = deadline.next_slice(self.interval(deadline.elapsed()));
        Ok(self.sleeper.sleep(until, self.calls)? == Woken::Post)
    }

    fn interval(&mut self, waited: Duration) -> Duration {
        if self.checks_due > 0 {
            self.checks_due -= 1;
            return AFTER_REPORT;
        }
        match &self.watch {
            Some(_) => WATCHED,
            // Waits that last no longer do without a watch.
            None if waited < FIRST => FIRST,
            None if waited < LONG_WAIT => {
                self.watch = Watch::start(&self.object, &self.sleeper);
                // Not longer with a watch either: the end may have come before it.
                self.watch.as_ref().map_or(SOON, |_| FIRST)
            }
            None => UNWATCHED,
        }
    }
}
