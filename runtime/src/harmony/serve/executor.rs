//! Executing one request with the scenario's state, guarded by its deadline.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::dispatch::{Work, eprint_line};
use super::options::ServeOptions;
use super::response_writer::ResponseWriter;
use super::scenario::{ProcessSuite, ReadyScenario, ServeScenario, hook_logs, log_to_stderr};
use super::stdio::CapturedStdio;
use crate::engine::{Deadline, HungHook, Registry, Watchdog};
use crate::harmony::protocol::jsonrpc::{INTERNAL_ERROR, RequestId, RpcError};
use crate::harmony::protocol::methods::ExecuteStepParams;
use crate::harmony::protocol::step_response::encode::ExecuteStepResult;
use crate::model::{Failure, LogRecord, Outcome};

/// The time after which the standby thread reads on while a request is executed.
const HANDOVER_DELAY: Duration = Duration::from_millis(10);

/// One request. The thread that claims it answers it, so it is answered once.
#[derive(Debug)]
pub(super) struct PendingRequest {
    pub(super) id: Option<RequestId>,
    claimed: AtomicBool,
}

impl PendingRequest {
    pub(super) fn new(id: Option<RequestId>) -> Arc<Self> {
        Arc::new(Self { id, claimed: AtomicBool::new(false) })
    }

    /// Returns whether the caller answers.
    pub(super) fn claim(&self) -> bool {
        // Relaxed: it only decides which thread answers; the lock of the responses orders their content.
        !self.claimed.swap(true, Ordering::Relaxed)
    }
}

/// The recovery from a request that takes its time or hangs.
pub(super) trait DeadlineHandler: Clone + Send + 'static {
    /// Lets the standby thread read while `pending` is executed.
    fn hand_over_reading(&self, pending: &Arc<PendingRequest>);

    /// Abandons the thread of `pending`, which is past its deadline.
    fn abandon(&self, pending: &Arc<PendingRequest>);
}

/// Everything that executing a request needs, except the state.
#[derive(Clone)]
pub(super) struct Executor {
    suite: Arc<ProcessSuite>,
    step_timeout: Duration,
    /// Whether it is also that of steps whose definitions have one.
    overrides_definitions: bool,
    responses: ResponseWriter,
    captured: Option<CapturedStdio>,
    watchdog: Watchdog,
}

/// The parts of a step that its response needs.
struct PendingStep {
    text: String,
    context: Vec<(String, String)>,
    started: Instant,
}

impl Executor {
    pub(super) fn new(
        registry: Arc<Registry>,
        options: ServeOptions,
        responses: ResponseWriter,
        captured: Option<CapturedStdio>,
    ) -> io::Result<Self> {
        let watchdog = Watchdog::start()?;
        let suite = ProcessSuite::new(registry);
        let ServeOptions { step_timeout, overrides_definitions } = options;
        Ok(Self { suite, step_timeout, overrides_definitions, responses, captured, watchdog })
    }

    pub(super) fn responses(&self) -> &ResponseWriter {
        &self.responses
    }

    /// Returns a scenario in which nothing has run yet.
    pub(super) fn scenario(&self) -> ServeScenario {
        ServeScenario::new(Arc::clone(&self.suite))
    }

    /// Ends the scenario and the suite, after the last request.
    pub(super) fn end(&self, mut scenario: ServeScenario) {
        let limit = self.step_timeout;
        let ended = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut failures = scenario.end(limit);
            failures.extend(self.suite.end(limit));
            failures
        }));
        // A destructor that panicked has written to stderr; there is no request to answer.
        ended.unwrap_or_default().iter().for_each(|failure| eprint_line(&failure.to_string()));
    }

    /// Stops all deadlines.
    pub(super) fn stop(&self) {
        self.watchdog.stop();
    }

    /// Executes a request and answers it, unless its deadline comes first.
    pub(super) fn execute(
        &self,
        queue: &impl DeadlineHandler,
        pending: &Arc<PendingRequest>,
        work: Work,
        scenario: &mut ServeScenario,
    ) {
        match work {
            Work::StartScenario(announced) => {
                // First, since hooks that hang may keep this thread for good.
                self.suite.announced(announced);
                self.cleanup(queue, pending, scenario);
            }
            Work::Step(request) => self.step(queue, pending, request, scenario),
            Work::Cleanup => self.cleanup(queue, pending, scenario),
        }
    }

    fn step(
        &self,
        queue: &impl DeadlineHandler,
        pending: &Arc<PendingRequest>,
        mut request: ExecuteStepParams,
        scenario: &mut ServeScenario,
    ) {
        let started = Instant::now();
        let context = std::mem::take(&mut request.context);
        let running = Arc::new(PendingStep { text: request.text.clone(), context, started });
        let started = if scenario.is_new() && self.suite.has_hooks_before() {
            let late = Arc::clone(&running);
            let on_hang =
                self.on_expiry(queue, pending, move |executor, pending, hook: HungHook| {
                    let logs = hook_logs(&hook.reports);
                    let outcome = Outcome::Failed(hook.failure);
                    executor.answer(pending, &late, &outcome, logs, &late.context);
                });
            let deadline = deadline(queue, pending, self.step_timeout);
            let watch = self.watchdog.guard_hooks(deadline, on_hang);
            let started = scenario.start(self.step_timeout);
            if watch.disarm().is_err() {
                return;
            }
            started
        } else {
            scenario.start(self.step_timeout)
        };
        let ReadyScenario { session, span, mut logs } = match started {
            Ok(ready) => ready,
            Err(outcome) => {
                let logs = scenario.take_logs();
                if pending.claim() {
                    self.answer(pending, &running, &outcome, logs, &running.context);
                }
                return;
            }
        };
        session.set_shared(running.context.iter().cloned());
        let role = self.suite.role();
        let _inside = span.enter();
        let mut resolved = session.resolve(request.into_call(role), self.step_timeout);
        if self.overrides_definitions {
            resolved.set_timeout(self.step_timeout);
        }
        let limit = resolved.timeout();
        let watch = {
            let (running, step, mut logs) =
                (Arc::clone(&running), resolved.running().clone(), logs.clone());
            let on_expiry = self.on_expiry(queue, pending, move |executor, pending, ()| {
                let outcome = Outcome::TimedOut { limit };
                // The step's thread hangs; its log is reported on its behalf.
                logs.extend(step.finish(&outcome).map(|(logs, _)| logs).unwrap_or_default());
                executor.answer(pending, &running, &outcome, logs, &running.context);
            });
            self.watchdog.arm(deadline(queue, pending, limit), move || on_expiry(()))
        };
        let report = session.execute(resolved);
        // If the deadline came first, the request is claimed.
        let _ = watch.disarm();
        if pending.claim() {
            logs.extend(report.logs);
            self.answer(pending, &running, &report.outcome, logs, &session.shared());
        }
    }

    fn cleanup(
        &self,
        queue: &impl DeadlineHandler,
        pending: &Arc<PendingRequest>,
        scenario: &mut ServeScenario,
    ) {
        let limit = self.step_timeout;
        let ended = {
            let on_hang =
                self.on_expiry(queue, pending, move |executor, pending, hook: HungHook| {
                    log_to_stderr(&hook.reports);
                    executor.end_failed(pending, &[hook.failure]);
                });
            let watch = self.watchdog.guard_hooks(deadline(queue, pending, limit), on_hang);
            let ended = panic::catch_unwind(AssertUnwindSafe(|| scenario.end(limit)));
            if watch.disarm().is_err() {
                return;
            }
            ended
        };
        if !pending.claim() {
            return;
        }
        match ended.as_deref() {
            Ok([]) => self.responses.result(pending.id.as_ref(), "null"),
            Ok(failures) => self.end_failed(pending, failures),
            Err(_) => {
                let message = "dropping the state of the scenario panicked";
                let error = RpcError::new(INTERNAL_ERROR, message);
                self.responses.error(pending.id.as_ref(), &error);
            }
        }
    }

    /// Reports failures in the response; on stderr if there is no request.
    fn end_failed(&self, pending: &PendingRequest, failures: &[Failure]) {
        let all: Vec<String> = failures.iter().map(ToString::to_string).collect();
        let message = all.join("\n");
        match &pending.id {
            Some(id) => self.responses.error(Some(id), &RpcError::new(INTERNAL_ERROR, message)),
            None => eprint_line(&message),
        }
    }

    /// Returns the callback for a request past its deadline: it abandons the thread, and `answer`
    /// answers on its behalf.
    fn on_expiry<H>(
        &self,
        queue: &impl DeadlineHandler,
        pending: &Arc<PendingRequest>,
        answer: impl FnOnce(&Self, &PendingRequest, H) + Send + 'static,
    ) -> impl FnOnce(H) + Send + 'static {
        let (queue, pending, executor) = (queue.clone(), Arc::clone(pending), self.clone());
        move |hung| {
            if pending.claim() {
                queue.abandon(&pending);
                answer(&executor, &pending, hung);
            }
        }
    }

    /// Answers a step that the caller has claimed.
    fn answer(
        &self,
        pending: &PendingRequest,
        running: &PendingStep,
        outcome: &Outcome,
        mut logs: Vec<LogRecord>,
        context: &[(String, String)],
    ) {
        self.suite.record_outcome(outcome);
        if let Some(captured) = &self.captured {
            logs.extend(captured.take());
        }
        let result = ExecuteStepResult {
            text: &running.text,
            outcome,
            duration: running.started.elapsed(),
            logs: &logs,
            context,
        };
        self.responses.result(pending.id.as_ref(), &result.to_json());
    }
}

/// Returns the deadline of a request; the standby thread reads if the request takes its time.
fn deadline(
    queue: &impl DeadlineHandler,
    pending: &Arc<PendingRequest>,
    limit: Duration,
) -> Deadline {
    let (queue, pending) = (queue.clone(), Arc::clone(pending));
    Deadline::after(limit).with_alert(HANDOVER_DELAY, move || queue.hand_over_reading(&pending))
}
