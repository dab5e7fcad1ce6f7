//! The reading side: owns the buffer, takes frames in order.
//!
//! Combines two parts: `frame_wait` waits for posts, `read_cursor` finds their frames.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{BufferConfig, Waiting};
use crate::control_block::ControlBlock;
use crate::creation::{Created, Parts};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::exit_hook::{InProgress, Registration, Withdraw};
use crate::fork_guard::ForkClosedFile;
use crate::frame::Frame;
use crate::frame_wait::FrameWait;
use crate::frames::Frames;
use crate::liveness::Peer;
use crate::lookahead::ReadAhead;
use crate::mapping::Mapping;
use crate::metadata;
use crate::name::BufferName;
use crate::ownership::ReaderOwnership;
use crate::read_cursor::ReadCursor;
use crate::ring_math::{self, ReadPlan};
use crate::sleeper::Sleeper;
use crate::slot_lock::{Slot, SlotLock};
use crate::spin::SpinBudget;
use crate::state::{BufferState, ReaderStats, WriterState};

/// Interval between two checks for a writer.
const WRITER_POLL: Duration = Duration::from_millis(2);

/// The reading side of a buffer. It creates the buffer and owns it.
///
/// Dropping the reader removes the buffer; so does [`close`](Self::close), and so does leaving the
/// process by `exit` or from `main`.
#[derive(Debug)]
pub struct Reader {
    name: BufferName,
    control: Arc<ControlBlock>,
    mapping: Mapping,
    frame_wait: FrameWait,
    cursor: ReadCursor,
    replaced_stale: bool,
    read_ahead: ReadAhead,
    locks: Arc<ForkClosedFile>,
    /// Keeps writers out of a buffer that is about to be removed.
    blocked: Option<SlotLock>,
    stats: ReaderStats,
    _registration: Registration,
    ownership: Arc<ReaderOwnership>,
}

impl Reader {
    /// Creates the buffer `name`.
    ///
    /// Objects that a dead reader left under this name are removed first. No other name is
    /// touched.
    ///
    /// # Errors
    /// [`Error::InvalidName`]; [`Error::ReaderExists`] if a living reader owns the name;
    /// [`Error::ForeignObject`] if the object is not a buffer; [`Error::NoSpace`] if /dev/shm is
    /// full; [`Error::UnsafeLock`] or [`Error::Os`] if the lock or an object cannot be made.
    /// Nothing is left behind then.
    pub fn create(name: &str, config: BufferConfig) -> Result<Self> {
        let name = BufferName::new(name)?;
        let _in_progress = InProgress::creation(&name)?;
        let Created { parts, ownership, replaced_stale } = Created::new(&name, &config)?;
        let ownership = Arc::new(ownership);
        let registration = Registration::new(&ownership);
        let Parts { locks, control, mapping, frames_ready, space_freed, .. } = parts;
        let Waiting { spin_budget, liveness, .. } = config.waiting();
        let spin = SpinBudget::new(spin_budget, 0);
        let frame_wait = FrameWait::new(
            name.clone(),
            Arc::clone(&control),
            frames_ready,
            &locks,
            spin,
            Peer::at(liveness, Arc::clone(&locks), Slot::Writer),
        );
        let capacity = mapping.layout().payload_size();
        let cursor =
            ReadCursor::new(name.clone(), Arc::clone(&control), space_freed, capacity, &config);
        Ok(Self {
            name,
            control,
            mapping,
            frame_wait,
            cursor,
            replaced_stale,
            read_ahead: ReadAhead::default(),
            locks,
            blocked: None,
            stats: ReaderStats::default(),
            _registration: registration,
            ownership,
        })
    }

    /// Returns the next frame, waiting up to `timeout`; `None` on timeout.
    ///
    /// A `timeout` of zero takes an available frame and does not wait
    /// ([`try_read`](Self::try_read)). [`Duration::MAX`] waits as long as it takes. A signal does
    /// not end the wait, and a step of the wall clock does not change it.
    ///
    /// # Errors
    /// [`Error::WriterClosed`] when the writer has closed and all its frames were read: at once,
    /// without waiting for the timeout, and at every call until another writer connects.
    /// [`Error::WriterDead`] when it died instead, detected within about 20 ms after the last of
    /// its frames was read. As long as no writer has ever connected there is only `None`, or
    /// [`Error::NameRemoved`] if none can.
    /// [`Error::Sequence`] and [`Error::Corrupt`] when shared memory does not hold the next frame;
    /// the first frame of another writer is one [by default](BufferConfig::on_writer_handover);
    /// nothing is changed then, and the next call checks again.
    #[inline]
    pub fn read(&mut self, timeout: Duration) -> Result<Option<Frame<'_>>> {
        // A frame that was leaked instead of dropped.
        self.give_back();
        let found = match self.find_soon(!timeout.is_zero()) {
            None => self.find_within(timeout)?,
            found => found,
        };
        let Some(plan) = found else { return Ok(None) };
        let sequence = self.accept(&plan);
        Ok(Some(Frame::new(self, plan, sequence)))
    }

    /// Returns the next frame if it is available.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn try_read(&mut self) -> Result<Option<Frame<'_>>> {
        self.read(Duration::ZERO)
    }

    /// Returns the next frame, waiting until `deadline`; an available frame is taken even later.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_deadline(&mut self, deadline: Instant) -> Result<Option<Frame<'_>>> {
        self.read(deadline.saturating_duration_since(Instant::now()))
    }

    /// Returns the next frame, waiting without a timeout; `None` is the end of the stream, after
    /// the last frame of a writer that has closed.
    ///
    /// ```no_run
    /// # let mut reader = zerobuffer::Reader::create("camera", Default::default())?;
    /// while let Some(frame) = reader.next_frame()? {
    ///     println!("{} bytes", frame.len());
    /// }
    /// # Ok::<(), zerobuffer::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`read`](Self::read), but for the end of the stream.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>> {
        match self.read(Duration::MAX) {
            Err(Error::WriterClosed { .. }) => Ok(None),
            result => result,
        }
    }

    /// Returns an iterator over copies of the frames up to the end of the stream.
    ///
    /// An iterator cannot lend what it must take back before the next step; where the copy matters,
    /// loop over [`next_frame`](Self::next_frame).
    pub fn frames(&mut self) -> Frames<'_> {
        Frames::new(self)
    }

    /// Waits up to `timeout` until a frame is available, without taking it; returns whether one is.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn wait_for_frame(&mut self, timeout: Duration) -> Result<bool> {
        Ok(self.find_within(timeout)?.is_some())
    }

    /// Returns the metadata, `None` until the writer has written it. It may be empty.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if its lengths contradict each other.
    pub fn metadata(&self) -> Result<Option<Vec<u8>>> {
        metadata::read(&self.name, &self.control, &self.mapping)
    }

    /// Waits up to `timeout` until a writer has connected; returns whether one has.
    ///
    /// A writer that has connected and left counts if it has written anything.
    pub fn wait_for_writer(&mut self, timeout: Duration) -> bool {
        let deadline = Deadline::after(timeout);
        loop {
            match self.writer_state() {
                WriterState::Connected { .. } => return true,
                WriterState::Closed | WriterState::Dead { .. }
                    if self.frame_wait.anything_written() =>
                {
                    return true;
                }
                _ if deadline.passed() => return false,
                _ => std::thread::sleep(WRITER_POLL.min(deadline.remaining())),
            }
        }
    }

    /// Returns the state of the writer at this moment.
    #[must_use]
    pub fn writer_state(&self) -> WriterState {
        self.frame_wait.writer_state()
    }

    /// Returns whether a writer is connected and alive.
    #[must_use]
    pub fn is_writer_connected(&self) -> bool {
        matches!(self.writer_state(), WriterState::Connected { .. })
    }

    /// Returns the sequence number that the next frame must have.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.cursor.next_sequence()
    }

    /// Returns the name of the buffer.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Returns the longest frame in bytes that an empty ring can take from position 0.
    #[must_use]
    pub fn max_frame_len(&self) -> usize {
        ring_math::max_frame_len(self.mapping.layout().payload_size()) as usize
    }

    /// Returns the longest frame in bytes that an empty ring can take from every position.
    #[must_use]
    pub fn guaranteed_frame_len(&self) -> usize {
        ring_math::guaranteed_frame_len(self.mapping.layout().payload_size()) as usize
    }

    /// Returns whether objects of a dead reader were removed when this buffer was created.
    #[must_use]
    pub fn replaced_stale(&self) -> bool {
        self.replaced_stale
    }

    /// Returns the statistics of this reader.
    #[must_use]
    pub fn stats(&self) -> ReaderStats {
        let (sleeps, resyncs) = (self.frame_wait.sleeps(), self.cursor.resyncs());
        ReaderStats { sleeps, resyncs, ..self.stats }
    }

    /// Returns the shared state at this moment, together with what this reader has not published yet.
    #[must_use]
    pub fn state(&self) -> BufferState {
        let mut control = self.control.snapshot();
        self.cursor.complete(&mut control);
        BufferState {
            control,
            frames_ready: self.frame_wait.pending().saturating_add(self.frame_wait.taken()),
            releases_pending: self.cursor.releases_pending(),
        }
    }

    /// Removes the buffer. The same as dropping the reader.
    pub fn close(self) {}

    /// Returns what closes the reader from another thread.
    pub(crate) fn withdrawal(&self) -> Arc<dyn Withdraw> {
        Arc::clone(&self.ownership) as _
    }

    /// Returns what ends a wait from another thread.
    pub(crate) fn sleeper(&self) -> Arc<Sleeper> {
        Arc::clone(self.frame_wait.sleeper())
    }

    /// Returns the error of a frame that was available a moment ago and no longer is.
    pub(crate) fn frame_vanished(&self) -> Error {
        let (name, expected) = (self.name.to_string(), "the size seen before".into());
        Error::Corrupt { name, field: "frame size", value: 0, expected }
    }

    /// Waits up to `timeout` for the next frame and returns its sequence number, without taking it.
    pub(crate) fn wait_for_sequence(&mut self, timeout: Duration) -> Result<Option<u64>> {
        Ok(self.find_within(timeout)?.map(|plan| plan.sequence))
    }

    /// Returns the process id in the writer slot, 0 without one.
    pub(crate) fn writer_pid(&self) -> u64 {
        self.control.writer_pid()
    }

    /// Claims the writer slot, so that no writer can connect; `false` if a living writer has it.
    pub(crate) fn block_writers(&mut self) -> bool {
        let Ok(Some(lock)) = SlotLock::try_acquire(&self.locks, Slot::Writer) else {
            return false;
        };
        self.blocked = Some(lock);
        let seen = match self.writer_state() {
            WriterState::Connected { .. } => return false,
            WriterState::Dead { pid } => pid,
            WriterState::NeverConnected | WriterState::Closed => 0,
        };
        self.control.claim_writer(seen, std::process::id().into()).is_ok()
    }

    pub(crate) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    pub(crate) fn held_plan(&self) -> Option<&ReadPlan> {
        self.cursor.held()
    }

    /// Returns the space of the last frame to the writer.
    #[inline]
    pub(crate) fn give_back(&mut self) {
        self.cursor.give_back();
    }

    /// Finds the next frame in the common case, polling briefly if `soon`.
    #[inline]
    fn find_soon(&mut self, soon: bool) -> Option<ReadPlan> {
        let position = self.cursor.position();
        if self.frame_wait.taken() == 0 {
            let ready = self.frame_wait.look(soon);
            if ready == 0 {
                return None;
            }
            self.read_ahead.begin(&self.control, &self.mapping, position, ready);
            self.frame_wait.take_at_once(ready > 1 && self.cursor.has_plenty());
        } else {
            let left = self.frame_wait.taken();
            self.read_ahead.proceed(&self.control, &self.mapping, position, left);
        }
        match self.frame_wait.taken() {
            0 => None,
            taken => self.cursor.find_fast(&self.mapping, taken > 1),
        }
    }

    /// Waits for the next frame up to `timeout`, without taking it.
    fn find_within(&mut self, timeout: Duration) -> Result<Option<ReadPlan>> {
        self.cursor.check_space()?;
        self.cursor.publish();
        let mut deadline = None;
        loop {
            if !self.frame_wait.poll()? {
                if self.cursor.resyncs() > 0 {
                    self.frame_wait.writer_was_succeeded();
                }
                let (cursor, mapping) = (&self.cursor, &self.mapping);
                match self.frame_wait.wait(timeout, &mut deadline, || cursor.unposted(mapping)) {
                    Ok(true) => {}
                    Ok(false) => return Ok(None),
                    Err(end @ (Error::WriterClosed { .. } | Error::WriterDead { .. })) => {
                        match self.find_after_end(end)? {
                            Some(plan) => return Ok(Some(plan)),
                            None => continue,
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
            if let Some(plan) = self.cursor.find(&self.mapping)? {
                return Ok(Some(plan));
            }
            self.frame_wait.use_up();
            self.stats.stray_announcements += 1;
            if deadline.get_or_insert_with(|| Deadline::after(timeout)).passed() {
                return self.find_last();
            }
        }
    }

    /// Checks after a post without a frame, with no time left, whether the writer is gone: it posts
    /// once more when it closes, to wake this reader.
    #[cold]
    fn find_last(&mut self) -> Result<Option<ReadPlan>> {
        match self.frame_wait.end() {
            Some(end) => self.find_after_end(end),
            None => Ok(None),
        }
    }

    /// Finds a frame that a writer has stored but not posted before it ended; `None` if another
    /// writer has connected since.
    #[cold]
    fn find_after_end(&mut self, end: Error) -> Result<Option<ReadPlan>> {
        if self.cursor.is_abandoned_wrap(&self.mapping) {
            return Err(end);
        }
        // Not from a writer that still has its slot, whatever the process id says.
        let Ok(Some(lock)) = SlotLock::try_acquire(&self.locks, Slot::Writer) else {
            return Err(end);
        };
        let found = match self.cursor.find_last(&self.mapping) {
            Err(_) if self.is_writer_connected() => return Ok(None),
            // Again: another writer may have come, written and closed in between.
            Err(_) => self.cursor.find_last(&self.mapping)?,
            Ok(found) => found,
        };
        let Some(plan) = found else { return Err(end) };
        // A successor settles the free bytes itself when it connects.
        if !self.is_writer_connected() {
            self.cursor.settle_free();
        }
        drop(lock);
        Ok(Some(plan))
    }

    #[inline]
    fn accept(&mut self, plan: &ReadPlan) -> u64 {
        let sequence = self.cursor.accept(plan, self.frame_wait.taken() > 1);
        self.read_ahead.record(plan.total());
        self.frame_wait.use_up();
        self.frame_wait.writer_was_here();
        let was_elsewhere = plan.waste > 0 || self.stats.frames_read > 0;
        self.stats.wraps +=
            u64::from(plan.data_at == ring_math::FRAME_HEADER_BYTES && was_elsewhere);
        self.stats.frames_read += 1;
        self.stats.bytes_read += plan.len;
        sequence
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Exact before the process id is 0, since other libraries decide by that.
        self.give_back();
        self.cursor.publish();
        self.ownership.withdraw();
    }
}
