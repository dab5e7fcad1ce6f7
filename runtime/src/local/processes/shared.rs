//! What the lanes of a run share.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crate::local::crash::JournalReader;
use crate::model::{Activity, Event, Failure, FailureKind, RunningScenario, Scenario, StopFlag};
use crate::observe::ActivityBoard;
use crate::schedule::Schedule;

/// The shared state of a run.
pub(super) struct SharedRun {
    pub(super) scenarios: Vec<Arc<Scenario>>,
    pub(super) schedule: Schedule,
    pub(super) reader: JournalReader,
    /// What each running scenario is doing.
    pub(super) board: ActivityBoard,
    pub(super) fail_fast: bool,
    pub(super) step_timeout: Duration,
    /// Stops the run from outside.
    pub(super) stop: StopFlag,
    /// Set by the run: no further scenario starts.
    pub(super) stopped: StopFlag,
    pub(super) began: Instant,
}

impl SharedRun {
    /// Returns whether no further attempt starts.
    pub(super) fn is_over(&self) -> bool {
        self.stop.is_set() || self.stopped.is_set()
    }

    /// Starts no further attempt.
    pub(super) fn stop(&self) {
        self.stopped.set();
        self.schedule.wake();
    }

    /// Shows what a scenario is doing.
    pub(super) fn show(&self, number: usize, activity: Activity) {
        let (since, limit) = (self.began.elapsed(), self.step_timeout);
        self.board.set(RunningScenario { number, activity, since, limit });
    }

    /// Returns the event by which live output is updated.
    pub(super) fn tick(&self) -> Event {
        self.board.tick(self.began, &self.stop)
    }
}

/// Sends an event to the thread of the run, which goes away only after the lanes.
pub(super) fn send(events: &Sender<Event>, event: Event) {
    let _ = events.send(event);
}

/// Returns the failure of something around the scenarios.
pub(super) fn run_failure(message: String) -> Event {
    let failure = Arc::new(Failure::new(FailureKind::State, message));
    Event::RunHookFailed { failure }
}
