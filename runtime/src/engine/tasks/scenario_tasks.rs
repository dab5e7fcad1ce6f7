//! The tasks of one scenario.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use super::flavor::TokioFlavor;
use super::pool::{RuntimePool, ScenarioRuntime, StillRunning, take};
use super::scope::{Driver, TaskScope};
use crate::model::{Failure, FailureKind};

/// The tasks of one scenario, which end with it.
pub(in crate::engine) struct ScenarioTasks {
    // Dropped before the runtime, which its tasks may still need.
    local: LocalSet,
    driver: OwnDriver,
    pool: Arc<RuntimePool>,
    spawners: RefCell<Spawners>,
}

enum OwnDriver {
    Pooled(ScenarioRuntime),
    CurrentThread(Runtime),
}

/// The functions during which tasks were started.
#[derive(Default)]
struct Spawners {
    functions: Vec<String>,
    /// Tasks and blocking calls after the latest function.
    activity: usize,
}

/// Ends the tasks of a scenario whose thread was abandoned.
#[derive(Clone)]
pub struct TaskEnder(Arc<Mutex<Option<Runtime>>>);

impl ScenarioTasks {
    /// Creates the tasks of a scenario: there are none yet.
    ///
    /// # Errors
    /// Returns an error if the system refuses a thread or a descriptor.
    pub(in crate::engine) fn new(pool: &Arc<RuntimePool>, flavor: TokioFlavor) -> io::Result<Self> {
        let driver = match flavor {
            TokioFlavor::MultiThread => OwnDriver::Pooled(pool.take()?),
            TokioFlavor::CurrentThread => {
                OwnDriver::CurrentThread(Builder::new_current_thread().enable_all().build()?)
            }
        };
        let spawners =
            RefCell::new(Spawners { activity: driver.activity(), ..Spawners::default() });
        Ok(Self { local: LocalSet::new(), driver, pool: Arc::clone(pool), spawners })
    }

    /// Returns the scope of calls in the scenario.
    pub(in crate::engine) fn scope(&self) -> TaskScope<'_> {
        let (driver, log_route) = match &self.driver {
            OwnDriver::Pooled(runtime) => {
                (Driver::Threads(&runtime.handle), Some(&runtime.log_route))
            }
            OwnDriver::CurrentThread(runtime) => (Driver::CurrentThread(runtime), None),
        };
        TaskScope { driver, local: Some(&self.local), wakes: &self.pool.wakes, log_route }
    }

    /// Records that the function with this name has run, in case that tasks it started do not end.
    pub(in crate::engine) fn function_ended(&self, name: impl FnOnce() -> String) {
        let activity = self.driver.activity();
        let mut spawners = self.spawners.borrow_mut();
        if activity > spawners.activity {
            spawners.functions.push(name());
        }
        spawners.activity = activity;
    }

    /// Returns what ends the tasks from another thread, if threads of the runtime drive them.
    pub(in crate::engine) fn ender(&self) -> Option<TaskEnder> {
        match &self.driver {
            OwnDriver::Pooled(runtime) => Some(TaskEnder(Arc::clone(&runtime.owned))),
            OwnDriver::CurrentThread(_) => None,
        }
    }

    /// Ends the tasks: each of them is dropped where it waits next.
    ///
    /// # Errors
    /// Returns a failure that names the functions which started tasks if some still run after `limit`.
    pub(in crate::engine) fn end(self, limit: Duration) -> Result<(), Failure> {
        let Self { local, driver, pool, spawners } = self;
        drop(local);
        let ended = match driver {
            OwnDriver::Pooled(runtime) => runtime.end(&pool, limit),
            OwnDriver::CurrentThread(runtime) => {
                runtime.shutdown_timeout(limit);
                Ok(())
            }
        };
        ended.map_err(|still_running| spawners.into_inner().failure(still_running, limit))
    }
}

impl OwnDriver {
    fn activity(&self) -> usize {
        match self {
            Self::Pooled(runtime) => runtime.activity(),
            Self::CurrentThread(_) => 0,
        }
    }
}

impl Spawners {
    fn failure(&self, StillRunning(count): StillRunning, limit: Duration) -> Failure {
        let what = match count {
            1 => "a task or blocking call".to_owned(),
            _ => format!("{count} tasks or blocking calls"),
        };
        let started = match &self.functions[..] {
            [] => String::new(),
            functions => format!("; tasks were started in {}", functions.join(", ")),
        };
        let message = format!(
            "{what} of the scenario still ran {limit:?} after its end{started}: let it end when its state is dropped"
        );
        Failure::new(FailureKind::State, message)
    }
}

impl TaskEnder {
    /// Ends the tasks without waiting for them.
    pub fn end(&self) {
        if let Some(runtime) = take(&self.0) {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for TaskEnder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskEnder").finish_non_exhaustive()
    }
}
