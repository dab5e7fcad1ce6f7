//! Runs trials as a Harmony run runs scenarios.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use crate::harmony::process::connection::NO_RESPONSE;
use crate::harmony::runner::{RunnerOptions, ScenarioInstance, run};
use crate::model::{Event, Outcome, StepResult, StopFlag};
use crate::mutation::{Trial, TrialBatch, TrialRunner};

/// Runs the trials of a campaign across processes.
#[derive(Debug)]
pub struct HarmonyTrials {
    /// The originals, with their combinations of platforms.
    instances: Vec<ScenarioInstance>,
    /// The options of every run, apart from its timeouts. Their stop flag is that of the user.
    options: RunnerOptions,
    /// Number of trials that run in parallel if most of them wait.
    waiting_jobs: NonZeroUsize,
}

impl HarmonyTrials {
    /// Creates a runner of these originals; `options.stop` is the flag of the user.
    pub fn new(
        instances: Vec<ScenarioInstance>,
        options: RunnerOptions,
        waiting_jobs: NonZeroUsize,
    ) -> Self {
        Self { instances, options, waiting_jobs }
    }

    fn instance(&self, trial: &Trial, limit: Option<Duration>) -> ScenarioInstance {
        let original = &self.instances[trial.original];
        let role = trial.role.as_ref().map(|(step, role)| (*step, role.as_str()));
        original.changed(&trial.scenario, &trial.steps, role, limit)
    }
}

impl TrialRunner for HarmonyTrials {
    fn run(
        &mut self,
        batch: &TrialBatch,
        stop: &StopFlag,
        sink: &mut dyn FnMut(&Event),
    ) -> io::Result<()> {
        let instances =
            batch.trials.iter().map(|(trial, limit)| self.instance(trial, *limit)).collect();
        let jobs = if batch.mostly_waits { self.waiting_jobs } else { self.options.jobs };
        let options = RunnerOptions { jobs, stop: stop.clone(), ..self.options.clone() };
        run(instances, options, |event| {
            if self.is_interrupted() {
                stop.set();
            }
            sink(&with_timeout(event));
        })
        .map(drop)
    }

    fn is_interrupted(&self) -> bool {
        self.options.stop.is_set()
    }
}

/// Turns the failure of a step whose process did not respond in time into a timeout, which shows nothing
/// about the step.
fn with_timeout(event: Event) -> Event {
    let Event::StepFinished { number, step, result } = &event else { return event };
    match &result.outcome {
        Outcome::Failed(failure) if failure.message.contains(NO_RESPONSE) => {
            let outcome = Outcome::TimedOut { limit: result.duration };
            let result = Arc::new(StepResult { outcome, ..StepResult::clone(result) });
            Event::StepFinished { number: *number, step: *step, result }
        }
        _ => event,
    }
}
