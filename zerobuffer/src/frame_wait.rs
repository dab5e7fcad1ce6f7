//! Posts that announce frames: waiting for one, and the error if none can come.
//!
//! `read_cursor` finds the announced frame.

use std::sync::Arc;
use std::time::Duration;

use crate::batching::{Batching, MOST_FRAMES};
use crate::control_block::ControlBlock;
use crate::deadline::{Deadline, monotonic_now};
use crate::error::{Error, Result};
use crate::fork_guard::ForkClosedFile;
use crate::liveness::Peer;
use crate::name::BufferName;
use crate::post_wait::PostWait;
use crate::semaphore::Semaphore;
use crate::shared_memory::FileId;
use crate::sleeper::Sleeper;
use crate::slot_lock::Slot;
use crate::spin::SpinBudget;
use crate::state::WriterState;

/// Time after which the post of a complete frame is considered lost with a former writer. It is long,
/// because a writer that is only slow still takes the bytes of its frame, and posts it.
const POST_NANOS: u64 = 500_000_000;

/// Time for which a look at the name is good, so that a reader may poll without a system call each
/// time.
const NAME_FRESH_NANOS: u64 = 10_000_000;

/// The reader's side of the semaphore that counts frames, with its knowledge of the writer.
#[derive(Debug)]
pub(crate) struct FrameWait {
    name: BufferName,
    control: Arc<ControlBlock>,
    ready: PostWait,
    spin: SpinBudget,
    /// Identity of the object, to notice that its name leads elsewhere.
    object: Option<FileId>,
    /// Time of the last look at the name.
    name_seen_at: u64,
    batching: Batching,
    writer: Peer,
    writer_seen: bool,
    /// Process id of the writer when it was last checked, 0 before.
    writer_pid: u64,
    /// More than one writer has connected, so that one may have been killed before a post.
    succeeded: bool,
    /// Position of a complete frame without a post, and when it was first seen.
    unposted_since: Option<(u64, u64)>,
    /// Posts taken whose frames are not delivered yet.
    taken: u32,
}

impl FrameWait {
    pub(crate) fn new(
        name: BufferName,
        control: Arc<ControlBlock>,
        ready: Semaphore,
        locks: &Arc<ForkClosedFile>,
        spin: SpinBudget,
        writer: Peer,
    ) -> Self {
        Self {
            name,
            control,
            ready: PostWait::new(ready, Arc::clone(locks), Slot::Writer),
            spin,
            object: locks.metadata().ok().map(|metadata| FileId::of(&metadata)),
            name_seen_at: 0,
            batching: Batching::new(),
            writer,
            writer_seen: false,
            writer_pid: 0,
            succeeded: false,
            unposted_since: None,
            taken: 0,
        }
    }

    /// Returns the posts taken whose frames are not delivered yet.
    #[inline]
    pub(crate) fn taken(&self) -> u32 {
        self.taken
    }

    /// Returns the posts that can be taken now, after a pause if that lets them accumulate. If there is
    /// none, and `soon`, polls for one for a time too short to need the clock.
    #[inline]
    pub(crate) fn look(&mut self, soon: bool) -> u32 {
        if self.spin.is_useful() {
            self.batching.pause();
        }
        let ready = self.ready.semaphore();
        if ready.value() == 0 && soon && !self.spin.poll_briefly(|| ready.value() > 0) {
            self.batching.record_timeout();
        }
        ready.value()
    }

    /// Takes a post; or all that are there, up to a limit, if `many` and the reader is fast.
    #[inline]
    pub(crate) fn take_at_once(&mut self, many: bool) {
        let most = if many && self.batching.may_begin() { MOST_FRAMES } else { 1 };
        self.taken = self.ready.semaphore().take_up_to(most);
        self.batching.record(self.taken);
    }

    /// Returns whether a post is available, without waiting.
    pub(crate) fn poll(&mut self) -> Result<bool> {
        if self.taken == 0 && self.take_one()? {
            self.taken = 1;
        }
        Ok(self.taken > 0)
    }

    /// Waits up to `timeout` for a post if none was available; it is kept until it is
    /// [used](Self::use_up). Returns `false` on timeout. `deadline` is set when the clock is
    /// first read.
    ///
    /// # Errors
    /// The writer is gone and has left no post.
    pub(crate) fn wait(
        &mut self,
        timeout: Duration,
        deadline: &mut Option<Deadline>,
        unposted: impl Fn() -> Option<u64>,
    ) -> Result<bool> {
        let taken = self.take(timeout, deadline, &unposted)?;
        if taken {
            self.unposted_since = None;
        }
        self.taken = u32::from(taken);
        Ok(self.taken > 0)
    }

    /// Consumes the post of a frame, or a stray one.
    #[inline]
    pub(crate) fn use_up(&mut self) {
        self.taken = self.taken.saturating_sub(1);
    }

    /// Records that a frame arrived, so that a writer must have existed.
    #[inline]
    pub(crate) fn writer_was_here(&mut self) {
        self.writer_seen = true;
    }

    pub(crate) fn writer_state(&self) -> WriterState {
        match self.control.writer_pid() {
            0 if self.writer_known() => WriterState::Closed,
            0 => WriterState::NeverConnected,
            pid if self.writer.is_alive(pid) => WriterState::Connected { pid },
            pid => WriterState::Dead { pid },
        }
    }

    /// Returns whether a writer has left anything in the buffer.
    pub(crate) fn anything_written(&self) -> bool {
        self.control.written_count() != 0 || self.control.metadata_written() != 0
    }

    /// Returns the posts not taken at this moment.
    pub(crate) fn pending(&self) -> u32 {
        self.ready.semaphore().value()
    }

    /// Returns how often a wait had to sleep.
    pub(crate) fn sleeps(&self) -> u64 {
        self.ready.sleeps()
    }

    /// Returns what ends a wait from another thread.
    pub(crate) fn sleeper(&self) -> &Arc<Sleeper> {
        self.ready.sleeper()
    }

    /// Takes one post, waiting for it; `false` on timeout.
    fn take(
        &mut self,
        timeout: Duration,
        deadline: &mut Option<Deadline>,
        unposted: &impl Fn() -> Option<u64>,
    ) -> Result<bool> {
        if timeout.is_zero() {
            return Ok(self.take_or_fail()? || self.is_overdue(unposted()));
        }
        let ready = self.ready.semaphore();
        let deadline = *deadline.get_or_insert_with(|| Deadline::after(timeout));
        if self.spin.spin(deadline.remaining(), || ready.took_one()) {
            return Ok(true);
        }
        loop {
            let reported = self.ready.note_reports();
            if reported {
                self.writer.forget_observation();
            }
            if (reported || self.control.writer_pid() == 0) && self.take_or_fail()? {
                return Ok(true);
            }
            if self.sleep(&deadline)? || self.take_or_fail()? {
                let peer = self.control.writer_pid();
                self.spin.slept(deadline.elapsed().as_nanos() as u64, peer);
                return Ok(true);
            }
            if self.is_overdue(unposted()) {
                return Ok(true);
            }
            if deadline.passed() || self.ready.sleeper().is_interrupted() {
                self.spin.slept(u64::MAX, self.control.writer_pid());
                return Ok(false);
            }
        }
    }

    /// Records that another writer has followed the first one.
    pub(crate) fn writer_was_succeeded(&mut self) {
        self.succeeded = true;
    }

    /// Returns whether a frame at this position was without a post for longer than its writer needs.
    /// Only the frames of a successor lack a post: the first writer posts each frame or ends.
    fn is_overdue(&mut self, unposted: Option<u64>) -> bool {
        let Some(position) = unposted.filter(|_| self.succeeded) else {
            self.unposted_since = None;
            return false;
        };
        let now = monotonic_now();
        match self.unposted_since {
            Some((at, since)) if at == position => now.saturating_sub(since) >= POST_NANOS,
            _ => {
                self.unposted_since = Some((position, now));
                false
            }
        }
    }

    /// Takes one post, or fails if the writer is gone. `false` if it is alive or has never
    /// connected.
    fn take_or_fail(&mut self) -> Result<bool> {
        // First, so that every post made before the writer left is found below.
        let gone = self.gone();
        match (self.take_one()?, gone) {
            (true, _) => Ok(true),
            (false, Some(error)) => Err(error),
            (false, None) => Ok(false),
        }
    }

    /// Returns the error of a writer that is gone and has left no post.
    pub(crate) fn end(&mut self) -> Option<Error> {
        let gone = self.gone();
        gone.filter(|_| self.taken == 0 && self.pending() == 0)
    }

    /// Returns the error of a writer that is gone.
    fn gone(&mut self) -> Option<Error> {
        let mut pid = self.control.writer_pid();
        if pid != 0 && !self.writer.observe(pid) {
            // Again: it may have closed since, which is not a death.
            pid = self.control.writer_pid();
        }
        if pid == 0 && self.writer_known() {
            return Some(Error::WriterClosed { name: self.name.to_string() });
        }
        if pid == 0 {
            return self.is_name_lost().then(|| Error::NameRemoved { name: self.name.to_string() });
        }
        self.writer_seen = true;
        self.succeeded |= self.writer_pid != 0 && self.writer_pid != pid;
        self.writer_pid = pid;
        let alive = self.writer.observe(pid);
        (!alive).then(|| Error::WriterDead { name: self.name.to_string(), pid })
    }

    /// Returns whether the name of the buffer leads to another object or none, so that no writer can
    /// come any more.
    fn is_name_lost(&mut self) -> bool {
        let now = monotonic_now();
        if now.saturating_sub(self.name_seen_at) < NAME_FRESH_NANOS {
            return false;
        }
        self.name_seen_at = now;
        let lost = FileId::at(&self.name.shm_path()) != self.object;
        // Not by this reader itself, which removes the name when another thread closes it.
        lost && self.control.reader_pid() != 0
    }

    fn writer_known(&self) -> bool {
        self.writer_seen || self.anything_written()
    }

    fn take_one(&self) -> Result<bool> {
        self.ready.semaphore().try_wait().map_err(|error| self.semaphore_failed(error))
    }

    fn sleep(&mut self, deadline: &Deadline) -> Result<bool> {
        let has_unposted = self.unposted_since.is_some();
        let peer = if has_unposted { 0 } else { self.control.writer_pid() };
        self.ready.sleep(deadline, peer).map_err(|error| self.semaphore_failed(error))
    }

    fn semaphore_failed(&self, error: std::io::Error) -> Error {
        Error::os("wait for a frame", self.name.as_str(), error)
    }
}
