//! Wakes of async work at its deadline.

use std::fmt;
use std::sync::OnceLock;
use std::task::Waker;
use std::time::Instant;

use super::limits::Deadline;
use super::watchdog::{Watch, Watchdog};

/// Wakes async work at a moment of real time: the clock of its runtime may be paused.
#[derive(Default)]
pub(in crate::engine) struct Wakes {
    /// Started by the first wake; `None` if the system refuses the thread.
    watchdog: OnceLock<Option<Watchdog>>,
}

/// A wake that has not come yet; dropping it cancels it.
pub(in crate::engine) struct Wake(Option<Watch>);

impl Wakes {
    /// Wakes `waker` at `moment`.
    ///
    /// Without a thread there is no wake; the work is then abandoned at its deadline instead of cancelled.
    pub(in crate::engine) fn wake_at(&self, moment: Instant, waker: Waker) -> Wake {
        let watchdog = self.watchdog.get_or_init(|| Watchdog::start().ok());
        let deadline = || Deadline::exactly(moment.saturating_duration_since(Instant::now()));
        Wake(watchdog.as_ref().map(|watchdog| watchdog.arm(deadline(), move || waker.wake())))
    }
}

impl Drop for Wakes {
    fn drop(&mut self) {
        if let Some(Some(watchdog)) = self.watchdog.get() {
            watchdog.stop();
        }
    }
}

impl Drop for Wake {
    fn drop(&mut self) {
        if let Some(watch) = self.0.take() {
            // A wake that has come already changes nothing.
            let _ = watch.disarm();
        }
    }
}

impl fmt::Debug for Wakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wakes").finish_non_exhaustive()
    }
}
