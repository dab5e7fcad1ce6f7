//! The reading end: owns the buffer, takes frames in order.
//!
//! Puts two parts together: `arrivals` waits for announcements, `read_cursor` finds their frames.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::arrivals::Arrivals;
use crate::claim::ReaderClaim;
use crate::config::{BufferConfig, Waiting};
use crate::control_block::ControlBlock;
use crate::creation::{Created, Parts};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::exit_hook::{InProgress, Registration, Withdraw};
use crate::frame::Frame;
use crate::frames::Frames;
use crate::layout::METADATA_PREFIX_BYTES;
use crate::liveness::Peer;
use crate::mapping::Mapping;
use crate::name::BufferName;
use crate::read_cursor::ReadCursor;
use crate::ring_math::{self, ReadPlan};
use crate::spin::SpinBudget;
use crate::state::{BufferState, ReaderStats, WriterState};

/// Pause between two looks for a writer that is yet to come.
const WRITER_POLL: Duration = Duration::from_millis(2);

/// The reading end of a buffer. It creates the buffer and owns it.
///
/// Dropping the reader removes the buffer; so does [`close`](Self::close), and so does leaving the
/// process by `exit` or from `main`.
#[derive(Debug)]
pub struct Reader {
    name: BufferName,
    control: Arc<ControlBlock>,
    mapping: Mapping,
    arrivals: Arrivals,
    cursor: ReadCursor,
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
        let lazy = config.has_lazy_counters();
        let spin = SpinBudget::new(spin_budget, 0);
        let arrivals = Arrivals::new(
            name.clone(),
            Arc::clone(&control),
            frames_ready,
            spin,
            Peer::new(liveness),
            lazy,
        );
        let capacity = mapping.layout().payload_size();
        let cursor = ReadCursor::new(
            name.clone(),
            Arc::clone(&control),
            space_freed,
            capacity,
            config.writer_change(),
            lazy,
        );
        Ok(Self {
            name,
            control,
            mapping,
            arrivals,
            cursor,
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
    /// [`Error::WriterDead`] when it died instead, noticed within about 250 ms after the last of its
    /// frames was read. As long as no writer has ever connected there is only `None`.
    /// [`Error::Sequence`] and [`Error::Corrupt`] when shared memory does not hold the next frame;
    /// a first frame of another writer is one [if so wished](BufferConfig::on_writer_change);
    /// nothing is changed then, and the next call looks again.
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

    /// The next frame if it is there.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn try_read(&mut self) -> Result<Option<Frame<'_>>> {
        self.read(Duration::ZERO)
    }

    /// The next frame, waiting for it until `deadline`; one that is there is taken even later.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_until(&mut self, deadline: Instant) -> Result<Option<Frame<'_>>> {
        self.read(deadline.saturating_duration_since(Instant::now()))
    }

    /// The next frame, waiting as long as it takes; `None` is the end of the stream, after the last
    /// frame of a writer that has closed its end.
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

    /// Iterates over copies of the frames up to the end of the stream.
    ///
    /// An iterator cannot lend what it must take back before the next step; where the copy matters,
    /// loop over [`next_frame`](Self::next_frame).
    pub fn frames(&mut self) -> Frames<'_> {
        Frames::new(self)
    }

    /// Waits up to `timeout` until a frame is there to be read, without taking it; whether one is.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn wait_for_frame(&mut self, timeout: Duration) -> Result<bool> {
        Ok(self.find_within(timeout)?.is_some())
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
                WriterState::Closed | WriterState::Dead { .. }
                    if self.arrivals.anything_written() =>
                {
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
        self.arrivals.writer_state()
    }

    /// Whether a writer is connected and alive.
    #[must_use]
    pub fn is_writer_connected(&self) -> bool {
        matches!(self.writer_state(), WriterState::Connected { .. })
    }

    /// Number that the next frame has to have.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.cursor.next_sequence()
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
        let (sleeps, resyncs) = (self.arrivals.sleeps(), self.cursor.resyncs());
        ReaderStats { sleeps, resyncs, ..self.stats }
    }

    /// The shared state at this moment.
    #[must_use]
    pub fn state(&self) -> BufferState {
        BufferState {
            control: self.control.snapshot(),
            frames_ready: self.arrivals.pending(),
            releases_pending: self.cursor.releases_pending(),
        }
    }

    /// Removes the buffer. The same as dropping the reader.
    pub fn close(self) {}

    /// What closes the reader from another thread.
    #[cfg(feature = "tokio")]
    pub(crate) fn withdrawal(&self) -> Arc<dyn Withdraw> {
        Arc::clone(&self.claim) as _
    }

    /// The error of a frame that was there a moment ago and is not any more.
    #[cfg(feature = "tokio")]
    pub(crate) fn frame_vanished(&self) -> Error {
        self.corrupt("frame size", 0, "the size seen before".into())
    }

    /// Takes the writer's place in the name of this process, if it still holds `seen`.
    pub(crate) fn claim_writer(&self, seen: u64) -> bool {
        self.control.claim_writer(seen, std::process::id().into()).is_ok()
    }

    pub(crate) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    pub(crate) fn held_plan(&self) -> Option<&ReadPlan> {
        self.cursor.held()
    }

    /// Gives the space of the last frame back to the writer.
    #[inline]
    pub(crate) fn give_back(&mut self) {
        self.cursor.give_back();
    }

    /// The next frame, if it is there, or will be `soon`, and all is as usual.
    #[inline]
    fn find_soon(&mut self, soon: bool) -> Option<ReadPlan> {
        let announced = self.arrivals.any() || (soon && self.arrivals.glance());
        if announced { self.cursor.find_as_usual(&self.mapping) } else { None }
    }

    /// Looks for the next frame up to `timeout`, without taking it.
    fn find_within(&mut self, timeout: Duration) -> Result<Option<ReadPlan>> {
        self.cursor.check_space()?;
        let mut deadline = None;
        loop {
            if !self.arrivals.poll()? {
                // Whoever waits must not keep the writer waiting.
                self.cursor.publish();
                if !self.arrivals.wait(timeout, &mut deadline)? {
                    return Ok(None);
                }
            }
            if let Some(plan) = self.cursor.find(&self.mapping)? {
                return Ok(Some(plan));
            }
            self.arrivals.use_up();
            self.stats.stray_announcements += 1;
            if deadline.get_or_insert_with(|| Deadline::after(timeout)).passed() {
                return Ok(None);
            }
        }
    }

    #[inline]
    fn accept(&mut self, plan: &ReadPlan) -> u64 {
        let sequence = self.cursor.accept(plan);
        self.arrivals.use_up();
        self.arrivals.writer_was_here();
        let was_elsewhere = plan.waste > 0 || self.stats.frames_read > 0;
        self.stats.wraps +=
            u64::from(plan.data_at == ring_math::FRAME_HEADER_BYTES && was_elsewhere);
        self.stats.frames_read += 1;
        self.stats.bytes_read += plan.len;
        sequence
    }

    #[cold]
    fn corrupt(&self, field: &'static str, value: u64, expected: String) -> Error {
        Error::Corrupt { name: self.name.to_string(), field, value, expected }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.claim.withdraw();
    }
}
