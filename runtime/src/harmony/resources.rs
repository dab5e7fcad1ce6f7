//! What the processes of a scenario use, and what is left in /dev/shm when they are gone.
//!
//! Each scenario has processes of its own, so all they used was for it, however many scenarios are
//! played side by side. Those that a step ended are not there to be measured any more.

use std::path::PathBuf;
use std::sync::Arc;

use super::cast::Cast;
use crate::model::{Event, Leak, Leftover, Resources, Scenario};
use crate::observe::Snapshot;

/// What a scenario used and left.
#[derive(Debug, Default)]
pub(super) struct Used {
    pub(super) processes: Vec<Resources>,
    /// Files under the scenario's name that had to be removed.
    pub(super) left: Vec<PathBuf>,
}

impl Used {
    /// What there is to tell of it.
    pub(super) fn events(self, number: usize, scenario: &Arc<Scenario>) -> Vec<Event> {
        let measured = |resources| {
            let resources = Arc::new(resources);
            Event::ResourcesMeasured { number, resources }
        };
        let mut events: Vec<_> = self.processes.into_iter().map(measured).collect();
        let left: Vec<_> = self
            .left
            .into_iter()
            .filter(|path| path.starts_with("/dev/shm"))
            .map(|path| Leftover::SharedMemory { path: path.to_string_lossy().into_owned() })
            .collect();
        if !left.is_empty() {
            let scenario = Arc::clone(scenario);
            events.push(Event::LeftBehind(Arc::new(Leak { scenario, left })));
        }
        events
    }
}

/// What each process that still plays has used since it was started.
pub(super) fn measure(cast: &mut Cast<'_>) -> Vec<Resources> {
    let measured = cast.playing().filter_map(|(label, peer)| {
        // One that has just died is told by its exit.
        let snapshot = Snapshot::of(peer.connection.process.pid()).ok()?;
        let name = format!("{label} ({})", peer.connection.speaker.platform);
        Some(Resources { process: Some(name.into()), ..snapshot.since_its_start() })
    });
    measured.collect()
}
