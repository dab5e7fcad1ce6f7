//! The faults that have struck in one scenario, shared by its thread and those of the faults.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::harmony::plan::chaos::{Fault, FaultKind};
use crate::harmony::process::child::ProcessSignals;
use crate::model::ProcessChangeKind;

/// The time that a killed process has to be gone.
const GONE_TIMEOUT: Duration = Duration::from_secs(5);

/// A fault that has struck.
#[derive(Debug, Clone)]
pub(super) struct Strike {
    pub(super) fault: Fault,
    /// The process id.
    pub(super) pid: u32,
    pub(super) at: Instant,
    /// The end of a pause.
    pub(super) resumed_at: Option<Instant>,
}

/// The progress of a scenario and its faults.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The number of steps that have ended.
    steps_over: usize,
    /// True when the last step has ended.
    is_over: bool,
    /// The faults of the running step that have not struck, with those that strike before it.
    pending: usize,
    pending_before: usize,
    /// In the order in which they struck.
    strikes: Vec<Strike>,
}

impl Strikes {
    /// Announces a fault of the next step.
    pub(super) fn expect(&self, fault: &Fault) {
        let mut state = self.lock();
        state.pending += 1;
        state.pending_before += usize::from(fault.after.is_zero());
    }

    /// Lets an announced fault strike at its time, or at the end of its step if that comes first. Ends a
    /// pause, or is over at once.
    pub(super) fn strike(&self, fault: Fault, pid: u32, process: &ProcessSignals) {
        let (began, step) = (Instant::now(), fault.step);
        drop(self.wait_until(began + fault.after, |state| state.steps_over > step));
        let pause = match fault.kind {
            FaultKind::Pause(time) => Some(time),
            FaultKind::Kill | FaultKind::Delay(_) => None,
        };
        let is_before = fault.after.is_zero();
        let index = self.act(fault, pid, process);
        let mut state = self.lock();
        state.pending -= 1;
        state.pending_before -= usize::from(is_before);
        drop(state);
        self.changed.notify_all();
        if let (Some(index), Some(time)) = (index, pause) {
            drop(self.wait_until(Instant::now() + time, |state| state.is_over));
            process.resume();
            process.record(ProcessChangeKind::Resumed);
            self.lock().strikes[index].resumed_at = Some(Instant::now());
        }
    }

    /// Returns the index of the strike; `None` if the process has ended.
    fn act(&self, fault: Fault, pid: u32, process: &ProcessSignals) -> Option<usize> {
        let kind = fault.kind;
        let mut state = self.lock();
        // Recorded under the same lock: the thread that notices the death finds its reason.
        let struck = match kind {
            FaultKind::Kill => process.kill(),
            FaultKind::Pause(_) => process.pause().unwrap_or(false),
            FaultKind::Delay(_) => true,
        };
        if !struck {
            return None;
        }
        match kind {
            FaultKind::Kill => process.record(ProcessChangeKind::Killed),
            FaultKind::Pause(_) => process.record(ProcessChangeKind::Paused),
            FaultKind::Delay(_) => {}
        }
        state.strikes.push(Strike { fault, pid, at: Instant::now(), resumed_at: None });
        let index = state.strikes.len() - 1;
        drop(state);
        if kind == FaultKind::Kill {
            process.wait_until_gone(GONE_TIMEOUT);
        }
        Some(index)
    }

    /// Records a fault of the next step that the scenario's own thread carries out.
    pub(super) fn record(&self, fault: Fault, pid: u32) {
        let at = Instant::now();
        self.lock().strikes.push(Strike { fault, pid, at, resumed_at: None });
    }

    /// Waits until the faults before the next step have struck.
    pub(super) fn wait_for_those_before(&self) {
        self.wait_while(|state| state.pending_before > 0);
    }

    /// Announces the end of a step, and waits until its faults have struck.
    pub(super) fn end_step(&self, step: usize) {
        self.lock().steps_over = step + 1;
        self.changed.notify_all();
        self.wait_while(|state| state.pending > 0);
    }

    /// Ends all pauses.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.is_over = true;
        state.steps_over = usize::MAX;
        drop(state);
        self.changed.notify_all();
    }

    /// Returns the faults that have struck, from this index on.
    pub(super) fn since(&self, index: usize) -> Vec<Strike> {
        self.lock().strikes[index..].to_vec()
    }

    /// Returns whether a fault has killed this process.
    pub(super) fn has_killed(&self, pid: u32) -> bool {
        let is_it = |strike: &Strike| strike.pid == pid && strike.fault.kind == FaultKind::Kill;
        self.lock().strikes.iter().any(is_it)
    }

    fn wait_until(
        &self,
        deadline: Instant,
        ends: impl Fn(&State) -> bool,
    ) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || ends(&state) {
                return state;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn wait_while(&self, waits: impl Fn(&State) -> bool) {
        let waited = self.changed.wait_while(self.lock(), |state| waits(state));
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
