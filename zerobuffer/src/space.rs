//! Free space as the writer takes it: waiting for some, and the reason why none comes.
//!
//! Where in the ring a frame goes is the business of `ring_math`.

use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::time::Duration;

use crate::control_block::ControlBlock;
use crate::deadline::{Deadline, monotonic_now};
use crate::error::{Error, Result};
use crate::liveness::Peer;
use crate::name::BufferName;
use crate::semaphore::Semaphore;
use crate::spin::SpinBudget;

/// How long to sleep at most before looking whether the reader is still there.
const SLICE: Duration = Duration::from_millis(250);

/// Unused releases above this are taken away: readers of other implementations abort when their
/// count reaches its maximum.
const RELEASES_CAP: u32 = 1 << 20;

/// Frames between two looks at the unused releases.
pub(crate) const DRAIN_INTERVAL: u32 = 1 << 16;

/// Unused releases taken away in one go: more than come between two looks.
const MOST_DRAINED: u32 = 2 * DRAIN_INTERVAL;

/// The writer's end of the semaphore that counts releases, and what it knows of the free bytes and
/// of the reader.
#[derive(Debug)]
pub(crate) struct Space {
    name: BufferName,
    control: Arc<ControlBlock>,
    freed: Semaphore,
    spin: SpinBudget,
    reader: Peer,
    capacity: u64,
    /// Bytes that were free when last looked at, less those taken since; the reader only adds.
    known_free: u64,
    sleeps: u64,
}

impl Space {
    pub(crate) fn new(
        name: BufferName,
        control: Arc<ControlBlock>,
        freed: Semaphore,
        spin: SpinBudget,
        reader: Peer,
        capacity: u64,
    ) -> Self {
        Self { name, control, freed, spin, reader, capacity, known_free: 0, sleeps: 0 }
    }

    /// Whether so many bytes are free; what is wrong otherwise, [`has`](Self::has) tells.
    #[inline]
    pub(crate) fn has_at_once(&mut self, bytes: u64) -> bool {
        if self.known_free < bytes {
            self.known_free = self.control.free_bytes();
        }
        self.known_free >= bytes && self.known_free <= self.capacity
    }

    /// Whether so many bytes are free.
    ///
    /// # Errors
    /// More are free than the ring has.
    pub(crate) fn has(&mut self, bytes: u64) -> Result<bool> {
        if self.has_at_once(bytes) {
            return Ok(true);
        }
        if self.known_free > self.capacity {
            let free = std::mem::take(&mut self.known_free);
            return Err(self.corrupt(free));
        }
        Ok(false)
    }

    /// Takes so many bytes, which were seen to be free.
    ///
    /// # Errors
    /// They are not, or more are than the ring has.
    #[inline]
    pub(crate) fn take(&mut self, bytes: u64) -> Result<()> {
        let free = self.control.take_free(bytes);
        if free < bytes || free > self.capacity {
            self.known_free = 0;
            return Err(self.corrupt(free));
        }
        self.known_free = free - bytes;
        Ok(())
    }

    /// Waits up to `timeout` until so many bytes are free.
    ///
    /// # Errors
    /// They are not by then, or the reader is gone.
    pub(crate) fn wait(&mut self, bytes: u64, timeout: Duration) -> Result<()> {
        let control = &self.control;
        let changed = || control.free_bytes() >= bytes || control.reader_pid() == 0;
        if !timeout.is_zero() && self.spin.glance(changed) && self.has(bytes)? {
            return Ok(());
        }
        let deadline = Deadline::after(timeout);
        let control = &self.control;
        let changed = || control.free_bytes() >= bytes || control.reader_pid() == 0;
        self.spin.spin(deadline.remaining(), changed);
        let mut check_at = deadline.next_slice(SLICE);
        let mut slept = false;
        while !self.has(bytes)? {
            if monotonic_now() >= check_at {
                self.check_reader_alive()?;
                check_at = deadline.next_slice(SLICE);
            }
            if deadline.passed() {
                return Err(self.full(bytes, deadline));
            }
            // A unit may be old, or stand for less than is needed: it only asks for another look.
            if !self.freed.try_wait().map_err(|error| self.semaphore_failed(error))? {
                slept = true;
                self.sleeps += 1;
                self.freed.wait_until(check_at).map_err(|error| self.semaphore_failed(error))?;
            }
            // SeqCst: between the unit taken and the look at the bytes, with the fence of a reader
            // that gives bytes and then looks whether units are left. One sees the other.
            fence(Ordering::SeqCst);
        }
        if slept {
            let peer = self.control.reader_pid();
            self.spin.slept(deadline.elapsed().as_nanos() as u64, peer);
        }
        Ok(())
    }

    /// That there was no space for so many bytes since `deadline` began.
    #[cold]
    pub(crate) fn full(&self, bytes: u64, deadline: Deadline) -> Error {
        Error::BufferFull {
            name: self.name.to_string(),
            needed: bytes,
            free: self.control.free_bytes(),
            waited: deadline.elapsed(),
        }
    }

    /// That the reader is gone; `pid` if it still stands in the buffer.
    pub(crate) fn reader_dead(&self, pid: Option<u64>) -> Error {
        Error::ReaderDead { name: self.name.to_string(), pid }
    }

    /// Whether the process `pid` runs, and is the reader seen before.
    pub(crate) fn is_reader(&self, pid: u64) -> bool {
        self.reader.is_alive(pid)
    }

    /// How often a wait had to sleep.
    pub(crate) fn sleeps(&self) -> u64 {
        self.sleeps
    }

    /// Releases not used at this moment.
    pub(crate) fn releases_pending(&self) -> u32 {
        self.freed.value()
    }

    /// Takes releases away that nobody waited for.
    #[cold]
    pub(crate) fn drain_releases(&self) {
        let excess = self.freed.value().saturating_sub(RELEASES_CAP);
        for _ in 0..excess.min(MOST_DRAINED) {
            if !self.freed.took_one() {
                return;
            }
        }
    }

    fn check_reader_alive(&mut self) -> Result<()> {
        match self.control.reader_pid() {
            0 => Err(self.reader_dead(None)),
            pid if self.reader.observe(pid) => Ok(()),
            pid => Err(self.reader_dead(Some(pid))),
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
