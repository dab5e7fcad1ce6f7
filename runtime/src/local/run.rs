//! A run from its first event to its last.

use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::StopFlag;
use super::worker::{Message, Plan, start_worker};
use crate::engine::{Registry, Watchdog};
use crate::model::{Event, Scenario};

/// How to run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// How many scenarios run side by side.
    pub jobs: NonZeroUsize,
    /// The deadline of a step whose definition names none.
    pub step_timeout: Duration,
    /// Ends the run after the first scenario that does not pass.
    pub fail_fast: bool,
    /// Ends the run from outside.
    pub stop: StopFlag,
}

impl Default for RunOptions {
    /// As many scenarios side by side as there are cores, 30 s for each step.
    fn default() -> Self {
        Self {
            jobs: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            step_timeout: Duration::from_secs(30),
            fail_fast: false,
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
    let started = Instant::now();
    let total = scenarios.len();
    let (messages, incoming) = mpsc::channel();
    let watchdog = Watchdog::start()?;
    let mut workers = options.jobs.get().min(total.max(1));
    let plan = Arc::new(Plan::new(registry, scenarios, options, watchdog.clone()));
    sink(Event::RunStarted { scenarios: total });
    for _ in 0..workers {
        start_worker(Arc::clone(&plan), messages.clone())?;
    }
    let mut finished = 0;
    while workers > 0 {
        match incoming.recv() {
            Ok(Message::Event(event)) => {
                finished += usize::from(matches!(event, Event::ScenarioFinished { .. }));
                sink(event);
            }
            Ok(Message::Ended) => workers -= 1,
            Err(_) => break,
        }
    }
    watchdog.stop();
    let interrupted = finished < total;
    sink(Event::RunFinished { duration: started.elapsed(), interrupted });
    Ok(())
}
