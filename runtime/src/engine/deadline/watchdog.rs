//! One thread that calls back when the deadline of guarded work expires.
//!
//! A thread that hangs cannot be stopped from outside. Its owner arms a watch before the work and
//! disarms it afterwards. If the deadline comes first, the callback runs on the watchdog's thread and
//! the owner learns from [`Watch::disarm`] that its thread has been abandoned. Nothing polls: the
//! watchdog sleeps until the next deadline.

use std::sync::Arc;
use std::thread;

use super::limits::{Callback, Deadline};
use super::thread_watch;
use super::timers::{Expired, Timer, Timers};

/// One thread that guards any number of deadlines.
#[derive(Clone)]
pub struct Watchdog {
    timers: Arc<Timers>,
}

/// An armed deadline.
#[must_use = "a watch that is not disarmed calls back at its deadline"]
pub struct Watch {
    timer: Timer,
}

impl Watchdog {
    /// Starts the watchdog's thread.
    ///
    /// # Errors
    /// Returns an error if the thread cannot be spawned.
    pub fn start() -> std::io::Result<Self> {
        let timers = Arc::new(Timers::default());
        let guarded = Arc::clone(&timers);
        thread::Builder::new().name("watchdog".to_owned()).spawn(move || guarded.run())?;
        Ok(Self { timers })
    }

    /// Calls `on_expire` at the deadline, and before it the alert, unless the watch is disarmed first.
    pub fn arm(&self, deadline: Deadline, on_expire: impl FnOnce() + Send + 'static) -> Watch {
        self.add(deadline, Box::new(on_expire))
    }

    /// The same for work that consists of several parts on the calling thread, each of which may
    /// [restart](thread_watch::restart) the watch.
    pub(in crate::engine) fn arm_parts(
        &self,
        deadline: Deadline,
        on_expire: impl FnOnce() + Send + 'static,
    ) -> Watch {
        let limit = deadline.limit;
        let watch = self.add(deadline, Box::new(on_expire));
        thread_watch::attach(watch.timer.clone(), limit);
        watch
    }

    fn add(&self, deadline: Deadline, on_expire: Callback) -> Watch {
        Watch { timer: Timer::arm(&self.timers, deadline, on_expire) }
    }

    /// Stops the thread; armed watches no longer call back.
    pub fn stop(&self) {
        self.timers.stop();
    }
}

impl Watch {
    /// Disarms the watch, on the thread that armed it.
    ///
    /// # Errors
    /// Returns [`Expired`] if the deadline came first.
    pub fn disarm(self) -> Result<(), Expired> {
        thread_watch::detach(&self.timer);
        self.timer.disarm()
    }
}

impl std::fmt::Debug for Watchdog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watchdog").field("watches", &self.timers.len()).finish()
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("number", &self.timer.number()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::deadline::{restart, restart_with};
    use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
    use std::time::Duration;

    /// Far longer than any test takes.
    const LONG: Duration = Duration::from_secs(3600);
    const PATIENCE: Duration = Duration::from_secs(10);

    fn message<T: Send + 'static>(value: T) -> (impl FnOnce() + Send, Receiver<T>) {
        let (sender, receiver): (Sender<T>, _) = channel();
        (move || sender.send(value).unwrap(), receiver)
    }

    #[test]
    fn expired_watch_calls_back() {
        let watchdog = Watchdog::start().unwrap();
        let (on_expire, expired) = message(());
        let watch = watchdog.arm(Deadline::after(Duration::ZERO), on_expire);
        expired.recv_timeout(PATIENCE).unwrap();
        assert_eq!(watch.disarm(), Err(Expired));
        watchdog.stop();
    }

    #[test]
    fn disarmed_watch_does_not_call_back() {
        let watchdog = Watchdog::start().unwrap();
        let (on_expire, expired) = message(());
        assert_eq!(watchdog.arm(Deadline::after(LONG), on_expire).disarm(), Ok(()));
        // Only dropping the callback drops its sender.
        assert_eq!(expired.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
        watchdog.stop();
    }

    #[test]
    fn earlier_deadline_does_not_wait_for_a_later_one() {
        let watchdog = Watchdog::start().unwrap();
        let far = watchdog.arm(Deadline::after(LONG), || {});
        let (on_expire, expired) = message(());
        let near = watchdog.arm(Deadline::after(Duration::ZERO), on_expire);
        expired.recv_timeout(PATIENCE).unwrap();
        assert_eq!(near.disarm(), Err(Expired));
        assert_eq!(far.disarm(), Ok(()));
        watchdog.stop();
    }

    #[test]
    fn alert_comes_before_the_deadline() {
        let watchdog = Watchdog::start().unwrap();
        let (on_alert, alerted) = message(());
        let deadline = Deadline::after(LONG).with_alert(Duration::ZERO, on_alert);
        let (on_expire, expired) = message(());
        let watch = watchdog.arm(deadline, on_expire);
        alerted.recv_timeout(PATIENCE).unwrap();
        assert!(expired.try_recv().is_err());
        assert_eq!(watch.disarm(), Ok(()));
        watchdog.stop();
    }

    #[test]
    fn watch_expires_after_its_alert() {
        let watchdog = Watchdog::start().unwrap();
        let (on_alert, alerted) = message(());
        let deadline = Deadline::after(Duration::ZERO).with_alert(Duration::ZERO, on_alert);
        let (on_expire, expired) = message(());
        let watch = watchdog.arm(deadline, on_expire);
        expired.recv_timeout(PATIENCE).unwrap();
        assert!(alerted.try_recv().is_ok());
        assert_eq!(watch.disarm(), Err(Expired));
        watchdog.stop();
    }

    #[test]
    fn shorter_limit_of_a_part_expires_the_watch() {
        let watchdog = Watchdog::start().unwrap();
        let (on_expire, expired) = message(());
        let watch = watchdog.arm_parts(Deadline::after(LONG), on_expire);
        assert_eq!(restart_with(Duration::ZERO, || "part"), Ok("part"));
        expired.recv_timeout(PATIENCE).unwrap();
        assert_eq!(watch.disarm(), Err(Expired));
        watchdog.stop();
    }

    #[test]
    fn longer_limit_of_a_part_keeps_the_watch() {
        let watchdog = Watchdog::start().unwrap();
        let limit = Duration::from_millis(1);
        let watch = watchdog.arm_parts(Deadline::after(limit), || {});
        assert_eq!(restart_with(LONG, || ()), Ok(()));
        // Another watch with the first limit expires meanwhile.
        let (on_expire, expired) = message(());
        let other = watchdog.arm(Deadline::after(limit), on_expire);
        expired.recv_timeout(PATIENCE).unwrap();
        assert_eq!(other.disarm(), Err(Expired));
        assert_eq!(watch.disarm(), Ok(()));
        watchdog.stop();
    }

    #[test]
    fn expired_watch_cannot_be_restarted() {
        let watchdog = Watchdog::start().unwrap();
        let (on_expire, expired) = message(());
        let watch = watchdog.arm_parts(Deadline::after(Duration::ZERO), on_expire);
        expired.recv_timeout(PATIENCE).unwrap();
        let mut changed = false;
        assert_eq!(restart(|| changed = true), Err(Expired));
        assert!(!changed);
        assert_eq!(watch.disarm(), Err(Expired));
        watchdog.stop();
    }

    #[test]
    fn disarmed_watch_is_detached_from_its_thread() {
        let watchdog = Watchdog::start().unwrap();
        let watch = watchdog.arm_parts(Deadline::after(LONG), || {});
        assert_eq!(watch.disarm(), Ok(()));
        assert_eq!(restart(|| 1), Ok(1));
        watchdog.stop();
    }
}
