//! The writing end: attaches to a buffer, places frames in order.
//!
//! Waiting for space is decided here; where a frame goes, in `ring_math`.

use std::io::IoSlice;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::time::Duration;

use crate::attach::Attached;
use crate::claim::WriterClaim;
use crate::control_block::ControlBlock;
use crate::copy_loop;
use crate::deadline::{Deadline, monotonic_now};
use crate::error::{Error, Result};
use crate::exit_hook::{InProgress, Registration, Withdraw};
use crate::frame::FrameSlot;
use crate::layout::METADATA_PREFIX_BYTES;
use crate::liveness::Peer;
use crate::mapping::Mapping;
use crate::name::BufferName;
use crate::ring_math::{self, FRAME_HEADER_BYTES, FrameHeader, Refusal, WritePlan};
use crate::semaphore::Semaphore;
use crate::spin::SpinBudget;
use crate::state::{BufferState, WriterStats};
use crate::writer_options::WriterOptions;

/// How long to sleep at most before looking whether the reader is still there.
const SLICE: Duration = Duration::from_millis(250);

/// Pause between two attempts to open a buffer that is not there yet.
const OPEN_POLL: Duration = Duration::from_millis(2);

/// Frames between two looks at the unused releases.
const DRAIN_INTERVAL: u64 = 1 << 16;

/// Unused releases above this are taken away: readers of other implementations abort when their
/// count reaches its maximum.
const RELEASES_CAP: u32 = 1 << 20;

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
    space_freed: Semaphore,
    spin: SpinBudget,
    reader: Peer,
    write_timeout: Duration,
    pid: u64,
    /// Our own copies of what shared memory says about the writer; shared memory is not believed.
    position: u64,
    count: u64,
    next_sequence: u64,
    /// Bytes that were free when last looked at, less those taken since; the reader only adds.
    known_free: u64,
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
        Ok(Self {
            name,
            control: attached.control,
            mapping: attached.mapping,
            frames_ready: attached.frames_ready,
            space_freed: attached.space_freed,
            spin,
            reader: attached.reader,
            write_timeout: options.write_timeout,
            pid: u64::from(std::process::id()),
            position: attached.position,
            count: attached.count,
            next_sequence: options.start_sequence.unwrap_or(1),
            known_free: 0,
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
        if self.has_space(&plan)? {
            return Ok(true);
        }
        match self.wait_for_space(&plan, timeout) {
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
            pid => self.reader.is_alive(pid),
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
        if !self.has_space(&plan)? {
            return Err(self.full(&plan, deadline));
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
        let free = self.control.take_free(plan.required());
        if free < plan.required() || free > self.capacity() {
            self.known_free = 0;
            return Err(self.corrupt_free(free));
        }
        self.known_free = free - plan.required();
        if !self.frames_ready.added_one() {
            self.announce()?;
        }
        self.stats.frames_written += 1;
        self.stats.bytes_written += size;
        self.stats.wraps += u64::from(plan.at == 0 && sequence > 1);
        if self.stats.frames_written.is_multiple_of(DRAIN_INTERVAL) {
            self.drain_releases();
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
        if as_usual && self.known_free < plan.required() {
            self.known_free = control.free_bytes().min(self.capacity());
        }
        (as_usual && self.known_free >= plan.required()).then_some(plan)
    }

    /// Where a frame of `len` bytes goes, once it has space.
    #[cold]
    #[inline(never)]
    fn plan_within(&mut self, len: u64, timeout: Duration) -> Result<WritePlan> {
        self.check_still_connected()?;
        let plan = self.plan(len)?;
        if !self.has_space(&plan)? {
            self.wait_for_space(&plan, timeout)?;
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
            return Err(self.reader_dead(None));
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

    fn has_space(&mut self, plan: &WritePlan) -> Result<bool> {
        if self.known_free >= plan.required() {
            return Ok(true);
        }
        let free = self.control.free_bytes();
        if free > self.capacity() {
            return Err(self.corrupt_free(free));
        }
        self.known_free = free;
        Ok(free >= plan.required())
    }

    fn wait_for_space(&mut self, plan: &WritePlan, timeout: Duration) -> Result<()> {
        let control = &self.control;
        let changed = || control.free_bytes() >= plan.required() || control.reader_pid() == 0;
        if !timeout.is_zero() && self.spin.glance(changed) && self.has_space(plan)? {
            return Ok(());
        }
        let deadline = Deadline::after(timeout);
        let control = &self.control;
        let changed = || control.free_bytes() >= plan.required() || control.reader_pid() == 0;
        self.spin.spin(deadline.remaining(), changed);
        let mut check_at = deadline.next_slice(SLICE);
        let mut slept = false;
        while !self.has_space(plan)? {
            if monotonic_now() >= check_at {
                self.check_reader_alive()?;
                check_at = deadline.next_slice(SLICE);
            }
            if deadline.passed() {
                return Err(self.full(plan, deadline));
            }
            // A unit may be old, or stand for less than is needed: it only asks for another look.
            if !self.space_freed.try_wait().map_err(|e| self.semaphore_failed(e))? {
                slept = true;
                self.stats.sleeps += 1;
                self.space_freed.wait_until(check_at).map_err(|e| self.semaphore_failed(e))?;
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

    fn check_reader_alive(&mut self) -> Result<()> {
        match self.control.reader_pid() {
            0 => Err(self.reader_dead(None)),
            pid if self.reader.observe(pid) => Ok(()),
            pid => Err(self.reader_dead(Some(pid))),
        }
    }

    /// Takes releases away that nobody waited for.
    #[cold]
    fn drain_releases(&self) {
        let excess = self.space_freed.value().saturating_sub(RELEASES_CAP);
        let per_call = 2 * DRAIN_INTERVAL as u32;
        for _ in 0..excess.min(per_call) {
            if !self.space_freed.try_wait().unwrap_or(false) {
                return;
            }
        }
    }

    fn capacity(&self) -> u64 {
        self.mapping.layout().payload_size()
    }

    fn reader_dead(&self, pid: Option<u64>) -> Error {
        Error::ReaderDead { name: self.name.to_string(), pid }
    }

    #[cold]
    fn full(&self, plan: &WritePlan, deadline: Deadline) -> Error {
        Error::BufferFull {
            name: self.name.to_string(),
            needed: plan.required(),
            free: self.control.free_bytes(),
            waited: deadline.elapsed(),
        }
    }

    #[cold]
    fn corrupt_free(&self, free: u64) -> Error {
        self.corrupt("payload_free_bytes", free, format!("at most {}", self.capacity()))
    }

    #[cold]
    fn corrupt(&self, field: &'static str, value: u64, expected: String) -> Error {
        Error::Corrupt { name: self.name.to_string(), field, value, expected }
    }

    fn semaphore_failed(&self, error: std::io::Error) -> Error {
        Error::os("wait for space", self.name.as_str(), error)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.claim.withdraw();
    }
}
