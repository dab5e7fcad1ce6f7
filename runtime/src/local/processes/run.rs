//! A run from its first event to its last.

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Instant, SystemTime};

use super::lane::Lane;
use super::shared::SharedRun;
use super::worker_process::WorkerProcess;
use crate::engine::{Match, Registry};
use crate::local::crash::{JournalReader, has_crash, journal};
use crate::local::run::{self, Isolation, RunOptions};
use crate::local::worker::is_worker;
use crate::model::{Event, Scenario, StopFlag};
use crate::observe::ActivityBoard;
use crate::schedule::{Schedule, Ticks};

/// Runs the scenarios and passes every event to `sink`, on the calling thread.
///
/// # Errors
/// Returns an error if the system refuses a thread.
pub fn run(
    registry: Arc<Registry>,
    scenarios: Vec<Arc<Scenario>>,
    options: RunOptions,
    sink: impl FnMut(Event),
) -> io::Result<()> {
    let is_here = options.isolation == Isolation::Thread || options.dry_run;
    if is_here || is_worker() || has_crash() {
        return run::run(registry, scenarios, options, sink);
    }
    run_in_processes(registry, scenarios, &options, sink)
}

fn run_in_processes(
    registry: Arc<Registry>,
    scenarios: Vec<Arc<Scenario>>,
    options: &RunOptions,
    mut sink: impl FnMut(Event),
) -> io::Result<()> {
    let (began, time, total) = (Instant::now(), SystemTime::now(), scenarios.len());
    journal::record_scenarios(&scenarios);
    let definition =
        move |scenario: &Scenario, text: &str| match registry.find_in(Some(scenario), text) {
            Ok(Match::Unique(matched)) => Some(matched.into()),
            _ => None,
        };
    let run = SharedRun {
        schedule: Schedule::new(&scenarios, &options.schedule),
        reader: JournalReader::new(scenarios.clone(), time, definition),
        scenarios,
        board: ActivityBoard::default(),
        fail_fast: options.fail_fast,
        step_timeout: options.step_timeout,
        stop: options.stop.clone(),
        stopped: StopFlag::default(),
        began,
    };
    let (finished, was_interrupted) = (Cell::new(0), Cell::new(false));
    let mut pass_on = |event: Event| {
        if let Event::ScenarioFinished { retried, interrupted, .. } = &event {
            finished.set(finished.get() + usize::from(!retried));
            was_interrupted.set(was_interrupted.get() | interrupted);
        }
        journal::record_event(&event);
        sink(event);
    };
    pass_on(Event::RunStarted { scenarios: total, time });
    let mut kept = None;
    for workers in run.schedule.phases(options.jobs.get()) {
        if workers > 0 {
            kept = run_lanes(&run, workers, kept, &mut pass_on)?;
        }
    }
    in_lanes(&run, &mut pass_on, |scope, events| {
        let lane = Lane { run: &run, number: 0, events, worker: kept };
        thread::Builder::new().spawn_scoped(scope, move || lane.end()).map(drop)
    })?;
    let interrupted = finished.get() < total || was_interrupted.get();
    pass_on(Event::RunFinished { duration: began.elapsed(), interrupted });
    Ok(())
}

/// Runs the released scenarios in this many lanes, the first one with this worker. Returns the worker of
/// the first lane; the others have ended.
fn run_lanes(
    run: &SharedRun,
    lanes: usize,
    mut first: Option<WorkerProcess>,
    sink: &mut impl FnMut(Event),
) -> io::Result<Option<WorkerProcess>> {
    let mut kept = None;
    let (send_worker, receive_worker) = channel();
    in_lanes(run, sink, |scope, events| {
        for number in 0..lanes {
            let (events, send_worker) = (events.clone(), send_worker.clone());
            let lane = Lane { run, number, events: events.clone(), worker: first.take() };
            let work = move || {
                let worker = lane.work();
                if number == 0 {
                    // The receiver lives longer than the lanes.
                    let _ = send_worker.send(worker);
                } else {
                    Lane { run, number, events, worker }.end();
                }
            };
            thread::Builder::new().name(format!("lane-{number}")).spawn_scoped(scope, work)?;
        }
        Ok(())
    })?;
    drop(send_worker);
    while let Ok(worker) = receive_worker.recv() {
        kept = worker;
    }
    Ok(kept)
}

/// Passes the events of the threads that `start` starts to `sink`, until they end.
fn in_lanes<'env>(
    run: &'env SharedRun,
    sink: &mut impl FnMut(Event),
    start: impl for<'scope> FnOnce(&'scope thread::Scope<'scope, 'env>, Sender<Event>) -> io::Result<()>,
) -> io::Result<()> {
    thread::scope(|scope| {
        let (events, incoming) = channel();
        start(scope, events).inspect_err(|_| run.stop())?;
        receive(run, &incoming, sink);
        Ok(())
    })
}

fn receive(run: &SharedRun, incoming: &Receiver<Event>, sink: &mut impl FnMut(Event)) {
    let mut ticks = Ticks::new();
    while let Ok(event) = ticks.receive(incoming) {
        event.into_iter().for_each(&mut *sink);
        if ticks.is_due() {
            if run.is_over() {
                run.schedule.wake();
            }
            sink(run.tick());
        }
    }
}
