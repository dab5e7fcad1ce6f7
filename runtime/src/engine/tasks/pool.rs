//! Runtimes for scenarios: a runtime without tasks serves the next scenario.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use super::thread_count::ThreadCount;
use crate::engine::deadline::Wakes;
use crate::observe::LogRoute;

/// Threads that drive the tasks of one scenario.
const WORKERS: usize = 1;

/// The runtimes that no scenario uses.
#[derive(Debug, Default)]
pub(in crate::engine) struct RuntimePool {
    idle: Mutex<Vec<ScenarioRuntime>>,
    pub(super) wakes: Wakes,
}

/// A runtime for one scenario at a time, with a separate thread that runs its tasks.
#[derive(Debug)]
pub(super) struct ScenarioRuntime {
    pub(super) handle: Handle,
    pub(super) log_route: LogRoute,
    /// Shared with a thread that may have to end the tasks of an abandoned scenario.
    pub(super) owned: Arc<Mutex<Option<Runtime>>>,
    threads: ThreadCount,
}

impl RuntimePool {
    /// Takes a runtime without tasks.
    ///
    /// # Errors
    /// Returns an error if the system refuses a thread or a descriptor.
    pub(super) fn take(&self) -> io::Result<ScenarioRuntime> {
        let idle = self.lock().pop();
        idle.map_or_else(ScenarioRuntime::new, Ok)
    }

    /// Creates runtimes until there are `count`, so that no scenario seems to open their descriptors.
    ///
    /// # Errors
    /// Returns an error if the system refuses a thread or a descriptor.
    pub(in crate::engine) fn fill(&self, count: usize) -> io::Result<()> {
        let mut idle = self.lock();
        while idle.len() < count {
            idle.push(ScenarioRuntime::new()?);
        }
        Ok(())
    }

    /// Takes back a runtime in which nothing runs.
    fn put(&self, runtime: ScenarioRuntime) {
        self.lock().push(runtime);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ScenarioRuntime>> {
        // No user code runs under the lock.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the idle runtimes.
    pub(in crate::engine) fn clear(&self) {
        let idle = std::mem::take(&mut *self.lock());
        for runtime in idle {
            // Nothing runs in it, so this waits only for its thread.
            runtime.shut_down(Duration::from_secs(1));
        }
    }
}

impl ScenarioRuntime {
    fn new() -> io::Result<Self> {
        let (threads, log_route) = (ThreadCount::default(), LogRoute::default());
        let mut builder = Builder::new_multi_thread();
        threads.count(&mut builder, "scenario-tasks");
        let route = log_route.clone();
        builder.worker_threads(WORKERS).on_thread_start(move || route.follow()).enable_all();
        let runtime = builder.build()?;
        let handle = runtime.handle().clone();
        Ok(Self { handle, log_route, threads, owned: Arc::new(Mutex::new(Some(runtime))) })
    }

    /// Returns a number that grows when a task or a blocking call starts.
    pub(super) fn activity(&self) -> usize {
        self.alive() + self.threads.started().saturating_sub(WORKERS)
    }

    fn alive(&self) -> usize {
        self.handle.metrics().num_alive_tasks()
    }

    /// Ends the tasks. The runtime goes back to `pool` if there are none.
    ///
    /// # Errors
    /// Returns an error if some tasks or blocking calls still run after `limit`.
    pub(super) fn end(self, pool: &RuntimePool, limit: Duration) -> Result<(), StillRunning> {
        // Whether a blocking call has ended is not known; a thread for them was started for the first.
        if self.alive() == 0 && self.threads.started() <= WORKERS && self.is_owned() {
            self.log_route.clear();
            pool.put(self);
            return Ok(());
        }
        let threads = self.threads.clone();
        self.shut_down(limit);
        match threads.running() {
            0 => Ok(()),
            running => Err(StillRunning(running)),
        }
    }

    fn is_owned(&self) -> bool {
        self.owned.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn shut_down(self, limit: Duration) {
        if let Some(runtime) = take(&self.owned) {
            runtime.shutdown_timeout(limit);
        }
    }
}

impl Drop for ScenarioRuntime {
    fn drop(&mut self) {
        // Dropping a runtime waits for its blocking calls.
        if let Some(runtime) = take(&self.owned) {
            runtime.shutdown_background();
        }
    }
}

/// Takes the runtime, unless another thread has ended it.
pub(super) fn take(owned: &Mutex<Option<Runtime>>) -> Option<Runtime> {
    // Nothing that can panic runs under the lock.
    owned.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The number of threads that still run tasks or blocking calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StillRunning(pub(super) usize);
