//! Sleeping on a semaphore, with a way to end the sleep that is not a post of the other side.
//!
//! A thread that sleeps on a semaphore wakes for a unit only. So the thread that ends its sleep adds a unit,
//! and the sleeper takes it out again: the count is as before.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};

use crate::semaphore::Semaphore;

const AWAKE: u8 = 0;
const ASLEEP: u8 = 1;
/// Asleep, with a unit on its way that ends the sleep.
const CALLED: u8 = 2;

/// The end of a sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// One unit was taken.
    Post,
    /// [`Sleeper::wake`] was called.
    Call,
    /// The time is over.
    Clock,
}

/// A semaphore on which one thread sleeps at a time.
#[derive(Debug)]
pub(crate) struct Sleeper {
    semaphore: Semaphore,
    state: AtomicU8,
    /// Calls so far, also those that ended no sleep.
    calls: AtomicU32,
    interrupted: AtomicBool,
}

impl Sleeper {
    pub(crate) fn new(semaphore: Semaphore) -> Self {
        Self {
            semaphore,
            state: AtomicU8::new(AWAKE),
            calls: AtomicU32::new(0),
            interrupted: AtomicBool::new(false),
        }
    }

    #[inline]
    pub(crate) fn semaphore(&self) -> &Semaphore {
        &self.semaphore
    }

    /// Returns the number of calls so far.
    pub(crate) fn calls(&self) -> u32 {
        // Acquire: pairs with the Release in `wake`; what was done before a call is seen after it.
        self.calls.load(Ordering::Acquire)
    }

    /// Takes one unit, sleeping for it until the monotonic clock shows `until`. Does not sleep if
    /// there were other than `calls` calls, which the caller has seen before its last check.
    pub(crate) fn sleep(&self, until: u64, calls: u32) -> io::Result<Woken> {
        // SeqCst: before the calls are read; pairs with `wake`, which counts before it looks at the
        // state. One of the two sees the other.
        self.state.store(ASLEEP, Ordering::SeqCst);
        let called = self.calls.load(Ordering::SeqCst) != calls || self.is_interrupted();
        let taken =
            if called { self.semaphore.try_wait() } else { self.semaphore.wait_until(until) };
        // SeqCst: as above.
        let unit_is_due = self.state.swap(AWAKE, Ordering::SeqCst) == CALLED;
        let taken = match (taken?, unit_is_due) {
            (taken, false) => taken,
            (true, true) => self.semaphore.try_wait()?,
            (false, true) => {
                // Units are alike: another one may come first.
                self.semaphore.wait_until(u64::MAX)?;
                self.semaphore.try_wait()?
            }
        };
        Ok(match taken {
            true => Woken::Post,
            false if called || unit_is_due => Woken::Call,
            false => Woken::Clock,
        })
    }

    /// Ends the sleep of the thread that sleeps here, if there is one, and the next sleep of one that
    /// is about to.
    pub(crate) fn wake(&self) {
        // SeqCst: see `sleep`.
        self.calls.fetch_add(1, Ordering::SeqCst);
        let asleep =
            self.state.compare_exchange(ASLEEP, CALLED, Ordering::SeqCst, Ordering::SeqCst);
        if asleep.is_ok() {
            // A count at its maximum wakes the sleeper as well; other failures cannot happen to an
            // open semaphore.
            let _ = self.semaphore.post();
        }
    }

    /// Ends this wait and all later ones, until [`resume`](Self::resume).
    pub(crate) fn interrupt(&self) {
        // SeqCst: before the call of `wake` is counted; `sleep` looks at both in the other order.
        self.interrupted.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// Lets waits sleep again.
    pub(crate) fn resume(&self) {
        // SeqCst: as in `interrupt`.
        self.interrupted.store(false, Ordering::SeqCst);
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        // SeqCst: as in `interrupt`.
        self.interrupted.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::deadline::monotonic_now;

    const SECOND: u64 = 1_000_000_000;

    fn sleeper() -> Sleeper {
        use std::sync::atomic::AtomicU32;
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("/zerobuffer-unit-sleep-{}-{number}", std::process::id());
        let path = format!("/dev/shm/sem.{}", &name[1..]);
        let semaphore = Semaphore::create(&name, path.as_ref(), 0o600).unwrap();
        std::fs::remove_file(path).unwrap();
        Sleeper::new(semaphore)
    }

    #[test]
    fn call_ends_a_sleep_and_leaves_no_unit() {
        let sleeper = Arc::new(sleeper());
        for _ in 0..200 {
            let seen = sleeper.calls();
            let caller = Arc::clone(&sleeper);
            let calling = std::thread::spawn(move || caller.wake());
            assert_eq!(sleeper.sleep(u64::MAX, seen).unwrap(), Woken::Call);
            calling.join().unwrap();
            assert_eq!(sleeper.semaphore().value(), 0);
        }
    }

    #[test]
    fn no_post_is_lost_among_calls() {
        let sleeper = Arc::new(sleeper());
        const POSTS: u32 = 2000;
        std::thread::scope(|scope| {
            scope.spawn(|| (0..POSTS).for_each(|_| assert!(sleeper.semaphore().post().unwrap())));
            scope.spawn(|| (0..POSTS).for_each(|_| sleeper.wake()));
            let mut taken = 0;
            while taken < POSTS {
                let calls = sleeper.calls();
                let woken = sleeper.sleep(monotonic_now() + 60 * SECOND, calls).unwrap();
                assert_ne!(woken, Woken::Clock);
                taken += u32::from(woken == Woken::Post);
            }
        });
        assert_eq!(sleeper.semaphore().value(), 0);
    }

    #[test]
    fn sleep_ends_by_the_clock() {
        let sleeper = sleeper();
        let until = monotonic_now() + SECOND / 1000;
        assert_eq!(sleeper.sleep(until, 0).unwrap(), Woken::Clock);
        assert!(monotonic_now() >= until);
    }

    #[test]
    fn interrupted_sleeper_does_not_sleep() {
        let sleeper = sleeper();
        sleeper.interrupt();
        assert_eq!(sleeper.sleep(u64::MAX, sleeper.calls()).unwrap(), Woken::Call);
        assert!(sleeper.semaphore().post().unwrap());
        assert_eq!(sleeper.sleep(u64::MAX, sleeper.calls()).unwrap(), Woken::Post);
        sleeper.resume();
        assert_eq!(sleeper.sleep(monotonic_now(), sleeper.calls()).unwrap(), Woken::Clock);
    }
}
