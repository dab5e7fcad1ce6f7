//! The writing end: attaches to a buffer, places frames in order.
//!
//! Puts two parts together: `ring_math` says where a frame goes, `space` waits for its space.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use crate::attach::Attached;
use crate::claim::WriterClaim;
use crate::control_block::ControlBlock;
use crate::copy_loop;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::exit_hook::{InProgress, Registration, Withdraw};
use crate::frame::FrameSlot;
use crate::layout::METADATA_PREFIX_BYTES;
use crate::mapping::Mapping;
use crate::name::BufferName;
use crate::ring_math::{self, FRAME_HEADER_BYTES, FrameHeader, Refusal, WritePlan};
use crate::semaphore::Semaphore;
use crate::space::{DRAIN_INTERVAL, Space};
use crate::spin::SpinBudget;
use crate::state::{BufferState, WriterStats};
use crate::writer_options::WriterOptions;

/// Pause between two attempts to open a buffer that is not there yet.
const OPEN_POLL: Duration = Duration::from_millis(2);

/// The writing end of a buffer that a reader has created.
///
/// Dropping the writer tells the reader that no more frames come; so does [`close`](Self::close),
/// and so does leaving the process by `exit` or from `main`.
#[derive(Debug)]
pub struct Writer {
    name: BufferName,
    control: Arc<ControlBlock>,
    mapping: Mapping,
    frames_ready: Semaphore,
    space: Space,
    write_timeout: Duration,
    pid: u64,
    /// Our own copies of what shared memory says about the writer; shared memory is not believed.
    position: u64,
    count: u64,
    next_sequence: u64,
    /// Where a frame goes that is prepared in one call and committed in a later one.
    prepared: Option<WritePlan>,
    stats: WriterStats,
    _registration: Registration,
    claim: Arc<WriterClaim>,
}

impl Writer {
    /// Connects to the buffer `name`.
    ///
    /// # Errors
    /// [`Error::InvalidName`]; [`Error::NotFound`] and [`Error::NotReady`], which
    /// [`open_wait`](Self::open_wait) waits out; [`Error::ReaderDead`]; [`Error::WriterExists`];
    /// [`Error::SequenceUnknown`] if an earlier writer has written frames;
    /// [`Error::IncompatibleVersion`], [`Error::InvalidLayout`], [`Error::Corrupt`] if the object
    /// is not a buffer of this protocol. Nothing is changed then.
    pub fn open(name: &str) -> Result<Self> {
        WriterOptions::default().open(name)
    }

    /// [`open`](Self::open), waiting up to `timeout` for the buffer to be created.
    ///
    /// # Errors
    /// As [`open`](Self::open); the last of [`Error::NotFound`] and [`Error::NotReady`] after
    /// `timeout`.
    pub fn open_wait(name: &str, timeout: Duration) -> Result<Self> {
        WriterOptions::default().open_wait(name, timeout)
    }

    /// The choices of a writer, to be opened from there.
    #[must_use]
    pub fn options() -> WriterOptions {
        WriterOptions::default()
    }

    pub(crate) fn open_with(name: &str, options: &WriterOptions) -> Result<Self> {
        let name = BufferName::new(name)?;
        let _in_progress = InProgress::creation(&name)?;
        let attached = Attached::new(&name, options)?;
        let claim = Arc::new(attached.claim);
        let reader_pid = attached.control.reader_pid();
        let spin = SpinBudget::new(options.waiting.spin_budget, reader_pid);
        let registration = Registration::new(&claim);
        let space = Space::new(
            name.clone(),
            Arc::clone(&attached.control),
            attached.space_freed,
            spin,
            attached.reader,
            attached.mapping.layout().payload_size(),
        );
        Ok(Self {
            name,
            control: attached.control,
            mapping: attached.mapping,
            frames_ready: attached.frames_ready,
            space,
            write_timeout: options.write_timeout,
            pid: u64::from(std::process::id()),
            position: attached.position,
            count: attached.count,
            next_sequence: options.start_sequence.unwrap_or(1),
            prepared: None,
            stats: WriterStats::default(),
            _registration: registration,
            claim,
        })
    }

    pub(crate) fn open_wait_with(
        name: &str,
        options: &WriterOptions,
        timeout: Duration,
    ) -> Result<Self> {
        let deadline = Deadline::after(timeout);
        loop {
            match Self::open_with(name, options) {
                Err(Error::NotFound { .. } | Error::NotReady { .. }) if !deadline.passed() => {
                    std::thread::sleep(OPEN_POLL.min(deadline.remaining()));
                }
                result => return result,
            }
        }
    }

    /// Copies `data` into the ring as one frame and gives its number, waiting for space up to the
    /// [write timeout](Self::set_write_timeout).
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve) and [`FrameSlot::commit`].
    #[inline]
    pub fn write(&mut self, data: &[u8]) -> Result<u64> {
        let mut slot = self.reserve(data.len())?;
        copy_loop::copy(&mut slot, data);
        slot.commit()
    }

    /// Copies the parts one behind the other into the ring as one frame and gives its number.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> Result<u64> {
        let len = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        let mut slot = self.reserve(len)?;
        let mut rest = &mut slot[..];
        for part in parts {
            let (place, behind) = rest.split_at_mut(part.len());
            copy_loop::copy(place, part);
            rest = behind;
        }
        slot.commit()
    }

    /// Space for a frame of `len` bytes, to be filled in place, waiting for it up to the
    /// [write timeout](Self::set_write_timeout).
    ///
    /// # Errors
    /// [`Error::EmptyFrame`], [`Error::FrameTooLarge`] and [`Error::FrameNeverFits`] at once,
    /// since no waiting helps; [`Error::BufferFull`] after the timeout; [`Error::ReaderDead`]
    /// within about 250 ms after the reader died, at once if it has closed the buffer;
    /// [`Error::WriterReplaced`]; [`Error::Corrupt`]. The writer can be used again after each.
    #[inline]
    pub fn reserve(&mut self, len: usize) -> Result<FrameSlot<'_>> {
        self.prepared = None;
        let plan = match self.plan_at_once(len as u64) {
            Some(plan) => plan,
            None => self.plan_within(len as u64, self.write_timeout)?,
        };
        Ok(FrameSlot::new(self, plan))
    }

    /// Waits up to `timeout` until a frame of `len` bytes has space, without taking it; whether it
    /// has.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve), but for [`Error::BufferFull`].
    pub fn wait_for_room(&mut self, len: usize, timeout: Duration) -> Result<bool> {
        self.check_still_connected()?;
        let plan = self.plan(len as u64)?;
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
        if self.control.metadata_written() != 0 {
            return Err(Error::MetadataAlreadyWritten { name: self.name.to_string() });
        }
        let layout = self.mapping.layout();
        let len = metadata.len() as u64;
        let max = layout.max_metadata_len();
        if max.is_none_or(|max| len > max) {
            let (name, max) = (self.name.to_string(), max.unwrap_or(0));
            return Err(Error::MetadataTooLarge { name, len, max });
        }
        let (prefix, content) =
            self.mapping.metadata_mut().split_at_mut(METADATA_PREFIX_BYTES as usize);
        prefix.copy_from_slice(&len.to_le_bytes());
        content[..metadata.len()].copy_from_slice(metadata);
        let written = METADATA_PREFIX_BYTES + len;
        self.control.store_metadata_written(written, layout.metadata_size() - written);
        Ok(())
    }

    /// How long [`write`](Self::write) and [`reserve`](Self::reserve) wait for space, 5 s by
    /// default. Zero does not wait, [`Duration::MAX`] waits as long as it takes.
    pub fn set_write_timeout(&mut self, timeout: Duration) {
        self.write_timeout = timeout;
    }

    /// The timeout set by [`set_write_timeout`](Self::set_write_timeout).
    #[must_use]
    pub fn write_timeout(&self) -> Duration {
        self.write_timeout
    }

    /// Whether the reader is there and alive.
    #[must_use]
    pub fn is_reader_connected(&self) -> bool {
        match self.control.reader_pid() {
            0 => false,
            pid => self.space.is_reader(pid),
        }
    }

    /// Number that the next frame will get.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Name of the buffer.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Longest frame in bytes that the ring can take, from position 0 and empty.
    #[must_use]
    pub fn max_frame_len(&self) -> usize {
        ring_math::max_frame_len(self.capacity()) as usize
    }

    /// Longest frame in bytes that the empty ring can take from every position.
    #[must_use]
    pub fn guaranteed_frame_len(&self) -> usize {
        ring_math::guaranteed_frame_len(self.capacity()) as usize
    }

    /// What this writer has done so far.
    #[must_use]
    pub fn stats(&self) -> WriterStats {
        WriterStats { sleeps: self.space.sleeps(), ..self.stats }
    }

    /// The shared state at this moment.
    #[must_use]
    pub fn state(&self) -> BufferState {
        BufferState {
            control: self.control.snapshot(),
            frames_ready: self.frames_ready.value(),
            releases_pending: self.space.releases_pending(),
        }
    }

    /// Closes the writing end. The same as dropping the writer.
    pub fn close(self) {}

    /// What closes the writer from another thread.
    #[cfg(feature = "tokio")]
    pub(crate) fn withdrawal(&self) -> Arc<dyn Withdraw> {
        Arc::clone(&self.claim) as _
    }

    /// Space for a frame without waiting, after it was waited for by `deadline`.
    pub(crate) fn reserve_since(
        &mut self,
        len: usize,
        deadline: Deadline,
    ) -> Result<FrameSlot<'_>> {
        let plan = self.plan(len as u64)?;
        if !self.space.has(plan.required())? {
            return Err(self.space.full(plan.required(), deadline));
        }
        self.reserve(len)
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

    /// Publishes a frame whose data is in place, all of it at once.
    #[inline]
    pub(crate) fn publish(&mut self, plan: WritePlan) -> Result<u64> {
        self.prepared = None;
        let sequence = self.next_sequence;
        let size = plan.total - FRAME_HEADER_BYTES;
        // The frame before the marker that leads to it.
        self.mapping.write_header(plan.at, FrameHeader { size, sequence });
        if let Some(marker) = plan.marker {
            self.mapping.write_header(marker, FrameHeader::WRAP_MARKER);
        }
        self.position = plan.next;
        self.count = self.count.wrapping_add(plan.count());
        self.next_sequence += 1;
        self.control.store_written(self.position, self.count);
        self.space.take(plan.required())?;
        if !self.frames_ready.added_one() {
            self.announce()?;
        }
        let was_elsewhere = plan.waste > 0 || self.stats.frames_written > 0;
        self.stats.wraps += u64::from(plan.at == 0 && was_elsewhere);
        self.stats.frames_written += 1;
        self.stats.bytes_written += size;
        if self.stats.frames_written.is_multiple_of(DRAIN_INTERVAL.into()) {
            self.space.drain_releases();
        }
        Ok(sequence)
    }

    /// Where a frame of `len` bytes goes, if all is as usual and it has space.
    #[inline]
    fn plan_at_once(&mut self, len: u64) -> Option<WritePlan> {
        let control = &self.control;
        let as_usual = control.reader_pid() != 0
            && control.writer_pid() == self.pid
            && control.write_pos() == self.position;
        let plan = ring_math::plan_write(self.capacity(), self.position, len).ok()?;
        (as_usual && self.space.has_at_once(plan.required())).then_some(plan)
    }

    /// Where a frame of `len` bytes goes, once it has space.
    #[cold]
    #[inline(never)]
    fn plan_within(&mut self, len: u64, timeout: Duration) -> Result<WritePlan> {
        self.check_still_connected()?;
        let plan = self.plan(len)?;
        if !self.space.has(plan.required())? {
            self.space.wait(plan.required(), timeout)?;
        }
        Ok(plan)
    }

    fn plan(&self, len: u64) -> Result<WritePlan> {
        let name = || self.name.to_string();
        ring_math::plan_write(self.capacity(), self.position, len).map_err(
            |refusal| match refusal {
                Refusal::Empty => Error::EmptyFrame { name: name() },
                Refusal::TooLarge => {
                    Error::FrameTooLarge { name: name(), len, max: self.max_frame_len() as u64 }
                }
                Refusal::NeverFits => Error::FrameNeverFits {
                    name: name(),
                    len,
                    position: self.position,
                    capacity: self.capacity(),
                    guaranteed: self.guaranteed_frame_len() as u64,
                },
            },
        )
    }

    /// Announces a frame, or says why it cannot be.
    #[cold]
    fn announce(&self) -> Result<()> {
        match self.frames_ready.post() {
            Ok(true) => Ok(()),
            Ok(false) => {
                let value = self.frames_ready.value().into();
                let expected = "the frames that fit the ring".into();
                Err(self.corrupt("value of sem-w", value, expected))
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
        let shared = self.control.write_pos();
        if shared != self.position {
            return Err(self.corrupt("payload_write_pos", shared, self.position.to_string()));
        }
        Ok(())
    }

    fn capacity(&self) -> u64 {
        self.mapping.layout().payload_size()
    }

    #[cold]
    fn corrupt(&self, field: &'static str, value: u64, expected: String) -> Error {
        Error::Corrupt { name: self.name.to_string(), field, value, expected }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.claim.withdraw();
    }
}
