//! The scenarios that are running and what each of them is doing, for live output.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::model::{Activity, Event, RunningScenario, StopFlag};

/// Threads that run scenarios seldom meet in one of this many parts.
const PARTS: usize = 16;

/// The running scenarios. The threads that run them update it; the thread of the reports reads it.
#[derive(Debug, Default)]
pub(crate) struct ActivityBoard([Part; PARTS]);

/// Some of the scenarios. Alone in its cache lines: each step of a scenario writes to it.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Part(Mutex<Vec<RunningScenario>>);

impl ActivityBoard {
    /// Replaces the entry of a scenario.
    pub(crate) fn set(&self, entry: RunningScenario) {
        let mut running = self.part(entry.number);
        match running.iter_mut().find(|known| known.number == entry.number) {
            Some(known) => *known = entry,
            None => running.push(entry),
        }
    }

    /// Sets the line that a process printed last, if the scenario waits for the start of processes.
    pub(crate) fn set_printed(&self, number: usize, line: Arc<str>) {
        let mut running = self.part(number);
        if let Some(entry) = running.iter_mut().find(|known| known.number == number)
            && let Activity::Starting { printed, .. } = &mut entry.activity
        {
            *printed = Some(line);
        }
    }

    /// Removes a scenario that has ended.
    pub(crate) fn remove(&self, number: usize) {
        self.part(number).retain(|entry| entry.number != number);
    }

    /// Returns the event by which live output is updated, of a run that `began` then and ends early by `stop`.
    pub(crate) fn tick(&self, began: Instant, stop: &StopFlag) -> Event {
        Event::Tick { elapsed: began.elapsed(), running: self.snapshot(), stopping: stop.is_set() }
    }

    /// Returns the running scenarios, in any order.
    pub(crate) fn snapshot(&self) -> Arc<[RunningScenario]> {
        self.0.iter().flat_map(|part| part.lock().clone()).collect()
    }

    fn part(&self, number: usize) -> MutexGuard<'_, Vec<RunningScenario>> {
        self.0[number % PARTS].lock()
    }
}

impl Part {
    fn lock(&self) -> MutexGuard<'_, Vec<RunningScenario>> {
        // Nothing that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
