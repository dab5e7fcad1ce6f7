//! The runtime in which a call of user code runs.

use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Instant;

use tokio::runtime::{EnterGuard, Handle, Runtime};
use tokio::task::{LocalEnterGuard, LocalSet};

use crate::engine::deadline::Wakes;
use crate::observe::LogRoute;

/// The runtime in which a call of user code runs, and the local tasks of its scenario.
#[derive(Clone, Copy)]
pub(in crate::engine) struct TaskScope<'a> {
    pub(super) driver: Driver<'a>,
    /// The tasks that only the thread of the scenario may run.
    pub(super) local: Option<&'a LocalSet>,
    pub(super) wakes: &'a Wakes,
    /// The way of events of the runtime's threads to the log of the running step.
    pub(super) log_route: Option<&'a LogRoute>,
}

/// The runtime that drives a future.
#[derive(Clone, Copy)]
pub(super) enum Driver<'a> {
    /// One with separate threads.
    Threads(&'a Handle),
    /// One that only `block_on` drives.
    CurrentThread(&'a Runtime),
}

/// A guard: on this thread tasks can be spawned until it is dropped.
#[must_use = "tasks can be spawned only while the guard lives"]
pub(in crate::engine) struct EnteredTasks<'a> {
    _local: Option<LocalEnterGuard>,
    _runtime: EnterGuard<'a>,
}

impl<'a> TaskScope<'a> {
    /// Makes this the runtime of tasks that the calling thread spawns.
    pub(in crate::engine) fn enter(&self) -> EnteredTasks<'a> {
        let runtime = match self.driver {
            Driver::Threads(handle) => handle.enter(),
            Driver::CurrentThread(runtime) => runtime.enter(),
        };
        EnteredTasks { _local: self.local.map(LocalSet::enter), _runtime: runtime }
    }

    /// Returns the way of events of the runtime's threads to the log of the running step.
    pub(in crate::engine) fn log_route(&self) -> Option<&'a LogRoute> {
        self.log_route
    }

    /// Runs `body` on the calling thread, until its end or until `deadline`, at which it is dropped.
    ///
    /// The deadline is one of real time: the clock of the runtime may be paused.
    pub(in crate::engine) fn block_on(
        &self,
        deadline: Instant,
        body: Pin<Box<dyn Future<Output = ()> + '_>>,
    ) {
        let body = self.until(deadline, body);
        match self.driver {
            Driver::Threads(handle) => handle.block_on(body),
            Driver::CurrentThread(runtime) => runtime.block_on(body),
        }
    }

    async fn until(&self, deadline: Instant, mut body: Pin<Box<dyn Future<Output = ()> + '_>>) {
        let mut local_tasks = pin!(async {
            match self.local {
                Some(local) => local.run_until(pending()).await,
                None => pending().await,
            }
        });
        let mut wake = None;
        poll_fn(|context| {
            {
                // Not `LocalSet::run_until`, in which `block_in_place` panics.
                let _entered = self.local.map(LocalSet::enter);
                if body.as_mut().poll(context).is_ready() {
                    return Poll::Ready(());
                }
            }
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            // Never ready: it only runs the tasks.
            let _: Poll<()> = local_tasks.as_mut().poll(context);
            // Most bodies end at once and need no wake.
            wake.get_or_insert_with(|| self.wakes.wake_at(deadline, context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
