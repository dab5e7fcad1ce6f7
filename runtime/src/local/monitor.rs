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
        let end = Instant::now() + SETTLE;
        let mut leaks = Vec::new();
        for suspect in suspects {
            let mut left = suspect.still_left();
            while !left.is_empty() && Instant::now() < end {
                thread::sleep(LOOK_AGAIN);
                left = suspect.still_left();
            }
            if !left.is_empty() {
                leaks.push(Leak { scenario: suspect.scenario, left });
            }
        }
        leaks
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Suspect>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Suspect {
    fn still_left(&self) -> Vec<Leftover> {
        let now = Snapshot::of_this_process();
        now.map(|now| now.still_left(&self.left, &self.before)).unwrap_or_default()
    }
}
