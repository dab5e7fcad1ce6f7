//! Performs one request with the scenario's state, guarded by its deadline.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::dispatch::{Work, note};
use super::replies::Replies;
use super::scene::{ProcessSuite, Ready, Scene, logged, tell};
use super::stdio::Printed;
use crate::engine::{HookWatch, LateHook, Registry, Watch, Watchdog};
use crate::harmony::contract::StepRequest;
use crate::harmony::message::{INTERNAL_ERROR, RequestId, RpcError};
use crate::harmony::step_result::StepResult;
use crate::model::{Failure, LogRecord, Outcome};

/// After this time a request takes its time, and somebody else reads on.
const RELIEF: Duration = Duration::from_millis(10);

/// How much later than the deadline a thread is given up: an async step cancels itself at the
/// deadline and keeps its state when it gets the time to.
const GRACE: Duration = Duration::from_millis(50);

/// A deadline for steps that have practically none.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// One request; whoever claims it answers it, so it is answered once.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) id: Option<RequestId>,
    claimed: AtomicBool,
}

impl Ticket {
    pub(super) fn new(id: Option<RequestId>) -> Arc<Self> {
        Arc::new(Self { id, claimed: AtomicBool::new(false) })
    }

    /// Whether it is the caller who answers.
    pub(super) fn claim(&self) -> bool {
        // Only decides who answers; what is answered travels by the lock of the replies.
        !self.claimed.swap(true, Ordering::Relaxed)
    }
}

/// Who is told when a request takes its time.
pub(super) trait Overtime: Clone + Send + 'static {
    /// `ticket` runs on: somebody else is to read.
    fn relieve(&self, ticket: &Arc<Ticket>);

    /// `ticket` is past its deadline: its thread is left to itself.
    fn give_up(&self, ticket: &Arc<Ticket>);
}

/// What performing a request needs beside the state.
#[derive(Clone)]
pub(super) struct Performer {
    suite: Arc<ProcessSuite>,
    step_timeout: Duration,
    replies: Replies,
    printed: Option<Printed>,
    watchdog: Watchdog,
}

/// A step on its way, as much of it as its answer needs.
struct Running {
    text: String,
    context: Vec<(String, String)>,
    started: Instant,
}

impl Performer {
    pub(super) fn new(
        registry: Arc<Registry>,
        step_timeout: Duration,
        replies: Replies,
        printed: Option<Printed>,
    ) -> io::Result<Self> {
        let watchdog = Watchdog::start()?;
        let suite = ProcessSuite::new(registry);
        Ok(Self { suite, step_timeout, replies, printed, watchdog })
    }

    pub(super) fn replies(&self) -> &Replies {
        &self.replies
    }

    /// A scenario in which nothing has run yet.
    pub(super) fn scene(&self) -> Scene {
        Scene::new(Arc::clone(&self.suite))
    }

    /// Ends the scenario and the suite, when no more requests come.
    pub(super) fn end(&self, mut scene: Scene) {
        let limit = self.step_timeout;
        let ended = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut failures = scene.end(limit);
            failures.extend(self.suite.end(limit));
            failures
        }));
        // A destructor that panicked has said so on stderr; there is no request to answer.
        ended.unwrap_or_default().iter().for_each(|failure| note(&failure.to_string()));
    }

    /// Lets no deadline expire any more.
    pub(super) fn stop(&self) {
        self.watchdog.stop();
    }

    /// Does what was asked for and answers it, unless its deadline comes first.
    pub(super) fn perform(
        &self,
        lane: &impl Overtime,
        ticket: &Arc<Ticket>,
        work: Work,
        scene: &mut Scene,
    ) {
        match work {
            Work::Begin(told) => {
                // First, since hooks that hang may keep this thread for good.
                self.suite.told(told);
                self.cleanup(lane, ticket, scene);
            }
            Work::Step(request) => self.step(lane, ticket, request, scene),
            Work::Cleanup => self.cleanup(lane, ticket, scene),
        }
    }

    fn step(
        &self,
        lane: &impl Overtime,
        ticket: &Arc<Ticket>,
        mut request: StepRequest,
        scene: &mut Scene,
    ) {
        let started = Instant::now();
        let context = std::mem::take(&mut request.context);
        let running = Arc::new(Running { text: request.text.clone(), context, started });
        let begun = if scene.is_new() && self.suite.has_hooks_before() {
            let late = Arc::clone(&running);
            let guard = self.guard_hooks(lane, ticket, move |performer, ticket, hook| {
                let logs = logged(&hook.reports);
                let outcome = Outcome::Failed(hook.failure);
                performer.answer(ticket, &late, &outcome, logs, &late.context);
            });
            let begun = scene.begin(self.step_timeout);
            if !guard.end() {
                return;
            }
            begun
        } else {
            scene.begin(self.step_timeout)
        };
        let Ready { session, span, mut logs } = match begun {
            Ok(ready) => ready,
            Err(outcome) => {
                let logs = scene.take_logs();
                if ticket.claim() {
                    self.answer(ticket, &running, &outcome, logs, &running.context);
                }
                return;
            }
        };
        session.share(running.context.iter().cloned());
        let role = self.suite.role();
        let _inside = span.enter();
        let resolved = session.resolve(request.into_call(role), self.step_timeout);
        let limit = resolved.limit();
        let guard = {
            let (running, step, mut logs) =
                (Arc::clone(&running), resolved.running().clone(), logs.clone());
            self.guard(lane, ticket, limit, move |performer, ticket| {
                let outcome = Outcome::TimedOut { limit };
                // By then the step's thread hangs; what it logged is told for it.
                logs.extend(step.end(&outcome).map(|(logs, _)| logs).unwrap_or_default());
                performer.answer(ticket, &running, &outcome, logs, &running.context);
            })
        };
        let report = session.execute(resolved);
        guard.end();
        if ticket.claim() {
            logs.extend(report.logs);
            self.answer(ticket, &running, &report.outcome, logs, &session.shared());
        }
    }

    fn cleanup(&self, lane: &impl Overtime, ticket: &Arc<Ticket>, scene: &mut Scene) {
        let limit = self.step_timeout;
        let ended = {
            let guard = self.guard_hooks(lane, ticket, move |performer, ticket, hook| {
                tell(&hook.reports);
                performer.end_failed(ticket, &[hook.failure]);
            });
            let ended = panic::catch_unwind(AssertUnwindSafe(|| scene.end(limit)));
            if !guard.end() {
                return;
            }
            ended
        };
        if !ticket.claim() {
            return;
        }
        match ended.as_deref() {
            Ok([]) => self.replies.result(ticket.id.as_ref(), "null"),
            Ok(failures) => self.end_failed(ticket, failures),
            Err(_) => {
                let message = "dropping the state of the scenario panicked";
                let error = RpcError::new(INTERNAL_ERROR, message);
                self.replies.error(ticket.id.as_ref(), &error);
            }
        }
    }

    /// The one who asked hears of it; where nobody asked, stderr keeps it.
    fn end_failed(&self, ticket: &Ticket, failures: &[Failure]) {
        let all: Vec<String> = failures.iter().map(ToString::to_string).collect();
        let message = all.join("\n");
        match &ticket.id {
            Some(id) => self.replies.error(Some(id), &RpcError::new(INTERNAL_ERROR, message)),
            None => note(&message),
        }
    }

    /// Like [`guard`](Self::guard), for hooks: each has its own limit, and `answer` learns which one
    /// hangs.
    fn guard_hooks(
        &self,
        lane: &impl Overtime,
        ticket: &Arc<Ticket>,
        answer: impl FnOnce(&Self, &Ticket, LateHook) + Send + 'static,
    ) -> HookGuard {
        let relief = {
            let (lane, ticket) = (lane.clone(), Arc::clone(ticket));
            self.watchdog.arm(Instant::now() + RELIEF, move || lane.relieve(&ticket))
        };
        let (lane, ticket, performer) = (lane.clone(), Arc::clone(ticket), self.clone());
        let watch = self.watchdog.guard_hooks(self.step_timeout, move |late| {
            if ticket.claim() {
                lane.give_up(&ticket);
                answer(&performer, &ticket, late);
            }
        });
        HookGuard { relief, watch }
    }

    /// Sees to it that others read when `ticket` takes its time, and that `answer` is given and the
    /// thread given up when it is past its limit.
    fn guard(
        &self,
        lane: &impl Overtime,
        ticket: &Arc<Ticket>,
        limit: Duration,
        answer: impl FnOnce(&Self, &Ticket) + Send + 'static,
    ) -> Guard {
        let started = Instant::now();
        let deadline = started + limit.min(FAR) + GRACE;
        let late = Arc::new(Mutex::new(None));
        let (lane, ticket, performer) = (lane.clone(), Arc::clone(ticket), self.clone());
        let armed = Arc::clone(&late);
        // One watch does for the many steps that are quick; the second is armed when it is needed.
        let soon = self.watchdog.arm(started + RELIEF, move || {
            lane.relieve(&ticket);
            let dog = performer.watchdog.clone();
            let watch = dog.arm(deadline, move || {
                if ticket.claim() {
                    lane.give_up(&ticket);
                    answer(&performer, &ticket);
                }
            });
            *armed.lock().unwrap_or_else(PoisonError::into_inner) = Some(watch);
        });
        Guard { soon, late }
    }

    /// Answers a step whose ticket the caller has claimed.
    fn answer(
        &self,
        ticket: &Ticket,
        running: &Running,
        outcome: &Outcome,
        mut logs: Vec<LogRecord>,
        context: &[(String, String)],
    ) {
        self.suite.saw(outcome);
        if let Some(printed) = &self.printed {
            logs.extend(printed.take());
        }
        let result = StepResult {
            text: &running.text,
            outcome,
            duration: running.started.elapsed(),
            logs: &logs,
            context,
        };
        self.replies.result(ticket.id.as_ref(), &result.to_json());
    }
}

/// The deadlines of a running request.
struct Guard {
    soon: Watch,
    late: Arc<Mutex<Option<Watch>>>,
}

impl Guard {
    fn end(self) {
        if self.soon.disarm().is_err() {
            let late = self.late.lock().unwrap_or_else(PoisonError::into_inner).take();
            // A deadline that came first, or comes yet, finds out by the claim on the ticket.
            let _ = late.map(Watch::disarm);
        }
    }
}

/// The deadlines of hooks.
struct HookGuard {
    relief: Watch,
    watch: HookWatch,
}

impl HookGuard {
    /// Whether they were done in time; otherwise the thread has been given up.
    fn end(self) -> bool {
        // Relief that came already does no harm.
        let _ = self.relief.disarm();
        self.watch.disarm().is_ok()
    }
}
