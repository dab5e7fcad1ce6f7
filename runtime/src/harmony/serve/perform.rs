//! Performs one request with the scenario's state, guarded by its deadline.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::dispatch::{Told, Work};
use super::replies::Replies;
use super::stdio::Printed;
use crate::engine::{Registry, Session, Watch, Watchdog};
use crate::harmony::contract::StepRequest;
use crate::harmony::message::{INTERNAL_ERROR, RequestId, RpcError};
use crate::harmony::step_result::StepResult;
use crate::model::{Failure, FailureKind, LogRecord, Outcome};

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
    told: Told,
    registry: Arc<Registry>,
    step_timeout: Duration,
    replies: Replies,
    printed: Option<Printed>,
    watchdog: Watchdog,
}

/// The state of the scenario, made again where it was dropped.
pub(super) struct Playing(Option<Session>);

impl Playing {
    /// Drops the state for good.
    pub(super) fn release_at_end(self) {
        // A destructor that panicked has said so on stderr, and there is no request to answer.
        let _ = release(self.0);
    }
}

/// A step on its way, as much of it as its answer needs.
struct Running {
    text: String,
    context: Vec<(String, String)>,
    started: Instant,
}

impl Performer {
    pub(super) fn new(
        told: Told,
        registry: Arc<Registry>,
        step_timeout: Duration,
        replies: Replies,
        printed: Option<Printed>,
    ) -> io::Result<Self> {
        let watchdog = Watchdog::start()?;
        Ok(Self { told, registry, step_timeout, replies, printed, watchdog })
    }

    pub(super) fn replies(&self) -> &Replies {
        &self.replies
    }

    /// Fresh state. That it could not be made shows up at the first step.
    pub(super) fn session(&self) -> Playing {
        Playing(self.new_session().ok())
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
        playing: &mut Playing,
    ) {
        match work {
            Work::Step(request) => self.step(lane, ticket, request, playing),
            Work::Cleanup => self.cleanup(lane, ticket, playing),
        }
    }

    fn step(
        &self,
        lane: &impl Overtime,
        ticket: &Arc<Ticket>,
        mut request: StepRequest,
        playing: &mut Playing,
    ) {
        let started = Instant::now();
        let context = std::mem::take(&mut request.context);
        let running = Arc::new(Running { text: request.text.clone(), context, started });
        let session = match &mut playing.0 {
            Some(session) => session,
            none => match self.new_session() {
                Ok(session) => none.insert(session),
                Err(error) => {
                    if ticket.claim() {
                        self.answer(ticket, &running, &no_session(&error), Vec::new());
                    }
                    return;
                }
            },
        };
        let role = self.told.lock().unwrap_or_else(PoisonError::into_inner).role.clone();
        let resolved = session.resolve(request.into_call(role), self.step_timeout);
        let limit = resolved.limit();
        let guard = {
            let running = Arc::clone(&running);
            self.guard(lane, ticket, limit, move |performer, ticket| {
                performer.answer(ticket, &running, &Outcome::TimedOut { limit }, Vec::new());
            })
        };
        let report = session.execute(resolved);
        guard.end();
        if ticket.claim() {
            self.answer(ticket, &running, &report.outcome, report.logs);
        }
    }

    fn cleanup(&self, lane: &impl Overtime, ticket: &Arc<Ticket>, playing: &mut Playing) {
        let limit = self.step_timeout;
        let guard = self.guard(lane, ticket, limit, move |performer, ticket| {
            let message =
                format!("dropping the scenario's state took longer than {} ms", limit.as_millis());
            let error = RpcError::new(INTERNAL_ERROR, message);
            performer.replies.error(ticket.id.as_ref(), &error);
        });
        let released = release(playing.0.take());
        guard.end();
        if ticket.claim() {
            match released {
                Ok(()) => self.replies.result(ticket.id.as_ref(), "null"),
                Err(error) => self.replies.error(ticket.id.as_ref(), &error),
            }
        }
        *playing = self.session();
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
    ) {
        if let Some(printed) = &self.printed {
            logs.extend(printed.take());
        }
        let result = StepResult {
            text: &running.text,
            outcome,
            duration: running.started.elapsed(),
            logs: &logs,
            context: &running.context,
        };
        self.replies.result(ticket.id.as_ref(), &result.to_json());
    }

    fn new_session(&self) -> io::Result<Session> {
        Session::new(Arc::clone(&self.registry), None)
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

/// Drops a scenario's state, whose destructors are the user's and may panic.
fn release(session: Option<Session>) -> Result<(), RpcError> {
    panic::catch_unwind(AssertUnwindSafe(|| drop(session)))
        .map_err(|_| RpcError::new(INTERNAL_ERROR, "dropping the state of the scenario panicked"))
}

fn no_session(error: &io::Error) -> Outcome {
    let reason = format!("the scenario cannot be played: {error}");
    Outcome::Failed(Failure::new(FailureKind::State, reason))
}
