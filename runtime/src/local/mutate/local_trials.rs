//! Runs trials as a local run runs scenarios.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::engine::Registry;
use crate::local::run::{RunOptions, run};
use crate::model::{Event, StopFlag};
use crate::mutation::{TrialBatch, TrialRunner};

/// Runs the trials of a campaign in this process.
#[derive(Debug)]
pub struct LocalTrials {
    registry: Arc<Registry>,
    /// The options of every run, apart from its timeouts. Their stop flag is that of the user.
    options: RunOptions,
    /// Number of trials that run in parallel if most of them wait.
    waiting_jobs: NonZeroUsize,
}

impl LocalTrials {
    /// Creates a runner with these options; `options.stop` is the flag of the user.
    pub fn new(registry: Arc<Registry>, options: RunOptions, waiting_jobs: NonZeroUsize) -> Self {
        Self { registry, options, waiting_jobs }
    }
}

impl TrialRunner for LocalTrials {
    fn run(
        &mut self,
        batch: &TrialBatch,
        stop: &StopFlag,
        sink: &mut dyn FnMut(&Event),
    ) -> io::Result<()> {
        let trials = &batch.trials;
        let jobs = if batch.mostly_waits { self.waiting_jobs } else { self.options.jobs };
        let options = RunOptions {
            jobs,
            max_step_times: trials.iter().map(|(_, limit)| *limit).collect(),
            stop: stop.clone(),
            ..self.options.clone()
        };
        let scenarios = trials.iter().map(|(trial, _)| Arc::clone(&trial.scenario)).collect();
        run(Arc::clone(&self.registry), scenarios, options, |event| {
            if self.is_interrupted() {
                stop.set();
            }
            sink(&event);
        })
    }

    fn is_interrupted(&self) -> bool {
        self.options.stop.is_set()
    }
}
