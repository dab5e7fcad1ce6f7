//! The hooks that run on a thread: the one that runs now and those before it, for the runner that may
//! have to abandon the thread.
//!
//! Every change is made in the same moment as the restart of the thread's watch. Once the watch has
//! expired nothing changes any more, so that the callback finds the hook that exceeded its deadline.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::hook_execution::HookExecution;
use crate::engine::deadline::{Deadline, Watch, Watchdog, restart, restart_with};
use crate::engine::definition::HookDefinition;
use crate::model::{Failure, FailureKind, Outcome};
use crate::observe::StepLog;

thread_local! {
    static ON_THIS_THREAD: HookProgress = HookProgress::default();
}

/// The progress of one thread through the hooks around a step, a scenario, a feature or a suite.
#[derive(Clone, Default)]
pub(super) struct HookProgress(Arc<Mutex<Progress>>);

#[derive(Default)]
struct Progress {
    running: Option<RunningHook>,
    /// The hooks that ran before it, reported with it if it hangs.
    done: Vec<HookExecution>,
}

struct RunningHook {
    hook: &'static HookDefinition,
    limit: Duration,
    started: Instant,
    step_log: StepLog,
}

/// A hook that exceeds its deadline, or the creation or drop of states that does.
#[derive(Debug)]
pub struct HungHook {
    /// Failure of whatever the hook surrounds.
    pub failure: Failure,
    /// The hooks that ran around the same thing; the last one hangs, unless states do.
    pub reports: Vec<HookExecution>,
}

impl Watchdog {
    /// Guards the hooks that the calling thread runs next, each with its own limit, and the creation
    /// and drop of states between them with the given one. Calls `on_hang` if one of them exceeds it.
    pub fn guard_hooks(
        &self,
        deadline: Deadline,
        on_hang: impl FnOnce(HungHook) + Send + 'static,
    ) -> Watch {
        let progress = HookProgress::on_this_thread();
        std::mem::take(&mut *progress.lock());
        let limit = deadline.limit();
        self.arm_parts(deadline, move || on_hang(progress.hung(limit)))
    }
}

impl HookProgress {
    fn on_this_thread() -> Self {
        ON_THIS_THREAD.with(Self::clone)
    }

    /// Records the start of a hook.
    pub(super) fn start(hook: &'static HookDefinition, limit: Duration, step_log: StepLog) {
        let running = RunningHook { hook, limit, started: Instant::now(), step_log };
        let progress = Self::on_this_thread();
        // An abandoned thread only has to end.
        let _ = restart_with(limit, || progress.lock().running = Some(running));
    }

    /// Records the end of the running hook.
    pub(super) fn finish(execution: HookExecution) {
        let progress = Self::on_this_thread();
        // An abandoned thread only has to end: the hook has been reported.
        let _ = restart(|| {
            let mut progress = progress.lock();
            progress.running = None;
            progress.done.push(execution);
        });
    }

    /// Records hooks whose executions were taken, until they are taken again.
    pub(super) fn restore(hooks: Vec<HookExecution>) {
        let progress = Self::on_this_thread();
        // An abandoned thread only has to end.
        let _ = restart(|| progress.lock().done.extend(hooks));
    }

    /// Takes the hooks that ran around one thing, after the last of them.
    pub(super) fn take_done() -> Vec<HookExecution> {
        let progress = Self::on_this_thread();
        restart(|| std::mem::take(&mut progress.lock().done)).unwrap_or_default()
    }

    /// Returns the report of the thread's watch, whose limit outside of hooks is given, after it has
    /// expired.
    fn hung(&self, limit: Duration) -> HungHook {
        let Progress { running, mut done } = std::mem::take(&mut *self.lock());
        let failure = match running {
            Some(running) => {
                let execution = running.timed_out();
                let reason = Failure::new(FailureKind::Error, execution.outcome.to_string());
                let failure = execution.definition.failure(reason);
                done.push(execution);
                failure
            }
            None => {
                let reason = Outcome::TimedOut { limit };
                Failure::new(FailureKind::State, format!("setup or teardown: {reason}"))
            }
        };
        HungHook { failure, reports: done }
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        // Nothing that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunningHook {
    fn timed_out(self) -> HookExecution {
        let (logs, attachments) = self.step_log.close().unwrap_or_default();
        HookExecution {
            definition: self.hook,
            outcome: Outcome::TimedOut { limit: self.limit },
            started: self.started,
            duration: self.limit,
            logs,
            attachments,
            output: String::new(),
        }
    }
}
