//! Steps one after the other, on a thread that owns the scenario's state and can be given up.

use std::collections::VecDeque;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::replies::Replies;
use super::stdio::Printed;
use crate::engine::{Registry, Session, Watchdog};
use crate::harmony::contract::{Initialization, StepRequest, StepResult, steps_json};
use crate::harmony::message::{INTERNAL_ERROR, RequestId, RpcError};
use crate::model::{Failure, FailureKind, LogRecord, Outcome};

/// Requests that wait for their turn; beyond, the reader waits, and with it the other side.
const MOST_WAITING: usize = 4096;

/// How much later than the deadline a thread is given up: an async step cancels itself at the
/// deadline and keeps its state when it gets the time to.
const GRACE: Duration = Duration::from_millis(50);

/// A deadline for steps that have practically none.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// The queue of requests and the thread that works on it.
#[derive(Clone)]
pub(super) struct Lane {
    shared: Arc<Shared>,
}

/// What takes its turn among the steps.
#[derive(Debug)]
pub(super) enum Work {
    /// Execute a step.
    Step(StepRequest),
    /// Drop the scenario's state.
    Cleanup,
}

struct Shared {
    registry: Arc<Registry>,
    step_timeout: Duration,
    replies: Replies,
    printed: Option<Printed>,
    watchdog: Watchdog,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(Arc<Ticket>, Work)>,
    running: Option<Arc<Ticket>>,
    initialization: Initialization,
    /// Which thread may take work; a thread with a smaller number has been given up.
    generation: u64,
    /// Set while the current generation has no thread.
    orphaned: bool,
    closing: bool,
    /// The current thread has answered everything and takes nothing more.
    drained: bool,
    /// The current thread has dropped its state.
    released: bool,
}

/// One request; whoever claims it answers it, so it is answered once.
#[derive(Debug)]
struct Ticket {
    id: Option<RequestId>,
    claimed: AtomicBool,
}

impl Ticket {
    fn claim(&self) -> bool {
        // Only decides who answers; what is answered travels by the lock of the replies.
        !self.claimed.swap(true, Ordering::Relaxed)
    }
}

impl Lane {
    /// Starts the thread.
    pub(super) fn start(
        registry: Registry,
        step_timeout: Duration,
        replies: Replies,
        printed: Option<Printed>,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            registry: Arc::new(registry),
            step_timeout,
            replies,
            printed,
            watchdog: Watchdog::start()?,
            state: Mutex::new(State::default()),
            changed: Condvar::new(),
        });
        shared.spawn(0)?;
        Ok(Self { shared })
    }

    /// Queues a request.
    pub(super) fn push(&self, id: Option<RequestId>, work: Work) {
        let shared = &self.shared;
        let mut state = shared.lock();
        while state.waiting.len() >= MOST_WAITING && !state.closing {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.orphaned {
            if let Err(error) = shared.spawn(state.generation) {
                drop(state);
                let message = format!("no thread for the step: {error}");
                shared.replies.error(id.as_ref(), &RpcError::new(INTERNAL_ERROR, message));
                return;
            }
            state.orphaned = false;
        }
        state.waiting.push_back((Arc::new(Ticket { id, claimed: AtomicBool::new(false) }), work));
        drop(state);
        shared.changed.notify_all();
    }

    /// Keeps what the runner told this process about itself.
    pub(super) fn initialize(&self, initialization: Initialization) {
        self.shared.lock().initialization = initialization;
    }

    /// The result of `discover`.
    pub(super) fn steps_json(&self) -> String {
        steps_json(self.shared.registry.definitions())
    }

    /// Takes no more work; waits up to `limit` for what is there, then gives it up with an answer.
    pub(super) fn close(&self, limit: Duration) {
        let shared = &self.shared;
        let mut state = shared.lock();
        state.closing = true;
        shared.changed.notify_all();
        let mut state = shared
            .changed
            .wait_timeout_while(state, limit, |state| !state.drained && !state.orphaned)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
        if state.drained {
            return;
        }
        state.generation += 1;
        state.orphaned = true;
        let mut given_up: Vec<Arc<Ticket>> = state.running.take().into_iter().collect();
        given_up.extend(std::mem::take(&mut state.waiting).into_iter().map(|(ticket, _)| ticket));
        drop(state);
        for ticket in given_up.into_iter().filter(|ticket| ticket.claim()) {
            let error = RpcError::new(INTERNAL_ERROR, "given up: the process is ending");
            shared.replies.error(ticket.id.as_ref(), &error);
        }
    }

    /// Waits up to `limit` until an idle thread has dropped its state; not for one that hangs.
    pub(super) fn wait_for_release(&self, limit: Duration) {
        let state = self.shared.lock();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(state, limit, |state| !state.released && !state.orphaned);
        drop(waited);
        self.shared.watchdog.stop();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(self: &Arc<Self>, generation: u64) -> io::Result<()> {
        let shared = Arc::clone(self);
        thread::Builder::new()
            .name(format!("session-{generation}"))
            .spawn(move || shared.work(generation))
            .map(drop)
    }

    /// The session thread.
    fn work(self: Arc<Self>, generation: u64) {
        // Made before the first step needs it; a failure shows up there.
        let mut session = self.new_session().ok();
        while let Some((ticket, work)) = self.next(generation) {
            let working =
                AssertUnwindSafe(|| self.perform(generation, &ticket, work, &mut session));
            if panic::catch_unwind(working).is_err() && ticket.claim() {
                let error =
                    RpcError::new(INTERNAL_ERROR, "the serve process panicked; see its stderr");
                self.replies.error(ticket.id.as_ref(), &error);
            }
        }
        self.note(generation, |state| state.drained = true);
        // A destructor that panicked has said so on stderr, and there is no request to answer.
        let _ = release(session);
        self.note(generation, |state| state.released = true);
    }

    /// The next request, or `None` when this thread is to end.
    fn next(&self, generation: u64) -> Option<(Arc<Ticket>, Work)> {
        let mut state = self.lock();
        loop {
            if state.generation != generation {
                return None;
            }
            state.running = None;
            if let Some((ticket, work)) = state.waiting.pop_front() {
                state.running = Some(Arc::clone(&ticket));
                if state.waiting.len() + 1 == MOST_WAITING {
                    self.changed.notify_all();
                }
                return Some((ticket, work));
            }
            if state.closing {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn note(&self, generation: u64, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        if state.generation == generation {
            change(&mut state);
        }
        drop(state);
        self.changed.notify_all();
    }

    fn perform(
        self: &Arc<Self>,
        generation: u64,
        ticket: &Arc<Ticket>,
        work: Work,
        session: &mut Option<Session>,
    ) {
        match work {
            Work::Step(request) => self.step(generation, ticket, request, session),
            Work::Cleanup => self.cleanup(generation, ticket, session),
        }
    }

    fn step(
        self: &Arc<Self>,
        generation: u64,
        ticket: &Arc<Ticket>,
        mut request: StepRequest,
        session: &mut Option<Session>,
    ) {
        let started = Instant::now();
        let context = std::mem::take(&mut request.context);
        let role = self.lock().initialization.role.clone();
        let call = request.into_call(role);
        let text = call.text.clone();
        let made = match session.take() {
            Some(session) => Ok(session),
            None => self.new_session(),
        };
        let session = match made {
            Ok(made) => session.insert(made),
            Err(error) => {
                let outcome = no_session(&error);
                self.answer(ticket, &text, &outcome, started.elapsed(), Vec::new(), &context);
                return;
            }
        };
        let resolved = session.resolve(call, self.step_timeout);
        let limit = resolved.limit();
        let watch = {
            let shared = Arc::clone(self);
            let ticket = Arc::clone(ticket);
            let (text, context) = (text.clone(), context.clone());
            self.watchdog.arm(deadline(limit), move || {
                shared.give_up(generation, || {
                    let outcome = Outcome::TimedOut { limit };
                    shared.answer(
                        &ticket,
                        &text,
                        &outcome,
                        started.elapsed(),
                        Vec::new(),
                        &context,
                    );
                });
            })
        };
        let report = session.execute(resolved);
        // Whether the deadline came first is decided by who claims the ticket.
        let _ = watch.disarm();
        self.answer(ticket, &text, &report.outcome, report.duration, report.logs, &context);
    }

    fn cleanup(
        self: &Arc<Self>,
        generation: u64,
        ticket: &Arc<Ticket>,
        session: &mut Option<Session>,
    ) {
        let limit = self.step_timeout;
        let watch = {
            let shared = Arc::clone(self);
            let ticket = Arc::clone(ticket);
            self.watchdog.arm(deadline(limit), move || {
                shared.give_up(generation, || {
                    if ticket.claim() {
                        let message =
                            format!("dropping the state took longer than {} ms", limit.as_millis());
                        let error = RpcError::new(INTERNAL_ERROR, message);
                        shared.replies.error(ticket.id.as_ref(), &error);
                    }
                });
            })
        };
        let released = release(session.take());
        let _ = watch.disarm();
        if ticket.claim() {
            match released {
                Ok(()) => self.replies.result(ticket.id.as_ref(), "null"),
                Err(error) => self.replies.error(ticket.id.as_ref(), &error),
            }
        }
        *session = self.new_session().ok();
    }

    /// Leaves the current thread to itself and lets another take over.
    fn give_up(self: &Arc<Self>, generation: u64, answer: impl FnOnce()) {
        let mut state = self.lock();
        if state.generation == generation {
            state.generation += 1;
            state.running = None;
            state.orphaned = self.spawn(state.generation).is_err();
        }
        drop(state);
        self.changed.notify_all();
        answer();
    }

    /// Answers a step unless somebody else has.
    fn answer(
        &self,
        ticket: &Ticket,
        text: &str,
        outcome: &Outcome,
        duration: Duration,
        mut logs: Vec<LogRecord>,
        context: &[(String, String)],
    ) {
        if !ticket.claim() {
            return;
        }
        if let Some(printed) = &self.printed {
            logs.extend(printed.take());
        }
        let result = StepResult { text, outcome, duration, logs: &logs, context };
        self.replies.result(ticket.id.as_ref(), &result.to_json());
    }

    fn new_session(&self) -> io::Result<Session> {
        Session::new(Arc::clone(&self.registry), None)
    }
}

/// Drops a scenario's state, whose destructors are the user's and may panic.
fn release(session: Option<Session>) -> Result<(), RpcError> {
    panic::catch_unwind(AssertUnwindSafe(|| drop(session)))
        .map_err(|_| RpcError::new(INTERNAL_ERROR, "dropping the state of the scenario panicked"))
}

fn no_session(error: &io::Error) -> Outcome {
    let reason = format!("the scenario cannot be played: {error}");
    Outcome::Failed(Failure::new(FailureKind::State, reason))
}

fn deadline(limit: Duration) -> Instant {
    Instant::now() + limit.min(FAR) + GRACE
}
