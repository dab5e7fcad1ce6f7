//! The runtime of everything that outlives a scenario.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use super::scope::{Driver, TaskScope};
use super::thread_count::ThreadCount;
use crate::engine::deadline::Wakes;

/// Threads that drive the tasks of the suite.
const WORKERS: usize = 2;

/// The runtime of the fixtures of features and of the suite, and of the hooks around them: separate
/// threads run its tasks, from its first use to the end of the run.
#[derive(Debug, Default)]
pub(in crate::engine) struct SuiteRuntime {
    state: Mutex<RuntimeState>,
    threads: ThreadCount,
    wakes: Wakes,
}

#[derive(Debug, Default)]
enum RuntimeState {
    #[default]
    NotStarted,
    Running(Runtime),
    Ended,
}

impl SuiteRuntime {
    /// Returns the runtime, which the first call starts.
    ///
    /// # Errors
    /// Returns an error if the system refuses a thread or a descriptor, or if the run has ended.
    pub(in crate::engine) fn handle(&self) -> io::Result<Handle> {
        let mut state = self.lock();
        match &*state {
            RuntimeState::Running(runtime) => Ok(runtime.handle().clone()),
            RuntimeState::Ended => Err(io::Error::other("the run has ended")),
            RuntimeState::NotStarted => {
                let mut builder = Builder::new_multi_thread();
                builder.worker_threads(WORKERS).enable_all();
                self.threads.count(&mut builder, "suite-tasks");
                let runtime = builder.build()?;
                let handle = runtime.handle().clone();
                *state = RuntimeState::Running(runtime);
                Ok(handle)
            }
        }
    }

    /// Returns the runtime if it is running.
    pub(in crate::engine) fn running(&self) -> Option<Handle> {
        match &*self.lock() {
            RuntimeState::Running(runtime) => Some(runtime.handle().clone()),
            _ => None,
        }
    }

    /// Returns the scope of calls that outlive a scenario. There are no local tasks: no thread lives as
    /// long as the suite.
    pub(in crate::engine) fn scope<'a>(&'a self, handle: &'a Handle) -> TaskScope<'a> {
        let driver = Driver::Threads(handle);
        TaskScope { driver, local: None, wakes: &self.wakes, log_route: None }
    }

    /// Ends the runtime and its tasks; returns the number of threads that still run tasks or blocking
    /// calls after `limit`.
    pub(in crate::engine) fn end(&self, limit: Duration) -> usize {
        let state = std::mem::replace(&mut *self.lock(), RuntimeState::Ended);
        if let RuntimeState::Running(runtime) = state {
            runtime.shutdown_timeout(limit);
        }
        self.threads.running()
    }

    fn lock(&self) -> MutexGuard<'_, RuntimeState> {
        // No user code runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SuiteRuntime {
    fn drop(&mut self) {
        let state = std::mem::replace(&mut *self.lock(), RuntimeState::Ended);
        if let RuntimeState::Running(runtime) = state {
            // Dropping a runtime waits for its blocking calls.
            runtime.shutdown_background();
        }
    }
}
