//! The reading end: owns the buffer, takes frames in order.
//!
//! Waiting and the end of a stream are decided here; where a frame is, in `ring_math`.

use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::time::Duration;

use crate::claim::ReaderClaim;
use crate::config::{BufferConfig, Waiting};
use crate::control_block::ControlBlock;
use crate::creation::{Created, Parts};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::exit_hook::{InProgress, Registration, Withdraw};
use crate::frame::Frame;
use crate::layout::METADATA_PREFIX_BYTES;
use crate::liveness::Peer;
use crate::mapping::Mapping;
use crate::name::BufferName;
use crate::ring_math::{self, Misread, ReadPlan};
use crate::semaphore::Semaphore;
use crate::spin::SpinBudget;
use crate::state::{BufferState, ReaderStats, WriterState};

/// How long to sleep at most before looking whether the writer is still there.
const SLICE: Duration = Duration::from_millis(100);

/// Pause between two looks for a writer that is yet to come.
const WRITER_POLL: Duration = Duration::from_millis(2);

/// More unused releases than this are not announced: no writer needs them, and the count must not
/// reach its maximum, where other implementations abort.
const RELEASES_CAP: u32 = 1 << 20;

/// The reading end of a buffer. It creates the buffer and owns it.
///
/// Dropping the reader removes the buffer; so does [`close`](Self::close), and so does leaving the
/// process by `exit` or from `main`.
#[derive(Debug)]
pub struct Reader {
    name: BufferName,
    control: Arc<ControlBlock>,
    mapping: Mapping,
    frames_ready: Semaphore,
    space_freed: Semaphore,
    spin: SpinBudget,
    writer: Peer,
    writer_seen: bool,
    /// Our own copies of what shared memory says about the reader; shared memory is not believed.
    position: u64,
    count: u64,
    next_sequence: u64,
    /// An announcement was taken whose frame is not delivered yet.
    announced: bool,
    /// The frame delivered last, until its space is given back.
    held: Option<ReadPlan>,
    /// More bytes were free than the ring has: the amount.
    overrun: Option<u64>,
    replaced_stale: bool,
    stats: ReaderStats,
    _registration: Registration,
    claim: Arc<ReaderClaim>,
}

impl Reader {
    /// Creates the buffer `name`.
    ///
    /// What a reader that died has left under this name is removed first. Nothing of other names is
    /// touched.
    ///
    /// # Errors
    /// [`Error::InvalidName`]; [`Error::ReaderExists`] if a living reader owns the name;
    /// [`Error::ForeignObject`] if something else does; [`Error::NoSpace`] if /dev/shm is full;
    /// [`Error::UnsafeLock`] or [`Error::Os`] if the lock or an object cannot be made. Nothing is
    /// left behind then.
    pub fn create(name: &str, config: BufferConfig) -> Result<Self> {
        let name = BufferName::new(name)?;
        let _in_progress = InProgress::creation(&name)?;
        let Created { parts, claim, replaced_stale } = Created::new(&name, &config)?;
        let claim = Arc::new(claim);
        let registration = Registration::new(&claim);
        let Parts { control, mapping, frames_ready, space_freed } = parts;
        let Waiting { spin_budget, liveness, .. } = config.waiting();
        Ok(Self {
            name,
            control,
            mapping,
            frames_ready,
            space_freed,
            spin: SpinBudget::new(spin_budget),
            writer: Peer::new(liveness),
            writer_seen: false,
            position: 0,
            count: 0,
            next_sequence: 1,
            announced: false,
            held: None,
            overrun: None,
            replaced_stale,
            stats: ReaderStats::default(),
            _registration: registration,
            claim,
        })
    }

    /// The next frame, waiting for it up to `timeout`; `None` if there is none by then.
    ///
    /// A `timeout` of zero takes a frame that is there and does not wait ([`try_read`](Self::try_read)).
    /// [`Duration::MAX`] waits as long as it takes. A signal does not end the wait, and a step of
    /// the wall clock does not change it.
    ///
    /// # Errors
    /// [`Error::WriterClosed`] when the writer has closed its end and all its frames were read: at
    /// once, whatever the timeout, and again at every call until another writer connects.
    /// [`Error::WriterDead`] when it died instead, noticed about 100 ms after the last of its
    /// frames was read. As long as no writer has ever connected there is only `None`.
    /// [`Error::Sequence`] and [`Error::Corrupt`] when shared memory does not hold the next frame;
    /// nothing is changed then, and the next call looks again.
    pub fn read(&mut self, timeout: Duration) -> Result<Option<Frame<'_>>> {
        // A frame that was leaked instead of dropped.
        self.give_back();
        if let Some(free) = self.overrun {
            return Err(self.corrupt("payload_free_bytes", free, self.at_most_capacity()));
        }
        let mut deadline = None;
        loop {
            if !self.announced && !self.take_announcement(timeout, &mut deadline)? {
                return Ok(None);
            }
            self.announced = true;
            if let Some(plan) = self.find_frame()? {
                let sequence = self.accept(&plan)?;
                return Ok(Some(Frame::new(self, plan, sequence)));
            }
            self.announced = false;
            self.stats.stray_announcements += 1;
            if deadline.get_or_insert_with(|| Deadline::after(timeout)).passed() {
                return Ok(None);
            }
        }
    }

    /// The next frame if it is there.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn try_read(&mut self) -> Result<Option<Frame<'_>>> {
        self.read(Duration::ZERO)
    }

    /// The metadata, `None` as long as the writer has not written any. It may be empty.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if its lengths contradict each other.
    pub fn metadata(&self) -> Result<Option<Vec<u8>>> {
        let written = self.control.metadata_written();
        if written == 0 {
            return Ok(None);
        }
        let block = self.mapping.metadata();
        let content = usize::try_from(written).ok().and_then(|written| block.get(..written));
        let Some((prefix, content)) = content.and_then(|block| block.split_first_chunk()) else {
            let expected = format!("{METADATA_PREFIX_BYTES} to {}", block.len());
            return Err(self.corrupt("metadata_written_bytes", written, expected));
        };
        let length = u64::from_le_bytes(*prefix);
        if length != content.len() as u64 {
            return Err(self.corrupt("metadata length", length, content.len().to_string()));
        }
        Ok(Some(content.to_vec()))
    }

    /// Waits up to `timeout` until a writer has connected; whether one has.
    ///
    /// A writer that came and went counts if it has written anything.
    pub fn wait_for_writer(&mut self, timeout: Duration) -> bool {
        let deadline = Deadline::after(timeout);
        loop {
            match self.writer_state() {
                WriterState::Connected { .. } => return true,
                WriterState::Closed | WriterState::Dead { .. } if self.anything_written() => {
                    return true;
                }
                _ if deadline.passed() => return false,
                _ => std::thread::sleep(WRITER_POLL.min(deadline.remaining())),
            }
        }
    }

    /// What is known of the writer at this moment.
    #[must_use]
    pub fn writer_state(&self) -> WriterState {
        match self.control.writer_pid() {
            0 if self.writer_seen || self.anything_written() => WriterState::Closed,
            0 => WriterState::NeverConnected,
            pid if self.writer.is_alive(pid) => WriterState::Connected { pid },
            pid => WriterState::Dead { pid },
        }
    }

    /// Whether a writer is connected and alive.
    #[must_use]
    pub fn is_writer_connected(&self) -> bool {
        matches!(self.writer_state(), WriterState::Connected { .. })
    }

    /// Name of the buffer.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Longest frame in bytes that the ring can take, from position 0 and empty.
    #[must_use]
    pub fn max_frame_len(&self) -> usize {
        ring_math::max_frame_len(self.mapping.layout().payload_size()) as usize
    }

    /// Longest frame in bytes that the empty ring can take from every position.
    #[must_use]
    pub fn guaranteed_frame_len(&self) -> usize {
        ring_math::guaranteed_frame_len(self.mapping.layout().payload_size()) as usize
    }

    /// Whether the remains of an earlier reader were removed when this buffer was created.
    #[must_use]
    pub fn replaced_stale(&self) -> bool {
        self.replaced_stale
    }

    /// What this reader has done so far.
    #[must_use]
    pub fn stats(&self) -> ReaderStats {
        self.stats
    }

    /// The shared state at this moment.
    #[must_use]
    pub fn state(&self) -> BufferState {
        BufferState {
            control: self.control.snapshot(),
            frames_ready: self.frames_ready.value(),
            releases_pending: self.space_freed.value(),
        }
    }

    /// Removes the buffer. The same as dropping the reader.
    pub fn close(self) {}

    pub(crate) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    pub(crate) fn held_plan(&self) -> Option<&ReadPlan> {
        self.held.as_ref()
    }

    /// Gives the space of the last frame back to the writer.
    pub(crate) fn give_back(&mut self) {
        let Some(plan) = self.held.take() else { return };
        self.give_free(plan.total());
        if self.space_freed.value() >= RELEASES_CAP {
            // SeqCst: between the bytes given and the second look, with a writer that takes units
            // and then looks at the bytes. One of the two sees the other.
            fence(Ordering::SeqCst);
            if self.space_freed.value() >= RELEASES_CAP {
                return;
            }
        }
        // At its maximum the count says all there is to say. Other failures cannot happen to an
        // open semaphore; the writer looks again within 100 ms anyway.
        let _ = self.space_freed.post();
    }

    fn give_free(&mut self, bytes: u64) {
        let capacity = self.mapping.layout().payload_size();
        let before = self.control.give_free(bytes);
        if before.checked_add(bytes).is_none_or(|after| after > capacity) {
            self.overrun = Some(before.saturating_add(bytes));
        }
    }

    /// Looks for the announced frame; `None` if the announcement came without one.
    fn find_frame(&self) -> Result<Option<ReadPlan>> {
        let shared = self.control.read_pos();
        if shared != self.position {
            return Err(self.corrupt("payload_read_pos", shared, self.position.to_string()));
        }
        let capacity = self.mapping.layout().payload_size();
        let header = |at| self.mapping.header(at);
        let misread =
            match ring_math::plan_read(capacity, self.position, self.next_sequence, header) {
                Ok(plan) => return Ok(Some(plan)),
                Err(misread) => misread,
            };
        if self.nothing_pending(capacity) {
            return Ok(None);
        }
        Err(match misread {
            Misread::Sequence(got) => {
                Error::Sequence { name: self.name.to_string(), expected: self.next_sequence, got }
            }
            Misread::ZeroSize => self.corrupt("frame size", 0, "1 or more".into()),
            Misread::Oversized { size, room } => {
                self.corrupt("frame size", size, format!("at most {room}"))
            }
        })
    }

    /// Whether by its position the writer has written nothing that is not read. A full ring looks
    /// the same but for the free bytes.
    fn nothing_pending(&self, capacity: u64) -> bool {
        let written = self.control.write_pos();
        let same = written == self.position || written.abs_diff(self.position) == capacity;
        same && self.control.free_bytes() != 0
    }

    /// Moves past the frame and gives its number.
    fn accept(&mut self, plan: &ReadPlan) -> Result<u64> {
        self.announced = false;
        self.position = plan.next;
        self.count = self.count.wrapping_add(plan.count());
        // Position before free bytes: a Python writer reads both.
        self.control.store_read(self.position, self.count);
        if plan.waste > 0 {
            self.give_free(plan.waste);
        }
        self.held = Some(*plan);
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.writer_seen = true;
        self.stats.frames_read += 1;
        self.stats.bytes_read += plan.len;
        self.stats.wraps +=
            u64::from(plan.data_at == ring_math::FRAME_HEADER_BYTES && sequence > 1);
        Ok(sequence)
    }

    /// Takes one announcement, waiting for it; `false` on timeout.
    fn take_announcement(
        &mut self,
        timeout: Duration,
        deadline: &mut Option<Deadline>,
    ) -> Result<bool> {
        if self.take_one()? {
            return Ok(true);
        }
        if timeout.is_zero() {
            return self.take_or_explain();
        }
        let deadline = *deadline.get_or_insert_with(|| Deadline::after(timeout));
        let ready = &self.frames_ready;
        if self.spin.spin(deadline.remaining(), || ready.try_wait().unwrap_or(false)) {
            return Ok(true);
        }
        loop {
            if self.control.writer_pid() == 0 && self.take_or_explain()? {
                return Ok(true);
            }
            self.stats.sleeps += 1;
            if self.sleep(deadline.next_slice(SLICE))? || self.take_or_explain()? {
                return Ok(true);
            }
            if deadline.passed() {
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
            let known = self.writer_seen || self.anything_written();
            known.then(|| Error::WriterClosed { name: self.name.to_string() })
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

    fn take_one(&self) -> Result<bool> {
        self.frames_ready.try_wait().map_err(|error| self.semaphore_failed(error))
    }

    fn sleep(&self, until: u64) -> Result<bool> {
        self.frames_ready.wait_until(until).map_err(|error| self.semaphore_failed(error))
    }

    fn anything_written(&self) -> bool {
        self.control.written_count() != 0 || self.control.metadata_written() != 0
    }

    fn at_most_capacity(&self) -> String {
        format!("at most {}", self.mapping.layout().payload_size())
    }

    fn corrupt(&self, field: &'static str, value: u64, expected: String) -> Error {
        Error::Corrupt { name: self.name.to_string(), field, value, expected }
    }

    fn semaphore_failed(&self, error: std::io::Error) -> Error {
        Error::os("wait for a frame", self.name.as_str(), error)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.claim.withdraw();
    }
}
