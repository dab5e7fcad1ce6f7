//! Deadlines for work that may never return: one thread that calls back when time is up.
//!
//! A thread that hangs cannot be stopped from outside. Its owner arms a watch before the work and
//! disarms it after; when the deadline comes first, the callback runs on the watchdog's thread and
//! the late owner learns from [`Watch::disarm`] that it has been given up.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::thread;

type Callback = Box<dyn FnOnce() + Send>;

/// One thread that guards any number of deadlines.
#[derive(Clone)]
pub struct Watchdog {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// A few at a time: looking through them is as quick as keeping them in order.
    watches: Vec<Armed>,
    next: u64,
    /// When the thread wakes by itself; a later deadline need not wake it.
    wakes_at: Option<Instant>,
    /// Set when the last handle is gone.
    closed: bool,
}

struct Armed {
    deadline: Instant,
    number: u64,
    on_expire: Callback,
}

/// An armed deadline.
#[must_use = "a watch that is not disarmed calls back at its deadline"]
pub struct Watch {
    shared: Arc<Shared>,
    deadline: Instant,
    number: u64,
}

/// The deadline came first and the callback has run or is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired;

impl Watchdog {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system refuses another thread.
    pub fn start() -> std::io::Result<Self> {
        let shared =
            Arc::new(Shared { state: Mutex::new(State::default()), changed: Condvar::new() });
        let guarded = Arc::clone(&shared);
        thread::spawn("watchdog", move || guarded.watch())?;
        Ok(Self { shared })
    }

    /// Calls `on_expire` at `deadline` unless the watch is disarmed before.
    pub fn arm(&self, deadline: Instant, on_expire: impl FnOnce() + Send + 'static) -> Watch {
        self.add(deadline, Box::new(on_expire))
    }

    fn add(&self, deadline: Instant, on_expire: Callback) -> Watch {
        let mut state = self.shared.lock();
        let number = state.next;
        state.next += 1;
        state.watches.push(Armed { deadline, number, on_expire });
        if state.wakes_at.is_none_or(|at| deadline < at) {
            self.shared.changed.notify_all();
        }
        Watch { shared: Arc::clone(&self.shared), deadline, number }
    }

    /// Ends the thread once it is idle; armed watches no longer call back.
    pub fn stop(&self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Watch {
    /// Takes the deadline back.
    ///
    /// # Errors
    /// [`Expired`] when it came first.
    pub fn disarm(self) -> Result<(), Expired> {
        let watches = &mut self.shared.lock().watches;
        let at = watches.iter().position(|armed| armed.number == self.number).ok_or(Expired)?;
        watches.remove(at);
        Ok(())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No callback runs under the lock, so a poisoned lock holds a sound state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) {
        let mut state = self.lock();
        while !state.closed {
            let now = Instant::now();
            // Of equal ones the first, which was armed first.
            let next = state.watches.iter().enumerate().min_by_key(|(_, armed)| armed.deadline);
            match next.map(|(at, armed)| (at, armed.deadline)) {
                Some((at, deadline)) if deadline <= now => {
                    let due = state.watches.remove(at);
                    drop(state);
                    (due.on_expire)();
                    state = self.lock();
                }
                Some((_, deadline)) => {
                    state.wakes_at = Some(deadline);
                    state = self
                        .changed
                        .wait_timeout(state, deadline - now)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0;
                    state.wakes_at = None;
                }
                None => {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

impl std::fmt::Debug for Watchdog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watchdog").field("watches", &self.shared.lock().watches.len()).finish()
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("deadline", &self.deadline).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn calls_back_at_the_deadline_and_tells_the_late_owner() {
        let dog = Watchdog::start().unwrap();
        let (sender, receiver) = mpsc::channel();
        let late = dog.arm(Instant::now(), move || sender.send(()).unwrap());
        receiver.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(late.disarm(), Err(Expired));
        dog.stop();
    }

    #[test]
    fn an_earlier_deadline_is_not_held_up_by_a_later_one() {
        let dog = Watchdog::start().unwrap();
        let far = dog.arm(Instant::now() + Duration::from_secs(3600), || {});
        let (sender, receiver) = mpsc::channel();
        let near = dog.arm(Instant::now(), move || sender.send(()).unwrap());
        receiver.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(near.disarm(), Err(Expired));
        assert_eq!(far.disarm(), Ok(()));
        dog.stop();
    }
}
