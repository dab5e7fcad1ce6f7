//! Announcements of frames as the reader takes them: waiting for one, and the reason why none comes.
//!
//! What an announced frame looks like and where it lies is the business of `read_cursor`.

use std::sync::Arc;
use std::time::Duration;

use crate::control_block::ControlBlock;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::liveness::Peer;
use crate::name::BufferName;
use crate::pace::Pace;
use crate::semaphore::Semaphore;
use crate::spin::SpinBudget;
use crate::state::WriterState;

/// How long to sleep at most before looking whether the writer is still there.
const SLICE: Duration = Duration::from_millis(250);

/// Announcements that a lazy reader takes at once.
const LAZY_BATCH: u32 = 64;

/// The reader's end of the semaphore that counts frames, and what it knows of the writer.
#[derive(Debug)]
pub(crate) struct Arrivals {
    name: BufferName,
    control: Arc<ControlBlock>,
    ready: Semaphore,
    spin: SpinBudget,
    pace: Pace,
    writer: Peer,
    writer_seen: bool,
    /// How many announcements to take at once if there are so many.
    batch: u32,
    /// Announcements taken whose frames are not delivered yet.
    taken: u32,
    sleeps: u64,
}

impl Arrivals {
    pub(crate) fn new(
        name: BufferName,
        control: Arc<ControlBlock>,
        ready: Semaphore,
        spin: SpinBudget,
        writer: Peer,
        lazy: bool,
    ) -> Self {
        let batch = if lazy { LAZY_BATCH } else { 1 };
        Self {
            name,
            control,
            ready,
            spin,
            pace: Pace::new(),
            writer,
            writer_seen: false,
            batch,
            taken: 0,
            sleeps: 0,
        }
    }

    /// Whether there is an announcement; what went wrong otherwise, [`poll`](Self::poll) tells.
    #[inline]
    pub(crate) fn any(&mut self) -> bool {
        if self.taken == 0 && self.ready.took_one() {
            self.taken = 1;
            // All there are in one go, while the line of the semaphore is here.
            while self.taken < self.batch && self.ready.value() > 0 && self.ready.took_one() {
                self.taken += 1;
            }
        }
        self.taken > 0
    }

    /// Whether there is an announcement, without waiting.
    pub(crate) fn poll(&mut self) -> Result<bool> {
        if !self.any() && self.take_one()? {
            self.taken = 1;
        }
        Ok(self.taken > 0)
    }

    /// Whether, where there was no announcement, one comes within a time that no clock is needed for.
    pub(crate) fn glance(&mut self) -> bool {
        self.pace.stay_away();
        let ready = &self.ready;
        let came = self.spin.glance(|| ready.took_one());
        if came {
            self.taken = 1;
            self.pace.came_soon(ready.value() > 0);
        } else {
            self.pace.came_late();
        }
        came
    }

    /// Waits up to `timeout` for an announcement where there was none; it stays until it is
    /// [used](Self::use_up). `false` if there is none by then. `deadline` is set when the clock is
    /// first looked at.
    ///
    /// # Errors
    /// The writer is gone and has left none.
    pub(crate) fn wait(
        &mut self,
        timeout: Duration,
        deadline: &mut Option<Deadline>,
    ) -> Result<bool> {
        self.taken = u32::from(self.take(timeout, deadline)?);
        Ok(self.taken > 0)
    }

    /// The announcement waited for was for a frame, or for nothing.
    pub(crate) fn use_up(&mut self) {
        self.taken = self.taken.saturating_sub(1);
    }

    /// A frame was there, so there was a writer.
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

    /// Whether a writer has left anything in the buffer.
    pub(crate) fn anything_written(&self) -> bool {
        self.control.written_count() != 0 || self.control.metadata_written() != 0
    }

    /// Announcements not taken at this moment.
    pub(crate) fn pending(&self) -> u32 {
        self.ready.value()
    }

    /// How often a wait had to sleep.
    pub(crate) fn sleeps(&self) -> u64 {
        self.sleeps
    }

    /// Takes one announcement, waiting for it; `false` on timeout.
    fn take(&mut self, timeout: Duration, deadline: &mut Option<Deadline>) -> Result<bool> {
        if timeout.is_zero() {
            return self.take_or_explain();
        }
        let ready = &self.ready;
        let deadline = *deadline.get_or_insert_with(|| Deadline::after(timeout));
        if self.spin.spin(deadline.remaining(), || ready.took_one()) {
            return Ok(true);
        }
        loop {
            if self.control.writer_pid() == 0 && self.take_or_explain()? {
                return Ok(true);
            }
            self.sleeps += 1;
            if self.sleep(deadline.next_slice(SLICE))? || self.take_or_explain()? {
                let peer = self.control.writer_pid();
                self.spin.slept(deadline.elapsed().as_nanos() as u64, peer);
                return Ok(true);
            }
            if deadline.passed() {
                self.spin.slept(u64::MAX, self.control.writer_pid());
                return Ok(false);
            }
        }
    }

    /// Takes one announcement, or says why there will be none: the writer is gone. `false` if it is
    /// not, or has never come.
    fn take_or_explain(&mut self) -> Result<bool> {
        // The pid first: what a writer has announced before it went is then found below.
        let pid = self.control.writer_pid();
        let gone = if pid == 0 {
            self.writer_known().then(|| Error::WriterClosed { name: self.name.to_string() })
        } else {
            self.writer_seen = true;
            let alive = self.writer.observe(pid);
            (!alive).then(|| Error::WriterDead { name: self.name.to_string(), pid })
        };
        match (self.take_one()?, gone) {
            (true, _) => Ok(true),
            (false, Some(error)) => Err(error),
            (false, None) => Ok(false),
        }
    }

    fn writer_known(&self) -> bool {
        self.writer_seen || self.anything_written()
    }

    fn take_one(&self) -> Result<bool> {
        self.ready.try_wait().map_err(|error| self.semaphore_failed(error))
    }

    fn sleep(&self, until: u64) -> Result<bool> {
        self.ready.wait_until(until).map_err(|error| self.semaphore_failed(error))
    }

    fn semaphore_failed(&self, error: std::io::Error) -> Error {
        Error::os("wait for a frame", self.name.as_str(), error)
    }
}
