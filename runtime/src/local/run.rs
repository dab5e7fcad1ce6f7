//! A run from its first event to its last.

use std::collections::HashMap;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant, SystemTime};

use super::aside::aside;
use super::schedule::Plan;
use super::scope::not_begun;
use super::worker::{Message, start_worker};
use super::{Printed, StopFlag};
use crate::channel::channel;
use crate::engine::{Ending, HookKind, HookReport, LateHook, Registry, Watchdog};
use crate::model::{Event, Failure, FailureKind, Scenario, Tag};
use crate::observe;

/// After so long without an event the reports hear that the run goes on.
const PATIENCE: Duration = Duration::from_millis(100);

/// How to run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// How many scenarios run side by side.
    pub jobs: NonZeroUsize,
    /// The deadline of a step whose definition names none.
    pub step_timeout: Duration,
    /// Scenarios with one of these tags, `@` included, run alone, after all others.
    pub serial: Vec<String>,
    /// How often a scenario that failed is tried again. Only failures and timeouts are: nothing
    /// else changes by trying again.
    pub retries: u32,
    /// Ends the run after the first scenario that does not pass.
    pub fail_fast: bool,
    /// Looks every step up and runs none.
    pub dry_run: bool,
    /// The tags of each feature, by the path of its file; only hooks of features ask for them.
    pub feature_tags: HashMap<Arc<str>, Vec<Tag>>,
    /// Whether every step's result says what was captured; otherwise only those that did not pass do.
    pub captures: bool,
    /// Whether what each scenario uses of this process is measured; only one runs at a time then.
    pub resources: bool,
    /// What steps print, where it is caught.
    pub printed: Option<Printed>,
    /// Ends the run from outside.
    pub stop: StopFlag,
}

impl Default for RunOptions {
    /// As many scenarios side by side as there are cores, 30 s for each step, nothing tried again.
    fn default() -> Self {
        Self {
            jobs: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            step_timeout: Duration::from_secs(30),
            serial: Vec::new(),
            retries: 0,
            fail_fast: false,
            dry_run: false,
            feature_tags: HashMap::new(),
            captures: false,
            resources: false,
            printed: None,
            stop: StopFlag::default(),
        }
    }
}

/// Runs the scenarios and hands every event to `sink`, on the calling thread.
///
/// # Errors
/// When the system refuses a thread.
pub fn run(
    registry: Arc<Registry>,
    scenarios: Vec<Arc<Scenario>>,
    options: RunOptions,
    mut sink: impl FnMut(Event),
) -> io::Result<()> {
    let total = scenarios.len();
    let began = Instant::now();
    sink(Event::RunStarted { scenarios: total, time: SystemTime::now() });
    let played = Watchdog::start().and_then(|watchdog| {
        let jobs = if options.resources { 1 } else { options.jobs.get() };
        let plan = Arc::new(Plan::new(registry, scenarios, options, watchdog.clone()));
        let finished = play(&plan, jobs, &mut sink);
        watchdog.stop();
        let complete = finished.as_ref().is_ok_and(|finished| *finished == total);
        let complete = complete && !plan.was_cut_short();
        match complete {
            true => plan.span().end(),
            false => plan.span().end_interrupted(),
        }
        finished.map(|_| complete)
    });
    if let Err(error) = &played {
        // The reports are completed all the same, and say why there is no more.
        let message = format!("the run could not go on: {error}");
        sink(outside(Failure::new(FailureKind::State, message)));
    }
    let interrupted = !played.as_ref().is_ok_and(|complete| *complete);
    sink(Event::RunFinished { duration: began.elapsed(), interrupted });
    played.map(drop)
}

/// Plays everything, hooks around it included; returns how many scenarios ended.
fn play(plan: &Arc<Plan>, jobs: usize, sink: &mut impl FnMut(Event)) -> io::Result<usize> {
    let mut finished = 0;
    if begin(plan, sink)? {
        for (workers, last) in plan.phases(jobs) {
            plan.release(last);
            finished += play_together(plan, workers, sink)?;
        }
    }
    end(plan, sink)?;
    if let Some(monitor) = &plan.monitor {
        monitor.leaks().into_iter().for_each(|leak| sink(Event::LeftBehind(Arc::new(leak))));
    }
    Ok(finished)
}

/// Runs the hooks before everything; whether the scenarios may run.
fn begin(plan: &Plan, sink: &mut impl FnMut(Event)) -> io::Result<bool> {
    let limit = plan.options.step_timeout;
    if plan.options.dry_run || !plan.suite.registry().has_hooks(&[HookKind::BeforeAll]) {
        observe::install();
        return Ok(true);
    }
    let suite = Arc::clone(&plan.suite);
    let span = plan.begin_span();
    let begin = move || {
        observe::before_everything(|| {
            let _inside = span.enter();
            suite.begin(limit)
        })
    };
    let failures: Vec<_> = match aside(limit, begin)? {
        Ok(hooks) => {
            let hooks = hooks?;
            let failures = hooks.iter().filter_map(HookReport::failure).collect();
            hooks.into_iter().for_each(|hook| sink(plan.hook_finished(None, hook)));
            failures
        }
        Err(late) => {
            late.reports.into_iter().for_each(|hook| sink(plan.hook_finished(None, hook)));
            vec![late.failure]
        }
    };
    let may_run = failures.is_empty();
    for failure in failures {
        plan.span().saw_failure(&failure);
        sink(outside(failure));
    }
    Ok(may_run)
}

/// Runs the hooks after everything, also after a run that was stopped.
fn end(plan: &Arc<Plan>, sink: &mut impl FnMut(Event)) -> io::Result<()> {
    if plan.options.dry_run {
        return Ok(());
    }
    let limit = plan.options.step_timeout;
    for (feature, span) in plan.features.open() {
        let within = span.clone();
        let end = move || {
            let _inside = within.enter();
            feature.end(limit)
        };
        tell_ending(plan, aside(limit, end)?, &span, sink);
        span.end_interrupted();
    }
    let suite = Arc::clone(&plan.suite);
    let within = plan.span().clone();
    let end = move || {
        let _inside = within.enter();
        suite.end(limit)
    };
    tell_ending(plan, aside(limit, end)?, plan.span(), sink);
    Ok(())
}

fn tell_ending(
    plan: &Plan,
    ending: Result<io::Result<Ending>, Box<LateHook>>,
    span: &observe::Scope,
    sink: &mut impl FnMut(Event),
) {
    let (failures, hooks) = match ending {
        Ok(Ok(ending)) => (ending.all_failures().collect(), ending.hooks),
        Ok(Err(error)) => (vec![not_begun("end", &error)], Vec::new()),
        Err(late) => (vec![late.failure], late.reports),
    };
    for failure in failures {
        span.saw_failure(&failure);
        sink(outside(failure));
    }
    hooks.into_iter().for_each(|hook| sink(plan.hook_finished(None, hook)));
}

/// Something went wrong outside of any scenario.
pub(super) fn outside(failure: Failure) -> Event {
    Event::HookFailed { number: None, failure: Arc::new(failure) }
}

/// Plays what is released with so many workers; returns how many scenarios ended.
fn play_together(
    plan: &Arc<Plan>,
    mut workers: usize,
    sink: &mut impl FnMut(Event),
) -> io::Result<usize> {
    let (messages, incoming) = channel();
    for _ in 0..workers {
        start_worker(Arc::clone(plan), messages.clone(), None)?;
    }
    let mut finished = 0;
    while workers > 0 {
        match incoming.recv_timeout(PATIENCE) {
            Ok(Message::Events(events)) => {
                for event in events {
                    finished += usize::from(matches!(
                        event,
                        Event::ScenarioFinished { retried: false, .. }
                    ));
                    sink(event);
                }
            }
            Ok(Message::Ended) => workers -= 1,
            Err(RecvTimeoutError::Timeout) => sink(Event::Waiting),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(finished)
}
