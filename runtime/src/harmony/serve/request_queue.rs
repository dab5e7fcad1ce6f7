//! Steps one after the other, on a thread that owns the scenario's state and can be abandoned.
//!
//! That *session* thread also reads: a step that is executed by the thread that read it costs no
//! change of threads. When a step is not quick, the *standby* thread takes the reading over, so
//! that other requests are answered meanwhile, and gives it back when the session is idle again.

use std::collections::VecDeque;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::dispatch::{Dispatch, Dispatched, Frames, Work, eprint_line};
use super::executor::{DeadlineHandler, Executor, PendingRequest};
use super::shutdown::{ServeShutdown, ShutdownReason};
use crate::harmony::protocol::jsonrpc::{INTERNAL_ERROR, RpcError};
use std::sync::mpsc::Sender;
use std::thread;

/// The number of requests that wait for their turn; beyond it no thread reads, and the runner has to wait.
const MAX_PENDING_REQUESTS: usize = 4096;

/// The queue of requests and the threads that work on it.
#[derive(Clone)]
pub(super) struct RequestQueue {
    shared: Arc<Shared>,
}

struct Shared {
    dispatch: Dispatch,
    executor: Executor,
    endings: Sender<ServeShutdown>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The frames to read; `None` while a thread reads, and after the end of the input.
    frames: Option<Frames>,
    /// The running step is not quick: the standby thread is to read.
    standby_reads: bool,
    waiting: VecDeque<(Arc<PendingRequest>, Work)>,
    running: Option<Arc<PendingRequest>>,
    /// The number of the thread that may take work; threads with smaller numbers have been abandoned.
    generation: u64,
    /// Set while the current generation has no thread.
    no_worker: bool,
    closing: bool,
    /// The current thread has answered every request and takes no further one.
    drained: bool,
    /// The current thread has dropped its state.
    state_dropped: bool,
}

impl RequestQueue {
    /// Starts the threads; they send to `endings` when the input ends.
    pub(super) fn start(
        dispatch: Dispatch,
        executor: Executor,
        frames: Frames,
        endings: Sender<ServeShutdown>,
    ) -> io::Result<Self> {
        let state = State { frames: Some(frames), ..State::default() };
        let shared = Arc::new(Shared {
            dispatch,
            executor,
            endings,
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        shared.spawn(0)?;
        let standby = Arc::clone(&shared);
        thread::Builder::new().name("standby".to_owned()).spawn(move || standby.standby_loop())?;
        Ok(Self { shared })
    }

    /// Takes no more requests; waits up to `limit` for those that are there, then answers them with an error.
    pub(super) fn shut_down(&self, limit: Duration) {
        let shared = &self.shared;
        let mut state = shared.lock();
        state.closing = true;
        shared.changed.notify_all();
        let mut state = shared
            .changed
            .wait_timeout_while(state, limit, |state| !state.drained && !state.no_worker)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
        if state.drained {
            return;
        }
        state.generation += 1;
        state.no_worker = true;
        let mut cancelled: Vec<Arc<PendingRequest>> = state.running.take().into_iter().collect();
        cancelled
            .extend(std::mem::take(&mut state.waiting).into_iter().map(|(pending, _)| pending));
        drop(state);
        for pending in cancelled.into_iter().filter(|pending| pending.claim()) {
            let error = RpcError::new(INTERNAL_ERROR, "cancelled: the process is shutting down");
            shared.executor.responses().error(pending.id.as_ref(), &error);
        }
    }

    /// Waits up to `limit` until an idle thread has dropped its state; does not wait for one that hangs.
    pub(super) fn wait_for_release(&self, limit: Duration) {
        let state = self.shared.lock();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(state, limit, |state| !state.state_dropped && !state.no_worker);
        if waited.is_ok_and(|(_, waited)| waited.timed_out()) {
            eprint_line("teardown timed out");
        }
        self.shared.executor.stop();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
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
        let queue = RequestQueue { shared: Arc::clone(&self) };
        let mut scenario = self.executor.scenario();
        while let Some((pending, work)) = self.next(generation) {
            let working = AssertUnwindSafe(|| {
                self.executor.execute(&queue, &pending, work, &mut scenario);
            });
            if panic::catch_unwind(working).is_err() && pending.claim() {
                let message = "the serve process panicked; see its stderr";
                let error = RpcError::new(INTERNAL_ERROR, message);
                self.executor.responses().error(pending.id.as_ref(), &error);
            }
        }
        self.eprint_line(generation, |state| state.drained = true);
        // The scenario of an abandoned thread belongs to another thread, which ends it.
        if self.lock().generation == generation {
            self.executor.end(scenario);
        }
        self.eprint_line(generation, |state| state.state_dropped = true);
    }

    /// Returns the next request, or `None` if this session thread is to end.
    fn next(&self, generation: u64) -> Option<(Arc<PendingRequest>, Work)> {
        let mut state = self.lock();
        loop {
            if state.generation != generation {
                return None;
            }
            state.running = None;
            state.standby_reads = false;
            if let Some((pending, work)) = state.waiting.pop_front() {
                state.running = Some(Arc::clone(&pending));
                if state.waiting.len() + 1 == MAX_PENDING_REQUESTS {
                    self.changed.notify_all();
                }
                return Some((pending, work));
            }
            if state.closing {
                return None;
            }
            let Some(mut frames) = state.frames.take() else {
                state = self.wait(state);
                continue;
            };
            drop(state);
            let asked = self.read(&mut frames);
            state = self.lock();
            match asked {
                Dispatched::Nothing => state.frames = Some(frames),
                Dispatched::Work(id, work) => {
                    state.frames = Some(frames);
                    state.waiting.push_back((PendingRequest::new(id), work));
                }
                Dispatched::ShutdownReason(ending) => self.end(ending),
            }
        }
    }

    /// The standby thread.
    fn standby_loop(&self) {
        loop {
            let mut state = self.lock();
            let mut frames = loop {
                if state.closing {
                    return;
                }
                if state.standby_reads
                    && let Some(frames) = state.frames.take()
                {
                    break frames;
                }
                state = self.wait(state);
            };
            drop(state);
            loop {
                let asked = self.read(&mut frames);
                let mut state = self.lock();
                match asked {
                    Dispatched::Nothing => {}
                    Dispatched::Work(id, work) => {
                        state.waiting.push_back((PendingRequest::new(id), work));
                        self.changed.notify_all();
                    }
                    Dispatched::ShutdownReason(ending) => {
                        self.end(ending);
                        return;
                    }
                }
                while state.waiting.len() >= MAX_PENDING_REQUESTS && !state.closing {
                    state = self.wait(state);
                }
                if state.running.is_none() || state.closing {
                    state.standby_reads = false;
                    state.frames = Some(frames);
                    self.changed.notify_all();
                    break;
                }
            }
        }
    }

    fn read(&self, frames: &mut Frames) -> Dispatched {
        let reading = AssertUnwindSafe(|| self.dispatch.read(frames));
        panic::catch_unwind(reading)
            .unwrap_or(Dispatched::ShutdownReason(ServeShutdown::Now(ShutdownReason::InputEnded)))
    }

    fn end(&self, ending: ServeShutdown) {
        // The receiver is gone when serving has ended already.
        let _ = self.endings.send(ending);
    }

    fn eprint_line(&self, generation: u64, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        if state.generation == generation {
            change(&mut state);
        }
        drop(state);
        self.changed.notify_all();
    }
}

impl DeadlineHandler for RequestQueue {
    fn hand_over_reading(&self, pending: &Arc<PendingRequest>) {
        let mut state = self.shared.lock();
        if state.running.as_ref().is_some_and(|running| Arc::ptr_eq(running, pending)) {
            state.standby_reads = true;
            self.shared.changed.notify_all();
        }
    }

    fn abandon(&self, pending: &Arc<PendingRequest>) {
        let mut state = self.shared.lock();
        if state.running.as_ref().is_some_and(|running| Arc::ptr_eq(running, pending)) {
            state.generation += 1;
            state.running = None;
            // Without a thread nothing can be executed: waiting requests are answered when serving ends.
            state.no_worker = self.shared.spawn(state.generation).is_err();
            if state.no_worker {
                self.shared.end(ServeShutdown::Now(ShutdownReason::InputEnded));
            }
        }
        drop(state);
        self.shared.changed.notify_all();
    }
}
