//! The order in which scenarios start.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The scenarios that have not started, in their order. Two scenarios with the same key do not overlap.
#[derive(Debug)]
pub(super) struct Schedule {
    keys: Vec<Option<u64>>,
    state: Mutex<State>,
    finished: Condvar,
}

#[derive(Debug)]
struct State {
    /// The numbers of the scenarios, in reverse order.
    waiting: Vec<usize>,
    running_keys: Vec<u64>,
}

impl Schedule {
    /// Returns a schedule of scenarios that are given by their keys.
    pub(super) fn new(keys: Vec<Option<u64>>) -> Self {
        let waiting = (0..keys.len()).rev().collect();
        let state = Mutex::new(State { waiting, running_keys: Vec::new() });
        Self { keys, state, finished: Condvar::new() }
    }

    /// Waits for the next scenario that may start, and returns its number; `None` if there is none left.
    pub(super) fn next(&self) -> Option<usize> {
        let mut state = self.lock();
        loop {
            let may_start = |number: &usize| {
                self.keys[*number].is_none_or(|key| !state.running_keys.contains(&key))
            };
            if let Some(at) = state.waiting.iter().rposition(may_start) {
                let number = state.waiting.remove(at);
                state.running_keys.extend(self.keys[number]);
                return Some(number);
            }
            if state.waiting.is_empty() {
                return None;
            }
            state = self.finished.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets scenarios with the same key start.
    pub(super) fn finish(&self, number: usize) {
        let mut state = self.lock();
        state.running_keys.retain(|key| Some(*key) != self.keys[number]);
        drop(state);
        self.finished.notify_all();
    }

    /// Starts no further scenario.
    pub(super) fn stop(&self) {
        self.lock().waiting.clear();
        self.finished.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_with_one_key_do_not_overlap() {
        let schedule = Schedule::new(vec![Some(1), Some(1), Some(2), None]);
        assert_eq!(schedule.next(), Some(0));
        assert_eq!(schedule.next(), Some(2), "1 waits for 0");
        assert_eq!(schedule.next(), Some(3));
        schedule.finish(0);
        assert_eq!(schedule.next(), Some(1));
        assert_eq!(schedule.next(), None);
    }

    #[test]
    fn a_stopped_schedule_has_no_next_scenario() {
        let schedule = Schedule::new(vec![None, None]);
        assert_eq!(schedule.next(), Some(0));
        schedule.stop();
        assert_eq!(schedule.next(), None);
    }
}
