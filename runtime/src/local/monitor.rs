//! Watches what scenarios use of this process and what they leave behind.
//!
//! It looks before a scenario begins and after its states are gone. What is there then and was not
//! before is suspect: it may belong to a state that several scenarios share. What is still there when
//! the run has ended, such states included, was left behind.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::{Leak, Leftover, Resources, Scenario};
use crate::observe::Snapshot;

/// How long what is about to go may take at the end of the run.
const SETTLE: Duration = Duration::from_millis(500);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Looks at this process between scenarios, which must come one at a time.
#[derive(Debug, Default)]
pub(super) struct Monitor(Mutex<Vec<Suspect>>);

#[derive(Debug)]
struct Suspect {
    scenario: Arc<Scenario>,
    before: Snapshot,
    left: Vec<Leftover>,
}

impl Monitor {
    /// The process before a scenario; `None` where /proc tells nothing.
    pub(super) fn before(&self) -> Option<Snapshot> {
        Snapshot::of_this_process().ok()
    }

    /// What the scenario used that has just ended.
    pub(super) fn after(&self, scenario: &Arc<Scenario>, before: &Snapshot) -> Option<Resources> {
        let now = Snapshot::settled_since(before).ok()?;
        let left = now.left_since(before);
        if !left.is_empty() {
            let (scenario, before) = (Arc::clone(scenario), before.clone());
            self.lock().push(Suspect { scenario, before, left });
        }
        Some(now.since(before))
    }

    /// What is still there, when everything has ended.
    pub(super) fn leaks(&self) -> Vec<Leak> {
        let suspects = std::mem::take(&mut *self.lock());
        if suspects.is_empty() {
            return Vec::new();
        }
        let end = Instant::now() + SETTLE;
        loop {
            // One look does for all of them.
            let Ok(now) = Snapshot::of_this_process() else { return Vec::new() };
            let leaks: Vec<_> = suspects.iter().filter_map(|suspect| suspect.leak(&now)).collect();
            if leaks.is_empty() || Instant::now() >= end {
                return leaks;
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Suspect>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Suspect {
    fn leak(&self, now: &Snapshot) -> Option<Leak> {
        let left = now.still_left(&self.left, &self.before);
        (!left.is_empty()).then(|| Leak { scenario: Arc::clone(&self.scenario), left })
    }
}
