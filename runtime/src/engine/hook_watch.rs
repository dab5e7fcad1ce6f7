//! The deadlines of what runs around steps: each hook has its own, and the thread that a hook hangs
//! on cannot say so itself.
//!
//! The thread marks which hook it is in. Whoever guards it looks from time to time, and gives it up
//! by the name of the hook that is past its deadline.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::player::HookReport;
use super::watchdog::{Expired, Watch, Watchdog};
use super::{HookDefinition, HookKind, Registry};
use crate::model::{Failure, FailureKind, Outcome};
use crate::observe::Journal;

/// How much later than its deadline a hook is given up: an async one cancels itself and says so.
const GRACE: Duration = Duration::from_millis(50);

/// How long a look at a thread that is in no hook holds.
const PERIOD: Duration = Duration::from_millis(100);

thread_local! {
    static HERE: RunningHook = RunningHook::default();
}

/// The hook that runs on one thread, if one does; any thread may look.
#[derive(Debug, Clone, Default)]
pub struct RunningHook(Arc<Mutex<Around>>);

/// The hooks that run one after the other around something.
#[derive(Debug, Default)]
struct Around {
    running: Option<Running>,
    /// Those before it; they are told with it, should it hang.
    done: Vec<HookReport>,
}

#[derive(Debug)]
struct Running {
    hook: &'static HookDefinition,
    limit: Duration,
    began: Instant,
    deadline: Instant,
    journal: Journal,
}

/// Something around the steps that is past its deadline.
#[derive(Debug)]
pub struct LateHook {
    /// Why what it surrounds fails.
    pub failure: Failure,
    /// The hook, where it is one that hangs, and those that ran before it around the same thing.
    pub reports: Vec<HookReport>,
}

/// A hook runs on this thread until this is dropped.
pub(super) struct Entered(RunningHook);

/// Hooks, and the drop of states, under guard.
#[must_use = "what is not disarmed is given up at its deadline"]
#[derive(Debug)]
pub struct HookWatch(Arc<Guarded>);

#[derive(Debug, Default)]
struct Guarded {
    /// Set by whoever comes first: the end of the work, or its deadline.
    decided: AtomicBool,
    watch: Mutex<Option<Watch>>,
}

impl RunningHook {
    /// That of the calling thread.
    pub fn on_this_thread() -> Self {
        HERE.with(Self::clone)
    }

    /// When to look again at a thread that has `limit`, until `end`, for what it does in no hook;
    /// a hook begins that time anew.
    ///
    /// # Errors
    /// Why it is to be given up.
    pub fn look(&self, limit: Duration, end: &mut Instant) -> Result<Instant, Box<LateHook>> {
        let now = Instant::now();
        let mut around = self.lock();
        let Around { running, done } = &mut *around;
        match running {
            Some(running) if now >= running.deadline => {
                let (failure, report) = running.late();
                let mut reports = std::mem::take(done);
                reports.push(report);
                Err(Box::new(LateHook { failure, reports }))
            }
            Some(Running { deadline, .. }) => {
                *end = *deadline + limit.min(FAR);
                Ok(*deadline)
            }
            None if now >= *end => {
                let reason = Outcome::TimedOut { limit };
                let message = format!("making or dropping what is around the steps: {reason}");
                let failure = Failure::new(FailureKind::State, message);
                Err(Box::new(LateHook { failure, reports: std::mem::take(done) }))
            }
            None => Ok((*end).min(now + PERIOD)),
        }
    }

    pub(super) fn enter(
        hook: &'static HookDefinition,
        limit: Duration,
        journal: Journal,
    ) -> Entered {
        let here = Self::on_this_thread();
        let began = Instant::now();
        let deadline = began + limit.min(FAR) + GRACE;
        here.lock().running = Some(Running { hook, limit, began, deadline, journal });
        Entered(here)
    }

    /// The hook ended; the next one around the same thing may follow.
    pub(super) fn done(report: HookReport) {
        Self::on_this_thread().lock().done.push(report);
    }

    /// All that ended around something, which is over.
    pub(super) fn take_done() -> Vec<HookReport> {
        std::mem::take(&mut Self::on_this_thread().lock().done)
    }

    fn lock(&self) -> MutexGuard<'_, Around> {
        // Nothing that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    fn late(&self) -> (Failure, HookReport) {
        let outcome = Outcome::TimedOut { limit: self.limit };
        let (logs, attachments) = self.journal.close().unwrap_or_default();
        let report = HookReport {
            definition: self.hook,
            outcome,
            started: self.began,
            duration: self.limit,
            logs,
            attachments,
            output: String::new(),
        };
        let reason = Failure::new(FailureKind::Error, report.outcome.to_string());
        (self.hook.failure(reason), report)
    }
}

/// A deadline that no hook reaches.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.lock().running = None;
    }
}

impl Watchdog {
    /// Guards the hooks that the calling thread runs next, each within its own limit, and what else
    /// it does meanwhile within `limit` beside them. When something is late, `on_late` learns why.
    pub fn guard_hooks(
        &self,
        limit: Duration,
        on_late: impl FnOnce(LateHook) + Send + 'static,
    ) -> HookWatch {
        let guarded = Arc::new(Guarded::default());
        let end = Instant::now() + limit.min(FAR) + GRACE;
        let look = Look { hook: RunningHook::on_this_thread(), limit, end };
        look.again(self, &guarded, Instant::now() + PERIOD.min(limit), Box::new(on_late));
        HookWatch(guarded)
    }
}

impl HookWatch {
    /// The work is done.
    ///
    /// # Errors
    /// [`Expired`] when its deadline came first and the thread has been given up.
    pub fn disarm(self) -> Result<(), Expired> {
        if self.0.decide() {
            // It may be looking right now; then it finds that it is decided.
            let _ = self.0.lock().take().map(Watch::disarm);
            Ok(())
        } else {
            Err(Expired)
        }
    }
}

impl Guarded {
    /// Whether the caller came first.
    fn decide(&self) -> bool {
        // AcqRel: what the one side did is there for the other that comes second.
        !self.decided.swap(true, Ordering::AcqRel)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Watch>> {
        // Nothing that can panic runs under the lock.
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a look at a guarded thread needs.
struct Look {
    hook: RunningHook,
    limit: Duration,
    end: Instant,
}

impl Look {
    fn again(
        mut self,
        dog: &Watchdog,
        guarded: &Arc<Guarded>,
        at: Instant,
        on_late: Box<dyn FnOnce(LateHook) + Send>,
    ) {
        let mut watch = guarded.lock();
        // Acquire: pairs with the swap in `decide`.
        if guarded.decided.load(Ordering::Acquire) {
            return;
        }
        let (this_dog, this) = (dog.clone(), Arc::clone(guarded));
        *watch = Some(dog.arm(at, move || match self.hook.look(self.limit, &mut self.end) {
            Ok(at) => self.again(&this_dog, &this, at, on_late),
            Err(late) => {
                if this.decide() {
                    on_late(*late);
                }
            }
        }));
    }
}

impl Registry {
    /// Whether there are hooks of one of these kinds.
    pub fn has_hooks(&self, kinds: &[HookKind]) -> bool {
        kinds.iter().any(|kind| !self.hooks(*kind).is_empty())
    }
}
