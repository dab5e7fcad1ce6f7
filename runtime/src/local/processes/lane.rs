//! A thread of the run that passes attempts to its worker process, and starts another one if it ends.

use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::shared::{SharedRun, run_failure, send};
use super::worker_process::{WorkerProcess, WorkerProgress};
use crate::local::crash::death;
use crate::model::{Event, Failure, FailureKind, Outcome, StepResult};
use crate::schedule::AttemptId;

/// One of the lanes in which scenarios run in parallel.
pub(super) struct Lane<'a> {
    pub(super) run: &'a SharedRun,
    pub(super) number: usize,
    pub(super) events: Sender<Event>,
    pub(super) worker: Option<WorkerProcess>,
}

/// The end of the run, after which no attempt starts.
struct Over;

/// The end of an attempt in a worker.
enum AttemptEnd {
    /// With this next attempt, if the scenario is retried.
    Finished(Option<AttemptId>),
    /// With the worker, and this next attempt.
    Died(Option<AttemptId>),
    /// The worker ended before it started.
    NotStarted,
}

impl Lane<'_> {
    /// Runs attempts until none is left. Returns the worker, which waits for another one.
    pub(super) fn work(mut self) -> Option<WorkerProcess> {
        let mut next = None;
        while let Some(id) = next.or_else(|| self.run.schedule.wait(|| self.run.is_over())) {
            let Ok(retry) = self.run_attempt(id) else { break };
            next = self.run.schedule.end_attempt(id.number, retry, self.run.is_over());
        }
        self.worker
    }

    /// Ends the worker, after the hooks of its features and of its suite.
    pub(super) fn end(mut self) {
        let Some(mut worker) = self.worker.take() else { return };
        worker.end_assignments();
        loop {
            match worker.progress(self.run) {
                WorkerProgress::Event(event) => send(&self.events, event),
                WorkerProgress::Other => {}
                WorkerProgress::Ended(status) => {
                    return self.report_end(&mut worker, status, |_| {});
                }
                WorkerProgress::Killed => return,
            }
        }
    }

    /// Runs an attempt. Returns the next one, if the scenario is retried.
    fn run_attempt(&mut self, id: AttemptId) -> Result<Option<AttemptId>, Over> {
        loop {
            let mut worker = match self.worker.take() {
                Some(worker) => worker,
                None => WorkerProcess::start(self.number).map_err(|error| {
                    self.give_up(format!("a process for scenarios could not start: {error}"))
                })?,
            };
            let ended = self.run_in(&mut worker, id)?;
            self.run.board.remove(id.number);
            match ended {
                AttemptEnd::Finished(retry) => {
                    self.worker = Some(worker);
                    return Ok(retry);
                }
                AttemptEnd::Died(retry) => return Ok(retry),
                // It may have abandoned a step, and ended for that reason.
                AttemptEnd::NotStarted if worker.has_run && !self.run.is_over() => {}
                AttemptEnd::NotStarted if worker.has_reported || self.run.is_over() => {
                    self.run.stop();
                    return Err(Over);
                }
                AttemptEnd::NotStarted => {
                    let message = "a process for scenarios ended before it had run one";
                    return Err(self.give_up(message.to_owned()));
                }
            }
        }
    }

    fn run_in(&self, worker: &mut WorkerProcess, id: AttemptId) -> Result<AttemptEnd, Over> {
        let (mut is_assigned, mut has_started, mut has_failed) = (false, false, false);
        loop {
            if !is_assigned && worker.journal.has_selected() {
                let Some(number) = worker.journal.number_there(id.number) else {
                    self.fail(id);
                    return Ok(AttemptEnd::Finished(None));
                };
                worker.assign(AttemptId { number, ..id });
                is_assigned = true;
            }
            match worker.progress(self.run) {
                WorkerProgress::Event(event) => {
                    has_started |= is_start(&event, id.number);
                    has_failed |= is_failure(&event, id.number);
                    let end = end_of(&event, id.number);
                    send(&self.events, event);
                    if let Some(retried) = end {
                        let retry = retried.then_some(AttemptId { attempt: id.attempt + 1, ..id });
                        self.stop_if_failed(has_failed && !retried);
                        return Ok(AttemptEnd::Finished(retry));
                    }
                }
                WorkerProgress::Other => {
                    if let Some(activity) = worker.journal.activity(id.number) {
                        self.run.show(id.number, activity);
                    }
                }
                WorkerProgress::Ended(status) if has_started => {
                    return Ok(AttemptEnd::Died(self.report_death(worker, status, id)));
                }
                WorkerProgress::Ended(status) => {
                    self.report_end(worker, status, |_| {});
                    return Ok(AttemptEnd::NotStarted);
                }
                WorkerProgress::Killed => return Err(Over),
            }
        }
    }

    /// Reports that a worker has died with this attempt. Returns the next one, if the scenario is retried.
    fn report_death(
        &self,
        worker: &mut WorkerProcess,
        status: ExitStatus,
        id: AttemptId,
    ) -> Option<AttemptId> {
        let death = Outcome::Failed(Failure::new(FailureKind::State, "died"));
        let retry = self.run.schedule.retry(id, &death).filter(|_| !self.run.is_over());
        self.report_end(worker, status, |event| {
            if let Event::ScenarioFinished { number, retried, .. } = event
                && *number == id.number
            {
                *retried = retry.is_some();
            }
        });
        self.stop_if_failed(retry.is_none());
        retry
    }

    /// Reports that a worker has died, unless it ended on purpose. `change` changes the events.
    fn report_end(
        &self,
        worker: &mut WorkerProcess,
        status: ExitStatus,
        change: impl Fn(&mut Event),
    ) {
        if !worker.journal.has_exited() {
            worker.has_reported = true;
            worker.journal.report_death(death(status), &self.run.reader, |mut event| {
                change(&mut event);
                send(&self.events, event);
            });
        }
    }

    /// Ends a scenario that the worker does not have.
    fn fail(&self, id: AttemptId) {
        let (number, attempt) = (id.number, id.attempt);
        let scenario = Arc::clone(&self.run.scenarios[number]);
        let (lane, started) = (self.number, self.run.began.elapsed());
        let steps = scenario.steps.len();
        send(&self.events, Event::ScenarioStarted { number, attempt, scenario, lane, started });
        let message =
            "the process for this scenario does not find it: its feature file has changed";
        let failure = Arc::new(Failure::new(FailureKind::State, message));
        send(&self.events, Event::HookFailed { number, failure });
        for step in 0..steps {
            let skipped = StepResult::instant(Outcome::Skipped { reason: None }, started);
            send(&self.events, Event::StepFinished { number, step, result: Arc::new(skipped) });
        }
        let duration = self.run.began.elapsed() - started;
        let (retried, interrupted) = (false, false);
        let end = Event::ScenarioFinished { number, duration, retried, interrupted };
        send(&self.events, end);
        self.stop_if_failed(true);
    }

    /// Stops the run, which fails for this reason.
    fn give_up(&self, message: String) -> Over {
        send(&self.events, run_failure(message));
        self.run.stop();
        Over
    }

    fn stop_if_failed(&self, has_failed: bool) {
        if has_failed && self.run.fail_fast {
            self.run.stop();
        }
    }
}

fn is_start(event: &Event, scenario: usize) -> bool {
    matches!(event, Event::ScenarioStarted { number, .. } if *number == scenario)
}

fn is_failure(event: &Event, scenario: usize) -> bool {
    match event {
        Event::StepFinished { number, result, .. } => {
            *number == scenario && result.outcome.is_failure()
        }
        Event::HookFailed { number, .. } => *number == scenario,
        Event::RunHookFailed { .. } => true,
        _ => false,
    }
}

/// Returns whether a scenario that ends with this event is retried; `None` if it does not end.
fn end_of(event: &Event, scenario: usize) -> Option<bool> {
    match event {
        Event::ScenarioFinished { number, retried, .. } if *number == scenario => Some(*retried),
        _ => None,
    }
}
