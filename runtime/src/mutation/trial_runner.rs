//! The runner of trials, which a campaign is given.

use std::io;
use std::time::Duration;

use super::trial::Trial;
use crate::model::{Event, StopFlag};

/// Runs trials, in this process or across processes.
pub trait TrialRunner {
    /// Runs every trial of a batch and passes its events to `sink`: the number of an event's scenario is
    /// the index of the trial. A step of a trial with a limit is abandoned after it. No trial starts once
    /// `stop` is set.
    ///
    /// # Errors
    /// Returns an error if the system refuses a thread.
    fn run(
        &mut self,
        batch: &TrialBatch,
        stop: &StopFlag,
        sink: &mut dyn FnMut(&Event),
    ) -> io::Result<()>;

    /// Returns true if the user has interrupted the run.
    fn is_interrupted(&self) -> bool;
}

/// Trials that run together.
#[derive(Debug, Default)]
pub struct TrialBatch {
    /// The trials, each with the time that one of its steps may take.
    pub trials: Vec<(Trial, Option<Duration>)>,
    /// True if most of them only wait, so that more than usual may run at a time.
    pub mostly_waits: bool,
}
