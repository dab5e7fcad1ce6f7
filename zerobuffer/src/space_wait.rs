//! Free space as the writer takes it: waiting for space, and the error if none becomes free.
//!
//! `ring_math` decides where in the ring a frame goes.

use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::time::Duration;

use crate::control_block::ControlBlock;
use crate::deadline::{Deadline, monotonic_now};
use crate::error::{Error, Result};
use crate::liveness::Peer;
use crate::name::BufferName;
use crate::post_wait::PostWait;
use crate::sleeper::Sleeper;
use crate::spin::SpinBudget;
use crate::unread::Unread;

/// Unused releases above this are removed: readers of other implementations abort when their
/// count reaches its maximum.
const RELEASES_CAP: u32 = 1 << 20;

/// Time for which a writer far ahead leaves its reader alone: some dozens of short frames.
const PAUSE_NANOS: u64 = 1_000;

/// Frames between two checks for unused releases.
pub(crate) const DRAIN_INTERVAL: u32 = 1 << 16;

/// Unused releases removed at once: more than can accumulate between two checks.
const MAX_DRAINED: u32 = 2 * DRAIN_INTERVAL;

/// The writer's side of the semaphore that counts releases, with its knowledge of the free bytes
/// and of the reader.
#[derive(Debug)]
pub(crate) struct SpaceWait {
    name: BufferName,
    control: Arc<ControlBlock>,
    freed: PostWait,
    spin: SpinBudget,
    reader: Peer,
    capacity: u64,
    /// Bytes that must not be overwritten, whatever the shared number of free bytes is.
    unread: Unread,
    /// Bytes that were free and read at the last check, less those taken since; the reader only adds.
    known_free: u64,
    /// The shared number of free bytes when it was last seen.
    seen_free: u64,
    /// Time until which the reader is left alone, 0 if it is not.
    go_on_at: u64,
}

impl SpaceWait {
    pub(crate) fn new(
        name: BufferName,
        control: Arc<ControlBlock>,
        freed: PostWait,
        spin: SpinBudget,
        reader: Peer,
        capacity: u64,
        unread: Unread,
    ) -> Self {
        Self {
            name,
            control,
            freed,
            spin,
            reader,
            capacity,
            unread,
            known_free: 0,
            seen_free: 0,
            go_on_at: 0,
        }
    }

    /// Pauses for a moment after a short frame that an active reader will reach only after many others.
    /// It is faster without a writer that takes its cache lines meanwhile.
    #[inline]
    pub(crate) fn let_reader_go_ahead(&mut self) {
        if self.go_on_at > 0 {
            while monotonic_now() < self.go_on_at {
                std::hint::spin_loop();
            }
            self.go_on_at = 0;
        }
    }

    /// Returns whether more than three eighths of the ring are in use, by many frames like this one.
    /// A reader publishes after each frame once a half is.
    #[inline]
    fn is_far_ahead(&self, bytes: u64) -> bool {
        bytes <= self.capacity / 64 && self.seen_free < self.capacity / 8 * 5
    }

    /// Returns whether `bytes` were free at the last look.
    #[inline]
    pub(crate) fn knows_free(&self, bytes: u64) -> bool {
        self.known_free >= bytes
    }

    /// Returns whether `bytes` are free; [`has`](Self::has) reports errors.
    #[inline]
    pub(crate) fn has_fast(&mut self, bytes: u64) -> bool {
        if self.known_free < bytes {
            self.look();
        }
        self.known_free >= bytes
    }

    /// Looks at the free bytes and, since they may be wrong, at the position of the reader.
    fn look(&mut self) {
        let control = &self.control;
        self.seen_free = control.free_bytes();
        self.unread.follow(control.read_pos(), || control.read_count());
        let is_possible = self.seen_free <= self.capacity;
        self.known_free = if is_possible { self.seen_free.min(self.unread.room()) } else { 0 };
    }

    /// Returns whether `bytes` are free.
    ///
    /// # Errors
    /// More are free than the ring has.
    pub(crate) fn has(&mut self, bytes: u64) -> Result<bool> {
        if self.has_fast(bytes) {
            return Ok(true);
        }
        if self.seen_free > self.capacity {
            return Err(self.corrupt(self.seen_free));
        }
        Ok(false)
    }

    /// Takes bytes that were seen to be free.
    ///
    /// # Errors
    /// They are not, or more are than the ring has.
    #[inline]
    pub(crate) fn take(&mut self, bytes: u64) -> Result<()> {
        let free = self.control.take_free(bytes);
        let control = &self.control;
        self.unread.add(bytes, || control.read_count());
        if free < bytes || free > self.capacity {
            self.known_free = 0;
            return Err(self.corrupt(free));
        }
        let reader_is_active = free > self.seen_free;
        self.seen_free = free - bytes;
        self.known_free = self.known_free.saturating_sub(bytes);
        if reader_is_active && self.is_far_ahead(bytes) && self.spin.is_useful() {
            self.go_on_at = monotonic_now() + PAUSE_NANOS;
        }
        Ok(())
    }

    /// Waits up to `timeout` until `bytes` are free.
    ///
    /// # Errors
    /// They are not by then, or the reader is gone.
    pub(crate) fn wait(&mut self, bytes: u64, timeout: Duration) -> Result<()> {
        let control = &self.control;
        let changed = || control.free_bytes() >= bytes || control.reader_pid() == 0;
        if !timeout.is_zero() && self.spin.poll_briefly(changed) && self.has(bytes)? {
            return Ok(());
        }
        let deadline = Deadline::after(timeout);
        let control = &self.control;
        let changed = || control.free_bytes() >= bytes || control.reader_pid() == 0;
        self.spin.spin(deadline.remaining(), changed);
        let sleeps = self.freed.sleeps();
        let mut check = false;
        while !self.has(bytes)? {
            let reported = self.freed.note_reports();
            if reported {
                self.reader.forget_observation();
            }
            if check || reported || self.control.reader_pid() == 0 {
                self.check_reader_alive()?;
            }
            if deadline.passed() || self.freed.sleeper().is_interrupted() {
                return Err(self.full(bytes, deadline));
            }
            // A unit may be old, or worth less than needed: it only asks for another check.
            let freed = self.freed.semaphore().try_wait().and_then(|taken| match taken {
                true => Ok(true),
                false => self.freed.sleep(&deadline, self.control.reader_pid()),
            });
            check = !freed.map_err(|error| self.semaphore_failed(error))?;
            // SeqCst: between taking the unit and checking the bytes; pairs with the fence of a
            // reader that returns bytes and then checks for units. One of the two sees the other.
            fence(Ordering::SeqCst);
        }
        if self.freed.sleeps() > sleeps {
            let peer = self.control.reader_pid();
            self.spin.slept(deadline.elapsed().as_nanos() as u64, peer);
        }
        Ok(())
    }

    /// Returns the error that `bytes` did not become free since `deadline` began.
    #[cold]
    pub(crate) fn full(&self, bytes: u64, deadline: Deadline) -> Error {
        Error::BufferFull {
            name: self.name.to_string(),
            needed: bytes,
            free: self.known_free,
            waited: deadline.elapsed(),
        }
    }

    /// Returns the error that the reader is gone, with its `pid` if that is still registered.
    pub(crate) fn reader_dead(&self, pid: Option<u64>) -> Error {
        Error::ReaderDead { name: self.name.to_string(), pid }
    }

    /// Returns whether the process `pid` runs and is the reader seen before.
    pub(crate) fn is_reader(&self, pid: u64) -> bool {
        self.reader.is_alive(pid)
    }

    /// Returns how often a wait had to sleep.
    pub(crate) fn sleeps(&self) -> u64 {
        self.freed.sleeps()
    }

    /// Returns what ends a wait from another thread.
    pub(crate) fn sleeper(&self) -> &Arc<Sleeper> {
        self.freed.sleeper()
    }

    /// Returns the releases not used at this moment.
    pub(crate) fn releases_pending(&self) -> u32 {
        self.freed.semaphore().value()
    }

    /// Removes releases that no write has waited for.
    #[cold]
    pub(crate) fn drain_releases(&self) {
        let excess = self.freed.semaphore().value().saturating_sub(RELEASES_CAP);
        for _ in 0..excess.min(MAX_DRAINED) {
            if !self.freed.semaphore().took_one() {
                return;
            }
        }
    }

    fn check_reader_alive(&mut self) -> Result<()> {
        match self.control.reader_pid() {
            0 => Err(self.reader_dead(None)),
            pid if self.reader.observe(pid) => Ok(()),
            // Again: it may have closed the buffer since, which is not a death.
            pid if self.control.reader_pid() == pid => Err(self.reader_dead(Some(pid))),
            _ => Err(self.reader_dead(None)),
        }
    }

    #[cold]
    fn corrupt(&self, free: u64) -> Error {
        Error::Corrupt {
            name: self.name.to_string(),
            field: "payload_free_bytes",
            value: free,
            expected: format!("at most {}", self.capacity),
        }
    }

    fn semaphore_failed(&self, error: std::io::Error) -> Error {
        Error::os("wait for space", self.name.as_str(), error)
    }
}
