//! The writing side: attaches to a buffer, places frames in order.
//!
//! Combines two parts: `write_cursor` decides where a frame goes, `space_wait` waits for its space.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use crate::attach::Attached;
use crate::control_block::ControlBlock;
use crate::copy;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::exit_hook::{InProgress, Registration, Withdraw};
use crate::frame::FrameSlot;
use crate::lookahead::write_ahead;
use crate::mapping::Mapping;
use crate::metadata;
use crate::name::BufferName;
use crate::ownership::WriterOwnership;
use crate::ring_math::{self, FrameHeader, WritePlan};
use crate::semaphore::Semaphore;
use crate::shared_memory::FileId;
use crate::sleeper::Sleeper;
use crate::space_wait::{DRAIN_INTERVAL, SpaceWait};
use crate::spin::SpinBudget;
use crate::state::{BufferState, WriterStats};
use crate::write_cursor::WriteCursor;
use crate::writer_options::WriterOptions;

/// Pause between two attempts to open a buffer that does not exist yet.
const OPEN_POLL: Duration = Duration::from_millis(2);

/// The writing side of a buffer that a reader has created.
///
/// Dropping the writer ends the stream; so does [`close`](Self::close),
/// and so does leaving the process by `exit` or from `main`.
#[derive(Debug)]
pub struct Writer {
    name: BufferName,
    control: Arc<ControlBlock>,
    mapping: Mapping,
    frames_ready: Semaphore,
    space: SpaceWait,
    object: FileId,
    write_timeout: Duration,
    pid: u64,
    cursor: WriteCursor,
    /// Placement of a frame that is prepared in one call and committed in a later one.
    prepared: Option<WritePlan>,
    stats: WriterStats,
    _registration: Registration,
    ownership: Arc<WriterOwnership>,
}

impl Writer {
    /// Connects to the buffer `name`.
    ///
    /// # Errors
    /// [`Error::InvalidName`]; [`Error::NotFound`] and [`Error::NotReady`], which
    /// [`open_timeout`](Self::open_timeout) waits out; [`Error::ReaderDead`];
    /// [`Error::WriterExists`]; [`Error::SequenceUnknown`] if an earlier writer has written frames;
    /// [`Error::IncompatibleVersion`], [`Error::InvalidLayout`], [`Error::Corrupt`] if the object
    /// is not a buffer of this protocol. Nothing is changed then.
    pub fn open(name: &str) -> Result<Self> {
        WriterOptions::default().open(name)
    }

    /// [`open`](Self::open), waiting up to `timeout` for a living reader to create the buffer.
    ///
    /// # Errors
    /// As [`open`](Self::open); the last of [`Error::NotFound`], [`Error::NotReady`] and
    /// [`Error::ReaderDead`] after
    /// `timeout`.
    pub fn open_timeout(name: &str, timeout: Duration) -> Result<Self> {
        WriterOptions::default().open_timeout(name, timeout)
    }

    /// Returns the options of a writer, to be opened from there.
    #[must_use]
    pub fn options() -> WriterOptions {
        WriterOptions::default()
    }

    pub(crate) fn open_with(name: &str, options: &WriterOptions) -> Result<Self> {
        let name = BufferName::new(name)?;
        let _in_progress = InProgress::creation(&name)?;
        let attached = Attached::new(&name, options)?;
        let ownership = Arc::new(attached.ownership);
        let reader_pid = attached.control.reader_pid();
        let spin = SpinBudget::new(options.waiting.spin_budget, reader_pid);
        let registration = Registration::new(&ownership);
        let capacity = attached.mapping.layout().payload_size();
        let cursor = WriteCursor::new(
            name.clone(),
            Arc::clone(&attached.control),
            capacity,
            attached.position,
            attached.count,
            options.start_sequence.unwrap_or(1),
        );
        let space = SpaceWait::new(
            name.clone(),
            Arc::clone(&attached.control),
            attached.space_freed,
            spin,
            attached.reader,
            capacity,
            attached.unread,
        );
        Ok(Self {
            name,
            control: attached.control,
            mapping: attached.mapping,
            frames_ready: attached.frames_ready,
            space,
            object: attached.object,
            write_timeout: options.write_timeout,
            pid: u64::from(std::process::id()),
            cursor,
            prepared: None,
            stats: WriterStats::default(),
            _registration: registration,
            ownership,
        })
    }

    pub(crate) fn open_timeout_with(
        name: &str,
        options: &WriterOptions,
        timeout: Duration,
    ) -> Result<Self> {
        let deadline = Deadline::after(timeout);
        loop {
            match Self::open_with(name, options) {
                // A dead reader may have a successor.
                Err(Error::NotFound { .. } | Error::NotReady { .. } | Error::ReaderDead { .. })
                    if !deadline.passed() =>
                {
                    std::thread::sleep(OPEN_POLL.min(deadline.remaining()));
                }
                result => return result,
            }
        }
    }

    /// Copies `data` into the ring as one frame and returns its sequence number, waiting for space
    /// up to the [write timeout](Self::set_write_timeout).
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve) and [`FrameSlot::commit`].
    #[inline]
    pub fn write(&mut self, data: &[u8]) -> Result<u64> {
        let mut slot = self.reserve(data.len())?;
        copy::copy(&mut slot, data);
        slot.commit()
    }

    /// Copies the parts in order into the ring as one frame and returns its sequence number.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> Result<u64> {
        let len = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        let mut slot = self.reserve(len)?;
        let mut rest = &mut slot[..];
        for part in parts {
            let (place, behind) = rest.split_at_mut(part.len());
            copy::copy(place, part);
            rest = behind;
        }
        slot.commit()
    }

    /// Returns space for a frame of `len` bytes, to be filled in place, waiting for it up to the
    /// [write timeout](Self::set_write_timeout).
    ///
    /// # Errors
    /// [`Error::EmptyFrame`], [`Error::FrameTooLarge`] and [`Error::FrameNeverFits`] at once,
    /// since no waiting helps; [`Error::BufferFull`] after the timeout; [`Error::ReaderDead`]
    /// within about 20 ms after the reader died, at once if it has closed the buffer;
    /// [`Error::WriterReplaced`]; [`Error::Corrupt`]. The writer can be used again after each.
    #[inline]
    pub fn reserve(&mut self, len: usize) -> Result<FrameSlot<'_>> {
        self.prepared = None;
        self.space.let_reader_go_ahead();
        let (position, space) = (self.cursor.position(), &self.space);
        let knows_free = |bytes| space.knows_free(bytes);
        write_ahead(&self.control, &self.mapping, position, len as u64, knows_free);
        let plan = match self.plan_fast(len as u64) {
            Some(plan) => plan,
            None => self.plan_within(len as u64, self.write_timeout)?,
        };
        Ok(FrameSlot::new(self, plan))
    }

    /// Waits up to `timeout` until a frame of `len` bytes has space, without taking it; returns
    /// whether it has.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve), but for [`Error::BufferFull`].
    pub fn wait_for_space(&mut self, len: usize, timeout: Duration) -> Result<bool> {
        self.check_still_connected()?;
        let plan = self.cursor.plan(len as u64)?;
        if self.space.has(plan.required())? {
            return Ok(true);
        }
        match self.space.wait(plan.required(), timeout) {
            Ok(()) => Ok(true),
            Err(Error::BufferFull { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes the metadata, once in the life of the buffer.
    ///
    /// A reader can see it from now on; usually it is written before the first frame.
    ///
    /// # Errors
    /// [`Error::MetadataAlreadyWritten`], also if an earlier writer did it;
    /// [`Error::MetadataTooLarge`] if it exceeds the block less 8 bytes; [`Error::ReaderDead`] and
    /// [`Error::WriterReplaced`].
    pub fn set_metadata(&mut self, metadata: &[u8]) -> Result<()> {
        self.check_still_connected()?;
        metadata::write(&self.name, &self.control, &mut self.mapping, metadata)
    }

    /// Sets how long [`write`](Self::write) and [`reserve`](Self::reserve) wait for space, 5 s by
    /// default. Zero does not wait, [`Duration::MAX`] waits as long as it takes.
    pub fn set_write_timeout(&mut self, timeout: Duration) {
        self.write_timeout = timeout;
    }

    /// Returns the timeout set by [`set_write_timeout`](Self::set_write_timeout).
    #[must_use]
    pub fn write_timeout(&self) -> Duration {
        self.write_timeout
    }

    /// Returns whether the reader is connected and alive.
    #[must_use]
    pub fn is_reader_connected(&self) -> bool {
        match self.control.reader_pid() {
            0 => false,
            pid => self.space.is_reader(pid),
        }
    }

    /// Returns the sequence number that the next frame will get.
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
        ring_math::max_frame_len(self.cursor.capacity()) as usize
    }

    /// Returns the longest frame in bytes that an empty ring can take from every position.
    #[must_use]
    pub fn guaranteed_frame_len(&self) -> usize {
        ring_math::guaranteed_frame_len(self.cursor.capacity()) as usize
    }

    /// Returns the statistics of this writer.
    #[must_use]
    pub fn stats(&self) -> WriterStats {
        WriterStats { sleeps: self.space.sleeps(), ..self.stats }
    }

    /// Returns the shared state at this moment.
    #[must_use]
    pub fn state(&self) -> BufferState {
        BufferState {
            control: self.control.snapshot(),
            frames_ready: self.frames_ready.value(),
            releases_pending: self.space.releases_pending(),
        }
    }

    /// Closes the writer. The same as dropping it.
    pub fn close(self) {}

    /// Returns what closes the writer from another thread.
    pub(crate) fn withdrawal(&self) -> Arc<dyn Withdraw> {
        Arc::clone(&self.ownership) as _
    }

    /// Returns what ends a wait from another thread.
    pub(crate) fn sleeper(&self) -> Arc<Sleeper> {
        Arc::clone(self.space.sleeper())
    }

    /// Returns space for a frame without waiting, after it was waited for until `deadline`.
    pub(crate) fn reserve_since(
        &mut self,
        len: usize,
        deadline: Deadline,
    ) -> Result<FrameSlot<'_>> {
        let plan = self.cursor.plan(len as u64)?;
        if !self.space.has(plan.required())? {
            return Err(self.space.full(plan.required(), deadline));
        }
        self.reserve(len)
    }

    /// Sets the sequence number of the next frame.
    pub(crate) fn set_next_sequence(&mut self, sequence: u64) {
        self.cursor.set_next_sequence(sequence);
    }

    /// Returns the process id of the reader, 0 if it has closed the buffer.
    pub(crate) fn reader_pid(&self) -> u64 {
        self.control.reader_pid()
    }

    /// Returns whether the name of the buffer still refers to the object of this writer.
    pub(crate) fn is_current(&self) -> bool {
        FileId::at(&self.name.shm_path()) == Some(self.object)
    }

    pub(crate) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    pub(crate) fn set_prepared(&mut self, plan: Option<WritePlan>) {
        self.prepared = plan;
    }

    pub(crate) fn prepared_plan(&self) -> Option<WritePlan> {
        self.prepared
    }

    pub(crate) fn mapping_mut(&mut self) -> &mut Mapping {
        &mut self.mapping
    }

    /// Publishes a frame whose data is in place.
    #[inline]
    pub(crate) fn publish(&mut self, plan: WritePlan) -> Result<u64> {
        self.prepared = None;
        let sequence = self.cursor.publish(&mut self.mapping, &plan);
        let posted = match self.space.take(plan.required()) {
            Ok(()) if self.frames_ready.added_one() => Ok(()),
            Ok(()) => self.announce(),
            Err(error) => Err(error),
        };
        if let Err(error) = posted {
            // Not to be taken for a frame whose post is late.
            self.mapping.write_header(plan.at, FrameHeader::REVOKED);
            return Err(error);
        }
        let was_elsewhere = plan.waste > 0 || self.stats.frames_written > 0;
        self.stats.wraps += u64::from(plan.at == 0 && was_elsewhere);
        self.stats.frames_written += 1;
        self.stats.bytes_written += plan.data_len();
        if self.stats.frames_written.is_multiple_of(DRAIN_INTERVAL.into()) {
            self.space.drain_releases();
        }
        Ok(sequence)
    }

    /// Places a frame of `len` bytes in the common case.
    #[inline]
    fn plan_fast(&mut self, len: u64) -> Option<WritePlan> {
        let control = &self.control;
        let as_usual = control.reader_pid() != 0
            && control.writer_pid() == self.pid
            && self.cursor.is_unmoved();
        let plan = self.cursor.plan_fast(len)?;
        (as_usual && self.space.has_fast(plan.required())).then_some(plan)
    }

    /// Places a frame of `len` bytes, waiting for space.
    #[cold]
    #[inline(never)]
    fn plan_within(&mut self, len: u64, timeout: Duration) -> Result<WritePlan> {
        self.check_still_connected()?;
        let plan = self.cursor.plan(len)?;
        if !self.space.has(plan.required())? {
            self.space.wait(plan.required(), timeout)?;
        }
        Ok(plan)
    }

    /// Posts a frame, or returns the error.
    #[cold]
    fn announce(&self) -> Result<()> {
        match self.frames_ready.post() {
            Ok(true) => Ok(()),
            Ok(false) => {
                let (name, field) = (self.name.to_string(), "value of sem-w");
                let value = self.frames_ready.value().into();
                let expected = "the frames that fit the ring".into();
                Err(Error::Corrupt { name, field, value, expected })
            }
            Err(error) => Err(Error::os("announce a frame", self.name(), error)),
        }
    }

    fn check_still_connected(&self) -> Result<()> {
        if self.control.reader_pid() == 0 {
            return Err(self.space.reader_dead(None));
        }
        let writer = self.control.writer_pid();
        if writer != self.pid {
            return Err(Error::WriterReplaced { name: self.name.to_string(), pid: writer });
        }
        self.cursor.check_unmoved()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.ownership.withdraw();
    }
}
