//! A run from its first event to its last.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Instant, SystemTime};

use super::detached::run_detached;
use super::failures::{run_hook_failed, start_failure};
use super::message::Message;
use super::options::RunOptions;
use super::state::RunState;
use super::worker::start_worker;
use crate::engine::{HookExecution, HookKind, HungHook, Match, Registry, TeardownReport, Watchdog};
use crate::local::crash::{ExitGuard, journal, take_crash};
use crate::local::worker::Assignments;
use crate::model::{Event, Failure, FailureKind, Scenario};
use crate::observe;
use crate::schedule::Ticks;

/// Runs the scenarios and passes every event to `sink`, on the calling thread.
///
/// # Errors
/// Returns an error if the system refuses a thread.
pub(in crate::local) fn run(
    registry: Arc<Registry>,
    scenarios: Vec<Arc<Scenario>>,
    options: RunOptions,
    mut sink: impl FnMut(Event),
) -> io::Result<()> {
    if let Some(crash) = take_crash() {
        let definition =
            |scenario: &Scenario, text: &str| match registry.find_in(Some(scenario), text) {
                Ok(Match::Unique(matched)) => Some(matched.into()),
                _ => None,
            };
        crash.replay(&scenarios, definition, sink);
        return Ok(());
    }
    let total = scenarios.len();
    let started = Instant::now();
    journal::record_scenarios(&scenarios);
    emit(Event::RunStarted { scenarios: total, time: SystemTime::now() }, &mut sink);
    let ran = Watchdog::start().and_then(|watchdog| {
        let jobs = if options.measure_resources { 1 } else { options.jobs.get() };
        let assignments = Assignments::receive(&options.stop)?;
        let run = RunState::new(registry, scenarios, options, watchdog.clone(), assignments);
        let run = Arc::new(run);
        let guard = exit_guard(&run);
        let finished = run_all(&run, jobs, &mut sink);
        drop(guard);
        watchdog.stop();
        let is_complete = finished.as_ref().is_ok_and(|finished| run.is_complete(*finished));
        match is_complete {
            true => run.span().end(),
            false => run.span().end_interrupted(),
        }
        finished.map(|_| is_complete)
    });
    if let Err(error) = &ran {
        // The reports are completed all the same, and give the reason.
        let message = format!("the run could not continue: {error}");
        emit(run_hook_failed(Failure::new(FailureKind::State, message)), &mut sink);
    }
    let interrupted = !ran.as_ref().is_ok_and(|is_complete| *is_complete);
    sink(Event::RunFinished { duration: started.elapsed(), interrupted });
    ran.map(drop)
}

/// Passes on an event of the run itself. The workers record theirs before they send them.
fn emit(event: Event, sink: &mut impl FnMut(Event)) {
    journal::record_event(&event);
    sink(event);
}

/// Returns a guard that turns an exit of the process into a failure.
fn exit_guard(run: &Arc<RunState>) -> ExitGuard {
    let capture = run.options.output_capture.as_ref();
    let stderr = capture.and_then(|capture| capture.real_stderr().ok());
    let run = Arc::clone(run);
    ExitGuard::new(stderr, move || run.running_scenarios())
}

/// Runs hooks of the suite on this thread.
fn in_suite_hooks<T>(run: &RunState, phase: &str, hooks: impl FnOnce() -> T) -> T {
    let capture = run.options.output_capture.as_ref();
    journal::record_activity(None, None, phase, capture.map_or(0, |c| c.position()));
    let result = hooks();
    journal::record_idle();
    result
}

/// Runs all scenarios and the hooks around them; returns the number of scenarios that ended.
fn run_all(run: &Arc<RunState>, jobs: usize, sink: &mut impl FnMut(Event)) -> io::Result<usize> {
    let mut finished = 0;
    if run.leak_monitor.is_some() {
        run.suite.prepare_runtimes(jobs)?;
    }
    if start_suite(run, sink)? {
        for workers in run.phases(jobs) {
            finished += run_workers(run, workers, sink)?;
        }
    }
    end_suite(run, sink)?;
    if let Some(monitor) = &run.leak_monitor {
        monitor.leaks().into_iter().for_each(|leak| sink(Event::ResourcesLeaked(Arc::new(leak))));
    }
    Ok(finished)
}

/// Runs the hooks before the suite; returns true if the scenarios may run.
fn start_suite(run: &Arc<RunState>, sink: &mut impl FnMut(Event)) -> io::Result<bool> {
    let limit = run.options.step_timeout;
    if run.options.dry_run || !run.suite.registry().has_hooks(&[HookKind::BeforeAll]) {
        observe::install();
        return Ok(true);
    }
    let span = run.start_span();
    let shared = Arc::clone(run);
    let start = move || {
        observe::with_step_log_installed(|| {
            let _entered = span.enter();
            in_suite_hooks(&shared, "the hooks before the suite", || shared.suite.start(limit))
        })
    };
    let failures: Vec<_> = match run_detached(&run.watchdog, limit, start, || sink(run.tick()))? {
        Ok(hooks) => {
            let hooks = hooks?;
            let failures = hooks.iter().filter_map(HookExecution::failure).collect();
            hooks.into_iter().for_each(|hook| emit(run.hook_finished(None, hook), sink));
            failures
        }
        Err(hung) => {
            hung.reports.into_iter().for_each(|hook| emit(run.hook_finished(None, hook), sink));
            vec![hung.failure]
        }
    };
    let may_run = failures.is_empty();
    for failure in failures {
        run.span().record_failure(&failure);
        emit(run_hook_failed(failure), sink);
    }
    Ok(may_run)
}

/// Runs the hooks after unfinished features and after the suite, also after a stopped run.
fn end_suite(run: &Arc<RunState>, sink: &mut impl FnMut(Event)) -> io::Result<()> {
    if run.options.dry_run || run.options.stop.is_set_at_once() {
        return Ok(());
    }
    let limit = run.options.step_timeout;
    for (feature, span) in run.features.unfinished() {
        let (inner, shared) = (span.clone(), Arc::clone(run));
        let end = move || {
            let _entered = inner.enter();
            in_suite_hooks(&shared, "the hooks after a feature", || feature.finish(limit))
        };
        let ended = run_detached(&run.watchdog, limit, end, || sink(run.tick()))?;
        report_teardown(run, ended, &span, sink);
        span.end_interrupted();
    }
    let (inner, shared) = (run.span().clone(), Arc::clone(run));
    let end = move || {
        let _entered = inner.enter();
        in_suite_hooks(&shared, "the hooks after the suite", || shared.suite.finish(limit))
    };
    let ended = run_detached(&run.watchdog, limit, end, || sink(run.tick()))?;
    report_teardown(run, ended, run.span(), sink);
    if let Err(failure) = run.suite.end_tasks() {
        run.span().record_failure(&failure);
        emit(run_hook_failed(failure), sink);
    }
    Ok(())
}

fn report_teardown(
    run: &RunState,
    teardown: Result<io::Result<TeardownReport>, Box<HungHook>>,
    span: &observe::Scope,
    sink: &mut impl FnMut(Event),
) {
    let (failures, hooks) = match teardown {
        Ok(Ok(teardown)) => (teardown.all_failures().collect(), teardown.hooks),
        Ok(Err(error)) => (vec![start_failure("end", &error)], Vec::new()),
        Err(hung) => (vec![hung.failure], hung.reports),
    };
    for failure in failures {
        span.record_failure(&failure);
        emit(run_hook_failed(failure), sink);
    }
    hooks.into_iter().for_each(|hook| emit(run.hook_finished(None, hook), sink));
}

/// Runs the released scenarios on this many workers; returns the number of scenarios that ended.
fn run_workers(
    run: &Arc<RunState>,
    mut workers: usize,
    sink: &mut impl FnMut(Event),
) -> io::Result<usize> {
    let (messages, incoming) = channel();
    for _ in 0..workers {
        start_worker(run, &messages, None)?;
    }
    let mut finished = 0;
    let mut ticks = Ticks::new();
    while workers > 0 && !run.options.stop.is_set_at_once() {
        let Ok(message) = ticks.receive(&incoming) else { break };
        let events = match message {
            Some(Message::Events(events)) => events,
            Some(Message::Hung(remainder)) => {
                run.mark_hung();
                // The rest may hang again: it needs a thread that can be abandoned as well.
                match start_worker(run, &messages, Some(remainder.clone())) {
                    Ok(()) => Vec::new(),
                    Err(error) => {
                        workers -= 1;
                        remainder.abandon(&error)
                    }
                }
            }
            Some(Message::WorkerEnded) => {
                workers -= 1;
                Vec::new()
            }
            None => Vec::new(),
        };
        for event in events {
            let is_end = matches!(event, Event::ScenarioFinished { retried: false, .. });
            finished += usize::from(is_end);
            sink(event);
        }
        if ticks.is_due() {
            run.wake_if_stopped();
            sink(run.tick());
        }
    }
    // Workers that are left after a second Ctrl-C.
    run.wake_if_stopped();
    Ok(finished)
}
