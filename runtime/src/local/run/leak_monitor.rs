//! Resources of this process that scenarios use and leak.
//!
//! The monitor takes a snapshot before a scenario starts and after its states are dropped. A resource
//! that appeared in between is a suspected leak: it may belong to a state that several scenarios share.
//! A suspected leak that is still open after the run, when such states are dropped, is a leak.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::{Leak, LeakedResource, ResourceUsage, Scenario};
use crate::observe::Snapshot;

/// Time that closing resources have to disappear at the end of the run.
const SETTLE_TIMEOUT: Duration = Duration::from_millis(500);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Measures this process between scenarios, which must run one at a time.
#[derive(Debug, Default)]
pub(super) struct LeakMonitor(Mutex<Vec<SuspectedLeak>>);

#[derive(Debug)]
struct SuspectedLeak {
    scenario: Arc<Scenario>,
    before: Snapshot,
    resources: Vec<LeakedResource>,
}

impl LeakMonitor {
    /// Returns the resources of this process; `None` if `/proc` cannot be read.
    pub(super) fn snapshot(&self) -> Option<Snapshot> {
        Snapshot::of_this_process().ok()
    }

    /// Returns the resources that a scenario used since `before`, and records suspected leaks.
    pub(super) fn usage_since(
        &self,
        scenario: &Arc<Scenario>,
        before: &Snapshot,
    ) -> Option<ResourceUsage> {
        let now = Snapshot::settled_since(before).ok()?;
        let resources = now.leaked_since(before);
        if !resources.is_empty() {
            let (scenario, before) = (Arc::clone(scenario), before.clone());
            self.lock().push(SuspectedLeak { scenario, before, resources });
        }
        Some(now.usage_since(before))
    }

    /// Returns the leaks after the end of the run.
    pub(super) fn leaks(&self) -> Vec<Leak> {
        let suspects = std::mem::take(&mut *self.lock());
        if suspects.is_empty() {
            return Vec::new();
        }
        let end = Instant::now() + SETTLE_TIMEOUT;
        loop {
            // One snapshot serves all of them.
            let Ok(now) = Snapshot::of_this_process() else { return Vec::new() };
            let leaks: Vec<_> =
                suspects.iter().filter_map(|suspect| suspect.confirm(&now)).collect();
            if leaks.is_empty() || Instant::now() >= end {
                return leaks;
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SuspectedLeak>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SuspectedLeak {
    fn confirm(&self, now: &Snapshot) -> Option<Leak> {
        let resources = now.still_leaked(&self.resources, &self.before);
        (!resources.is_empty()).then(|| Leak { scenario: Arc::clone(&self.scenario), resources })
    }
}
