//! The Harmony runner: every scenario in every combination of platforms, several in parallel.
//!
//! The events are those that a local run emits. A scenario is shown with its combination after its name,
//! as in `Test 1.1 [reader=rust, writer=python]`.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Instant, SystemTime};

use super::chaos::FaultInjector;
use super::instance::{ScenarioError, ScenarioInstance};
use super::options::RunnerOptions;
use super::scenario::run_scenario;
use super::scenario_id::ScenarioId;
use super::verdict::CombinationVerdict;
use crate::harmony::plan::mode::Mode;
use crate::harmony::process::cleanup::{
    buffers, kill_adopted, kill_tagged_processes, remove_buffers,
};
use crate::harmony::process::connection::ProtocolChecks;
use crate::harmony::process::keep::KeptScenario;
use crate::harmony::process::last_line::LastLine;
use crate::harmony::process::resource_usage::{Used, measure};
use crate::harmony::process::scenario_context::ScenarioContext;
use crate::model::{
    Event, Failure, FailureKind, Outcome, ProcessActivity, Scenario, StepResult, StopFlag,
};
use crate::observe::ActivityBoard;
use crate::platform;
use crate::schedule::{AttemptId, Schedule, Ticks};

/// Runs the instances and passes every event to `sink`, on the calling thread. The number of an event's
/// scenario is the index of its instance. Returns the verdict of each, in their order.
///
/// Every process that was started has ended when this returns, with every process it started, unless
/// [`RunnerOptions::keep`] keeps those of a scenario. For that this process becomes the one that adopts orphans of its descendants.
///
/// A trace that could not be written is not an error here: [`TraceWriter::finish`] reports it.
///
/// [`TraceWriter::finish`]: crate::harmony::trace::TraceWriter::finish
///
/// # Errors
/// Returns an error if a thread cannot be started.
pub fn run(
    instances: Vec<ScenarioInstance>,
    options: RunnerOptions,
    mut sink: impl FnMut(Event),
) -> std::io::Result<Vec<CombinationVerdict>> {
    let started = Instant::now();
    let total = instances.len();
    platform::adopt_orphans();
    let before = options.kills_orphans.then(platform::children);
    let jobs = match &options.debug {
        // One person debugs one process at a time.
        Some(_) => 1,
        None => options.jobs.get(),
    };
    let schedule = schedule(&instances, &options);
    let board = ActivityBoard::default();
    let run = Arc::new(Run {
        instances,
        options,
        schedule,
        stopped: StopFlag::default(),
        began: started,
        board,
    });
    sink(Event::RunStarted { scenarios: total, time: SystemTime::now() });
    let mut verdicts = vec![CombinationVerdict::NotRun; total];
    let mut finished = 0;
    for workers in run.schedule.phases(jobs) {
        finished += run_workers(&run, workers, &mut verdicts, &mut sink)?;
    }
    let is_kept = run.options.keep.as_ref().is_some_and(|keep| keep.kept().is_some());
    if let Some(before) = before.filter(|_| !is_kept) {
        kill_adopted(&before);
    }
    sink(Event::RunFinished { duration: started.elapsed(), interrupted: finished < total });
    Ok(verdicts)
}

/// Returns the schedule of the instances. In compat mode no tag has an effect, as in the reference runner.
fn schedule(instances: &[ScenarioInstance], options: &RunnerOptions) -> Schedule {
    let scenarios = instances.iter().map(|instance| Arc::clone(&instance.display));
    let mut schedule = options.schedule.clone();
    if instances.iter().any(|instance| instance.faults.is_some()) {
        // A retry would hide what a fault has found.
        schedule.retry = None;
    }
    match options.mode {
        Mode::Strict => Schedule::new(&scenarios.collect::<Vec<_>>(), &schedule),
        Mode::Compat => {
            schedule.retry = None;
            let without_tags = |scenario: Arc<Scenario>| {
                Arc::new(Scenario { tags: Vec::new(), ..Scenario::clone(&scenario) })
            };
            let scenarios: Vec<_> = scenarios.map(without_tags).collect();
            // Scenarios of one feature share the names of their buffers.
            Schedule::with_locks(&scenarios, &schedule, |number| {
                let feature = instances[number].feature_number(options.mode).ok()?;
                Some(format!("feature {feature}"))
            })
        }
    }
}

/// Runs the released scenarios on this many threads; returns the number of scenarios that ended.
fn run_workers(
    run: &Arc<Run>,
    workers: usize,
    verdicts: &mut [CombinationVerdict],
    sink: &mut impl FnMut(Event),
) -> std::io::Result<usize> {
    let (events, incoming) = channel();
    for number in 0..workers {
        let (run, events) = (Arc::clone(run), events.clone());
        thread::Builder::new()
            .name(format!("harmony-{number}"))
            .spawn(move || run.work(number, &events))?;
    }
    drop(events);
    let mut finished = 0;
    let mut ticks = Ticks::new();
    while !run.options.stop.is_set_at_once() {
        let Ok(message) = ticks.receive(&incoming) else { break };
        match message {
            Some(RunnerMessage::Event(event)) => sink(event),
            Some(RunnerMessage::Verdict(number, verdict)) => {
                verdicts[number] = verdict;
                finished += 1;
            }
            None => {}
        }
        if ticks.is_due() {
            if run.is_over() {
                run.schedule.wake();
            }
            sink(run.tick());
        }
    }
    Ok(finished)
}

/// A message of a thread of the run to the calling thread.
enum RunnerMessage {
    Event(Event),
    /// The verdict of a scenario that is not retried, by its number.
    Verdict(usize, CombinationVerdict),
}

struct Run {
    instances: Vec<ScenarioInstance>,
    options: RunnerOptions,
    schedule: Schedule,
    /// Set by the run: no further scenario starts.
    stopped: StopFlag,
    began: Instant,
    /// What each running scenario is doing.
    board: ActivityBoard,
}

impl Run {
    /// Returns the event by which live output is updated.
    fn tick(&self) -> Event {
        self.board.tick(self.began, &self.options.stop)
    }

    fn work(&self, lane: usize, events: &Sender<RunnerMessage>) {
        let mut next = None;
        while let Some(id) = next.or_else(|| self.schedule.wait(|| self.is_over())) {
            let retry = self.run_attempt(id, lane, events);
            next = self.schedule.end_attempt(id.number, retry, self.is_over());
        }
    }

    /// Returns whether no further attempt starts.
    fn is_over(&self) -> bool {
        self.options.stop.is_set() || self.stopped.is_set()
    }

    /// Returns the attempt after one with this outcome, if the scenario is retried.
    fn retry(&self, id: AttemptId, outcome: &Outcome) -> Option<AttemptId> {
        if self.is_over() { None } else { self.schedule.retry(id, outcome) }
    }

    /// Starts no further attempt.
    fn stop(&self) {
        self.stopped.set();
        self.schedule.wake();
    }

    /// Runs an attempt. Returns the next one, if the scenario is retried.
    fn run_attempt(
        &self,
        id: AttemptId,
        lane: usize,
        events: &Sender<RunnerMessage>,
    ) -> Option<AttemptId> {
        let AttemptId { number, attempt } = id;
        let instance = &self.instances[number];
        let started = Instant::now();
        // The receiver is gone only if the sink panicked.
        let send = |event| drop(events.send(RunnerMessage::Event(event)));
        send(Event::ScenarioStarted {
            number,
            attempt,
            scenario: Arc::clone(&instance.display),
            lane,
            started: started - self.began,
        });
        let (mut failure, mut emitted) = (None, 0);
        let mut emit = |step, result: StepResult| {
            if failure.is_none() && result.outcome.is_failure() {
                failure = Some(result.outcome.clone());
            }
            emitted += 1;
            send(Event::StepFinished { number, step, result: Arc::new(result) });
        };
        let (mut used, mut activities) = (Used::default(), Vec::new());
        let observed = (&mut used, &mut activities);
        let result = instance
            .feature_number(self.options.mode)
            .and_then(|feature| self.run_in_feature(feature, id, lane, observed, &mut emit));
        let verdict = result.unwrap_or_else(|error| {
            let reason = error.to_string();
            let rest = emitted..instance.scenario.steps.len();
            for step in rest.clone() {
                let outcome = not_run((step == rest.start).then_some(&reason));
                let result = StepResult::instant(outcome, self.began.elapsed());
                send(Event::StepFinished { number, step, result: Arc::new(result) });
            }
            CombinationVerdict::Failed(reason)
        });
        let retry = failure.as_ref().and_then(|outcome| self.retry(id, outcome));
        let has_failed = failure.is_some() || matches!(verdict, CombinationVerdict::Failed(_));
        let interrupted = matches!(verdict, CombinationVerdict::Stopped(_));
        if retry.is_none() {
            drop(events.send(RunnerMessage::Verdict(number, verdict)));
        }
        let is_kept = self.options.keep.as_ref().is_some_and(|keep| keep.kept().is_some());
        // In compat mode later scenarios would use the names of the kept buffers.
        let shares_names = is_kept && self.options.mode == Mode::Compat;
        if shares_names || (has_failed && retry.is_none() && self.options.fail_fast) {
            self.stop();
        }
        if !self.options.resources {
            // What may still run is reported in every run.
            used = Used { out_of_reach: used.out_of_reach, ..Used::default() };
        }
        used.events(number, &instance.display).into_iter().for_each(send);
        for activity in activities {
            send(Event::ProcessFinished { number, activity: Arc::new(activity) });
        }
        self.board.remove(number);
        let duration = started.elapsed();
        send(Event::ScenarioFinished { number, duration, retried: retry.is_some(), interrupted });
        retry
    }

    /// Runs a scenario whose feature has a number.
    ///
    /// # Errors
    /// [`ScenarioError::Panicked`].
    fn run_in_feature(
        &self,
        feature: u64,
        attempt: AttemptId,
        lane: usize,
        (used, activities): (&mut Used, &mut Vec<ProcessActivity>),
        emit: &mut impl FnMut(usize, StepResult),
    ) -> Result<CombinationVerdict, ScenarioError> {
        let number = attempt.number;
        let (options, instance) = (&self.options, &self.instances[number]);
        let id = ScenarioId::next(options.mode);
        let feature_tags = options.feature_tags.get(&instance.scenario.location.path);
        let context = ScenarioContext {
            number,
            board: &self.board,
            transcript_columns: options.transcript_columns,
            mode: options.mode,
            checks: match options.lenient {
                true => ProtocolChecks::Warn,
                false => ProtocolChecks::Enforce,
            },
            run_began: self.began,
            lane,
            display_name: &instance.display.name,
            name: &instance.scenario.name,
            host: id.host,
            feature,
            feature_name: &instance.scenario.feature,
            feature_path: &instance.scenario.location.path,
            tags: &instance.scenario.tags,
            feature_tags: feature_tags.map_or(&[], Vec::as_slice),
            id: &id.tag,
            step_timeout: instance.step_timeout.unwrap_or(options.step_timeout),
            start_timeout: options.start_timeout,
            stop_timeout: options.stop_timeout,
            trace: options.trace.as_ref(),
            logs: options
                .logs
                .as_ref()
                .map(|logs| logs.of_scenario(&instance.scenario, &instance.combination)),
            printed: LastLine::default(),
            debug: options.debug.as_deref(),
            keep: options.keep.as_deref(),
            is_retried: &|outcome| self.retry(attempt, outcome).is_some(),
            stop: &options.stop,
        };
        // The two numbers identify the scenario, so these are leftovers of a former run.
        remove_buffers(id.host, feature);
        let delay = options.start_delay;
        let counts = &options.fault_counts;
        let injector = instance.faults.as_deref().map(|plan| FaultInjector::new(plan, counts));
        // A panic here is a bug of the runner; it must not take the scenario's results with it.
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            run_scenario(&context, instance, injector, delay, emit, |pool| {
                used.processes = measure(pool);
            })
        }));
        let mut kept = None;
        let result = result.map(|ended| {
            (*activities, kept) = (ended.processes.activities, ended.kept);
            used.out_of_reach = ended.processes.unverified;
            ended.verdict
        });
        match (kept, &options.keep) {
            (Some(processes), Some(keep)) => keep.set(KeptScenario {
                name: instance.display.name.clone(),
                processes,
                files: buffers(id.host, feature),
            }),
            _ => {
                kill_tagged_processes(&id.tag);
                used.left = remove_buffers(id.host, feature);
            }
        }
        result.map_err(|payload| {
            let message = payload
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
            ScenarioError::Panicked(message.unwrap_or("no message").to_owned())
        })
    }
}

fn not_run(reason: Option<&String>) -> Outcome {
    match reason {
        Some(reason) => Failure::new(FailureKind::State, reason.as_str()).into(),
        None => Outcome::Skipped { reason: None },
    }
}
