//! The resources that the processes of a scenario used, and the files that they left in /dev/shm.
//!
//! Each scenario has its own processes, so all that they used was for it, however many scenarios run in
//! parallel. Processes that a step ended can no longer be measured.

use std::path::PathBuf;
use std::sync::Arc;

use super::pool::ProcessPool;
use crate::model::{Event, Leak, LeakedResource, ResourceUsage, Scenario};
use crate::observe::Snapshot;

/// The resources that a scenario used and left.
#[derive(Debug, Default)]
pub(in crate::harmony) struct Used {
    pub(in crate::harmony) processes: Vec<ResourceUsage>,
    /// Files under the scenario's name that had to be removed.
    pub(in crate::harmony) left: Vec<PathBuf>,
    /// Processes behind wrappers that may still run.
    pub(in crate::harmony) out_of_reach: Vec<String>,
}

impl Used {
    /// Returns the events that report them.
    pub(in crate::harmony) fn events(self, number: usize, scenario: &Arc<Scenario>) -> Vec<Event> {
        let measured = |resources| {
            let resources = Arc::new(resources);
            Event::ResourcesMeasured { number, resources }
        };
        let mut events: Vec<_> = self.processes.into_iter().map(measured).collect();
        let far = self.out_of_reach.into_iter();
        let files = self.left.into_iter().filter(|path| path.starts_with("/dev/shm"));
        let file = |path: PathBuf| path.to_string_lossy().into_owned();
        let left: Vec<_> = far
            .map(|process| LeakedResource::FarProcess { process })
            .chain(files.map(|path| LeakedResource::SharedMemory { path: file(path) }))
            .collect();
        if !left.is_empty() {
            let scenario = Arc::clone(scenario);
            events.push(Event::ResourcesLeaked(Arc::new(Leak { scenario, resources: left })));
        }
        events
    }
}

/// Measures each running process since its start.
pub(in crate::harmony) fn measure(pool: &mut ProcessPool<'_>) -> Vec<ResourceUsage> {
    let measured = pool.running().filter_map(|(label, client)| {
        // A process that has just died is reported by its exit.
        let snapshot = Snapshot::of_process(client.connection.process.pid()).ok()?;
        let name = format!("{label} ({})", client.connection.endpoint.platform);
        Some(ResourceUsage { process: Some(name.into()), ..snapshot.usage_since_start() })
    });
    measured.collect()
}
