//! Steps one after the other, on a thread that owns the scenario's state and can be given up.
//!
//! That *session* thread also reads: a step that is executed by the thread that read it costs no
//! change of threads. When a step takes its time, the *standby* thread takes the reading over, so
//! that other requests are answered meanwhile, and gives it back when the session is idle again.

use std::collections::VecDeque;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::dispatch::{Asked, Dispatch, Frames, Work, note};
use super::perform::{Overtime, Performer, Ticket};
use super::{End, Ending};
use crate::channel::Sender;
use crate::harmony::message::{INTERNAL_ERROR, RpcError};
use crate::thread::spawn;

/// Requests that wait for their turn; beyond, nobody reads, and the other side has to wait.
const MOST_WAITING: usize = 4096;

/// The queue of requests and the threads that work on it.
#[derive(Clone)]
pub(super) struct Lane {
    shared: Arc<Shared>,
}

struct Shared {
    dispatch: Dispatch,
    performer: Performer,
    endings: Sender<Ending>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The reading seat; `None` while somebody sits on it, and after the end of the input.
    frames: Option<Frames>,
    /// The running step takes its time: the standby thread is to read.
    relief: bool,
    waiting: VecDeque<(Arc<Ticket>, Work)>,
    running: Option<Arc<Ticket>>,
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

impl Lane {
    /// Starts the threads, which tell `endings` when the input ends.
    pub(super) fn start(
        dispatch: Dispatch,
        performer: Performer,
        frames: Frames,
        endings: Sender<Ending>,
    ) -> io::Result<Self> {
        let state = State { frames: Some(frames), ..State::default() };
        let shared = Arc::new(Shared {
            dispatch,
            performer,
            endings,
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        shared.spawn(0)?;
        let standby = Arc::clone(&shared);
        spawn("standby", move || standby.stand_by())?;
        Ok(Self { shared })
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
            shared.performer.replies().error(ticket.id.as_ref(), &error);
        }
    }

    /// Waits up to `limit` until an idle thread has dropped its state; not for one that hangs.
    pub(super) fn wait_for_release(&self, limit: Duration) {
        let state = self.shared.lock();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(state, limit, |state| !state.released && !state.orphaned);
        if waited.is_ok_and(|(_, waited)| waited.timed_out()) {
            note("the hooks and destructors at the end take too long and are given up");
        }
        self.shared.performer.stop();
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
        spawn(format!("session-{generation}"), move || shared.work(generation))
    }

    /// The session thread.
    fn work(self: Arc<Self>, generation: u64) {
        let lane = Lane { shared: Arc::clone(&self) };
        let mut scene = self.performer.scene();
        while let Some((ticket, work)) = self.next(generation) {
            let working = AssertUnwindSafe(|| {
                self.performer.perform(&lane, &ticket, work, &mut scene);
            });
            if panic::catch_unwind(working).is_err() && ticket.claim() {
                let message = "the serve process panicked; its stderr says where";
                let error = RpcError::new(INTERNAL_ERROR, message);
                self.performer.replies().error(ticket.id.as_ref(), &error);
            }
        }
        self.note(generation, |state| state.drained = true);
        // A thread that was given up has lost its scenario to another one, which ends it.
        if self.lock().generation == generation {
            self.performer.end(scene);
        }
        self.note(generation, |state| state.released = true);
    }

    /// The next request, or `None` when this session thread is to end.
    fn next(&self, generation: u64) -> Option<(Arc<Ticket>, Work)> {
        let mut state = self.lock();
        loop {
            if state.generation != generation {
                return None;
            }
            state.running = None;
            state.relief = false;
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
            let Some(mut frames) = state.frames.take() else {
                state = self.wait(state);
                continue;
            };
            drop(state);
            let asked = self.read(&mut frames);
            state = self.lock();
            match asked {
                Asked::Nothing => state.frames = Some(frames),
                Asked::Work(id, work) => {
                    state.frames = Some(frames);
                    state.waiting.push_back((Ticket::new(id), work));
                }
                Asked::End(ending) => self.end(ending),
            }
        }
    }

    /// The standby thread.
    fn stand_by(&self) {
        loop {
            let mut state = self.lock();
            let mut frames = loop {
                if state.closing {
                    return;
                }
                if state.relief
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
                    Asked::Nothing => {}
                    Asked::Work(id, work) => {
                        state.waiting.push_back((Ticket::new(id), work));
                        self.changed.notify_all();
                    }
                    Asked::End(ending) => {
                        self.end(ending);
                        return;
                    }
                }
                while state.waiting.len() >= MOST_WAITING && !state.closing {
                    state = self.wait(state);
                }
                if state.running.is_none() || state.closing {
                    state.relief = false;
                    state.frames = Some(frames);
                    self.changed.notify_all();
                    break;
                }
            }
        }
    }

    fn read(&self, frames: &mut Frames) -> Asked {
        let reading = AssertUnwindSafe(|| self.dispatch.read(frames));
        panic::catch_unwind(reading).unwrap_or(Asked::End(Ending::Now(End::InputEnded)))
    }

    fn end(&self, ending: Ending) {
        // The receiver is gone when serving has ended already.
        let _ = self.endings.send(ending);
    }

    fn note(&self, generation: u64, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        if state.generation == generation {
            change(&mut state);
        }
        drop(state);
        self.changed.notify_all();
    }
}

impl Overtime for Lane {
    fn relieve(&self, ticket: &Arc<Ticket>) {
        let mut state = self.shared.lock();
        if state.running.as_ref().is_some_and(|running| Arc::ptr_eq(running, ticket)) {
            state.relief = true;
            self.shared.changed.notify_all();
        }
    }

    fn give_up(&self, ticket: &Arc<Ticket>) {
        let mut state = self.shared.lock();
        if state.running.as_ref().is_some_and(|running| Arc::ptr_eq(running, ticket)) {
            state.generation += 1;
            state.running = None;
            // Without a thread nothing more can be done: what waits is answered when serving ends.
            state.orphaned = self.shared.spawn(state.generation).is_err();
            if state.orphaned {
                self.shared.end(Ending::Now(End::InputEnded));
            }
        }
        drop(state);
        self.shared.changed.notify_all();
    }
}
