//! The timers of a watchdog, and the loop that calls back when one of them is due.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::limits::{Callback, Deadline, expiry};

/// The armed timers of a watchdog. Alone in its cache lines: each step writes to it.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct Timers {
    state: Mutex<TimerState>,
    changed: Condvar,
}

#[derive(Default)]
struct TimerState {
    /// Only a few at a time: a linear search is as fast as keeping them sorted.
    armed: Vec<Armed>,
    next: u64,
    /// Time at which the thread wakes by itself; a later deadline need not wake it.
    wakes_at: Option<Instant>,
    /// Set by [`Timers::stop`].
    is_stopped: bool,
}

struct Armed {
    number: u64,
    alert: Option<(Instant, Callback)>,
    deadline: Instant,
    grace: Duration,
    on_expire: Callback,
}

/// A handle to the timer of a watch.
#[derive(Clone)]
pub(super) struct Timer {
    timers: Arc<Timers>,
    number: u64,
}

/// The deadline came first: the callback has run or is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired;

impl Timer {
    /// Adds a timer.
    pub(super) fn arm(
        timers: &Arc<Timers>,
        Deadline { limit, grace, alert }: Deadline,
        on_expire: Callback,
    ) -> Self {
        let alert = alert.map(|(delay, on_alert)| (Instant::now() + delay, on_alert));
        let mut state = timers.lock();
        let number = state.next;
        state.next += 1;
        let armed = Armed { number, alert, deadline: expiry(limit, grace), grace, on_expire };
        let wakes_at = armed.wakes_at();
        state.armed.push(armed);
        timers.wake_for(&state, wakes_at);
        Self { timers: Arc::clone(timers), number }
    }

    /// Removes the timer.
    ///
    /// # Errors
    /// Returns [`Expired`] if the deadline came first.
    pub(super) fn disarm(&self) -> Result<(), Expired> {
        let mut state = self.timers.lock();
        let position = state.armed.iter().position(|armed| armed.number == self.number);
        let disarmed = state.armed.remove(position.ok_or(Expired)?);
        // The callbacks may own states whose destructors are user code: not under the lock.
        drop(state);
        drop(disarmed);
        Ok(())
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Sets a new limit that starts now, and makes `change` while the timer can neither expire nor
    /// be disarmed. `change` must not use the watchdog.
    ///
    /// # Errors
    /// Returns [`Expired`] if the deadline came first; `change` is not made then.
    pub(super) fn restart<R>(
        &self,
        limit: Duration,
        change: impl FnOnce() -> R,
    ) -> Result<R, Expired> {
        let mut state = self.timers.lock();
        let mut armed = state.armed.iter_mut();
        let armed = armed.find(|armed| armed.number == self.number).ok_or(Expired)?;
        armed.deadline = expiry(limit, armed.grace);
        let wakes_at = armed.wakes_at();
        self.timers.wake_for(&state, wakes_at);
        Ok(change())
    }
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number && Arc::ptr_eq(&self.timers, &other.timers)
    }
}

impl Armed {
    fn wakes_at(&self) -> Instant {
        self.alert.as_ref().map_or(self.deadline, |(alert, _)| self.deadline.min(*alert))
    }
}

impl Timers {
    /// Ends [`run`](Self::run); armed timers no longer call back.
    pub(super) fn stop(&self) {
        self.lock().is_stopped = true;
        self.changed.notify_all();
    }

    /// Returns the number of armed timers.
    pub(super) fn len(&self) -> usize {
        self.lock().armed.len()
    }

    fn lock(&self) -> MutexGuard<'_, TimerState> {
        // No user code runs under the lock, so a poisoned lock still holds consistent data.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the watchdog's thread if it would sleep past this moment.
    fn wake_for(&self, state: &TimerState, moment: Instant) {
        if state.wakes_at.is_none_or(|at| moment < at) {
            self.changed.notify_all();
        }
    }

    /// Calls back whatever is due, until it is stopped.
    pub(super) fn run(&self) {
        let mut state = self.lock();
        while !state.is_stopped {
            let now = Instant::now();
            // Of watches with the same deadline, the one armed first expires first.
            let next = state.armed.iter().enumerate().min_by_key(|(_, armed)| armed.wakes_at());
            match next.map(|(position, armed)| (position, armed.wakes_at())) {
                Some((position, wakes_at)) if wakes_at <= now => {
                    let callback = state.take_due(position);
                    drop(state);
                    callback();
                    state = self.lock();
                }
                Some((_, wakes_at)) => {
                    state.wakes_at = Some(wakes_at);
                    state = self
                        .changed
                        .wait_timeout(state, wakes_at - now)
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

impl TimerState {
    /// Takes the alert of a due timer, or removes the timer if it expires.
    fn take_due(&mut self, position: usize) -> Callback {
        let armed = &mut self.armed[position];
        let alert = armed.alert.take_if(|(alert, _)| *alert < armed.deadline);
        match alert {
            Some((_, on_alert)) => on_alert,
            None => self.armed.remove(position).on_expire,
        }
    }
}
