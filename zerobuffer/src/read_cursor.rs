//! Position of the reader in the ring: finding the announced frame, moving past it, returning its
//! space back.
//!
//! The arithmetic is in `ring_math`, waiting for a post in `frame_wait`. Position, count and
//! sequence number are kept here; they are stored in shared memory but never trusted from there.

use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

use crate::config::{BufferConfig, WriterHandover};
use crate::control_block::ControlBlock;
use crate::error::{Error, Result};
use crate::mapping::Mapping;
use crate::name::BufferName;
use crate::ring_math::{self, FRAME_HEADER_BYTES, FrameHeader, Misread, ReadPlan};
use crate::semaphore::Semaphore;
use crate::state::ControlState;

/// More unused releases than this are not announced: no writer needs them, and the count must not
/// reach its maximum, where other implementations abort.
const RELEASES_CAP: u32 = 1 << 20;

/// Number a writer gives its first frame.
const FIRST_SEQUENCE: u64 = 1;

/// A batch is published early when its releases reach this part of the ring.
const UNPUBLISHED_PART: u64 = 8;

/// Position of a reader, with the frame it holds.
#[derive(Debug)]
pub(crate) struct ReadCursor {
    name: BufferName,
    control: Arc<ControlBlock>,
    space_freed: Semaphore,
    capacity: u64,
    /// True while more frames of a batch follow, so that its counters are published with the last one.
    in_batch: bool,
    /// False if more than half of the ring was in use at the last publication, so that the writer may
    /// be short of space.
    has_plenty: bool,
    /// True if a frame with a higher number than the next one is accepted.
    accepts_gaps: bool,
    position: u64,
    count: u64,
    next_sequence: u64,
    on_writer_handover: WriterHandover,
    resyncs: u64,
    /// Position last stored in shared memory.
    published: u64,
    /// Bytes released here and not yet in shared memory.
    owed: u64,
    /// The frame delivered last, until its space is returned.
    held: Option<ReadPlan>,
    /// Number of free bytes found, if it exceeded the ring.
    overrun: Option<u64>,
}

impl ReadCursor {
    pub(crate) fn new(
        name: BufferName,
        control: Arc<ControlBlock>,
        space_freed: Semaphore,
        capacity: u64,
        config: &BufferConfig,
    ) -> Self {
        Self {
            name,
            control,
            space_freed,
            capacity,
            in_batch: false,
            has_plenty: true,
            accepts_gaps: config.accepts_gaps(),
            position: 0,
            count: 0,
            next_sequence: 1,
            on_writer_handover: config.writer_handover(),
            resyncs: 0,
            published: 0,
            owed: 0,
            held: None,
            overrun: None,
        }
    }

    /// Finds the announced frame in the common case; [`find`](Self::find) and
    /// [`check_space`](Self::check_space) report errors. With `more` of its batch to follow, the shared
    /// position is not looked at: its cache line stays with the writer.
    #[inline]
    pub(crate) fn find_fast(&self, mapping: &Mapping, more: bool) -> Option<ReadPlan> {
        let moved = !more && self.control.read_pos() != self.published;
        if moved || self.overrun.is_some() {
            return None;
        }
        let header = |at| mapping.header(at);
        ring_math::plan_read(self.capacity, self.position, self.next_sequence, header).ok()
    }

    /// Finds the announced frame; `None` if the post came without one.
    ///
    /// # Errors
    /// The bytes are not the next frame. Nothing is changed.
    pub(crate) fn find(&mut self, mapping: &Mapping) -> Result<Option<ReadPlan>> {
        let shared = self.control.read_pos();
        if shared != self.published {
            return Err(self.corrupt("payload_read_pos", shared, self.published.to_string()));
        }
        if self.plan(mapping).is_err() && self.nothing_pending() {
            return Ok(None);
        }
        // Again: with the write position moved, the header before it is complete.
        let misread = match self.plan(mapping) {
            Ok(plan) => {
                if plan.sequence != self.next_sequence && plan.sequence == FIRST_SEQUENCE {
                    self.next_sequence = FIRST_SEQUENCE;
                    self.resyncs += 1;
                }
                return Ok(Some(plan));
            }
            Err(misread) => misread,
        };
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

    /// Plans the next frame: that of the next number or, if something is pending, one that the
    /// configuration accepts instead.
    fn plan(&self, mapping: &Mapping) -> std::result::Result<ReadPlan, Misread> {
        let plan = |expected| {
            ring_math::plan_read(self.capacity, self.position, expected, |at| mapping.header(at))
        };
        match plan(self.next_sequence) {
            Err(Misread::Sequence(got)) if self.accepts(got) && !self.nothing_pending() => {
                plan(got).map_err(|_| Misread::Sequence(got))
            }
            planned => planned,
        }
    }

    /// Returns whether a frame of another number than the next one is accepted.
    fn accepts(&self, sequence: u64) -> bool {
        let resync = self.on_writer_handover == WriterHandover::Resync;
        (resync && sequence == FIRST_SEQUENCE)
            || (self.accepts_gaps && sequence > self.next_sequence)
    }

    /// Returns the position of a frame that is complete, if there is one. Without a post its writer
    /// is between storing and posting it, or was killed there.
    pub(crate) fn unposted(&self, mapping: &Mapping) -> Option<u64> {
        let complete = !self.nothing_pending()
            && self.plan(mapping).is_ok_and(|plan| self.is_last(&plan) && self.is_taken(&plan));
        complete.then_some(self.position)
    }

    /// Returns whether the write position is that behind the frame: a single post is missing.
    fn is_last(&self, plan: &ReadPlan) -> bool {
        ring_math::distance(self.capacity, plan.next, self.control.write_pos()) == 0
    }

    /// Returns whether the writer has taken the bytes of the frame: returning them earlier would make
    /// more bytes free than the ring has.
    fn is_taken(&self, plan: &ReadPlan) -> bool {
        let held = self.held.as_ref().map_or(0, ReadPlan::total);
        let used = plan.waste + plan.total() + held + self.owed;
        self.control.free_bytes().saturating_add(used) <= self.capacity
    }

    /// Finds the frame of a writer that ended without posting it.
    ///
    /// # Errors
    /// The write position is beyond what can be read.
    pub(crate) fn find_last(&mut self, mapping: &Mapping) -> Result<Option<ReadPlan>> {
        match self.find(mapping)? {
            Some(plan) if !self.nothing_pending() && !self.is_last(&plan) => Err(self.corrupt(
                "payload_write_pos",
                self.control.write_pos(),
                plan.next.to_string(),
            )),
            found => Ok(found.filter(|_| !self.nothing_pending())),
        }
    }

    /// Returns whether the writer has moved to the start of the ring without a frame, as the C++
    /// library does before it commits one.
    pub(crate) fn is_abandoned_wrap(&self, mapping: &Mapping) -> bool {
        let room = self.capacity.saturating_sub(self.position);
        let at_end =
            room < FRAME_HEADER_BYTES || mapping.header(self.position) == FrameHeader::WRAP_MARKER;
        self.control.write_pos().is_multiple_of(self.capacity.max(1))
            && at_end
            && self.plan(mapping).is_err()
    }

    /// Takes the bytes of frames that a killed writer has stored without taking them. No writer may
    /// be connected.
    pub(crate) fn settle_free(&self) {
        let held = self.held.as_ref().map_or(0, ReadPlan::total);
        let used = match ring_math::distance(self.capacity, self.position, self.control.write_pos())
        {
            0 => self.capacity,
            used => used,
        };
        let most = self.capacity.saturating_sub(used + held);
        let excess = self.control.free_bytes().saturating_sub(most);
        if excess > 0 {
            self.control.take_free(excess);
        }
    }

    /// Returns the position of the next frame, unless that wraps.
    #[inline]
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Returns whether no writer can be short of space for the next frames, as far as this reader knows.
    #[inline]
    pub(crate) fn has_plenty(&self) -> bool {
        self.has_plenty
    }

    /// Moves past a frame, holds it and returns its sequence number. With `more` of its batch to
    /// follow, nothing is published.
    #[inline]
    pub(crate) fn accept(&mut self, plan: &ReadPlan, more: bool) -> u64 {
        self.in_batch = more;
        self.position = plan.next;
        self.count = self.count.wrapping_add(plan.count());
        self.owed += plan.waste;
        if !self.in_batch {
            self.publish_position();
            if plan.waste > 0 {
                self.publish_owed();
            }
        }
        self.held = Some(*plan);
        self.next_sequence = plan.sequence.wrapping_add(1);
        plan.sequence
    }

    /// Returns the frame delivered last, if its space is not returned yet.
    #[inline]
    pub(crate) fn held(&self) -> Option<&ReadPlan> {
        self.held.as_ref()
    }

    /// Returns how often the reader resynchronized with another writer.
    pub(crate) fn resyncs(&self) -> u64 {
        self.resyncs
    }

    /// Number of the next frame.
    pub(crate) fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Returns the space of the held frame to the writer.
    #[inline]
    pub(crate) fn give_back(&mut self) {
        let Some(plan) = self.held.take() else { return };
        self.owed += plan.total();
        if !self.in_batch {
            self.publish_owed();
            self.announce_release(RELEASES_CAP);
        } else if self.owed >= self.capacity / UNPUBLISHED_PART || self.space_freed.has_sleepers() {
            self.publish();
        }
    }

    /// Publishes everything not yet in shared memory.
    pub(crate) fn publish(&mut self) {
        if self.published == self.position && self.owed == 0 {
            return;
        }
        self.publish_position();
        if self.owed > 0 {
            self.publish_owed();
            // A writer checks all free bytes for each unit, so one is enough.
            self.announce_release(1);
        }
    }

    #[inline]
    fn publish_position(&mut self) {
        // What another process has put there stays, so that `find` reports it.
        if self.control.read_pos() == self.published {
            // Before the free bytes: a writer reads both.
            self.control.store_read(self.position, self.count);
            self.published = self.position;
        }
    }

    #[inline]
    fn publish_owed(&mut self) {
        let bytes = std::mem::take(&mut self.owed);
        let before = self.control.give_free(bytes);
        self.has_plenty = before.saturating_add(bytes) > self.capacity / 2;
        if before.checked_add(bytes).is_none_or(|after| after > self.capacity) {
            self.overrun = Some(before.saturating_add(bytes));
        }
    }

    /// Posts a release, unless `cap` posts are unused already.
    #[inline]
    fn announce_release(&self, cap: u32) {
        if self.space_freed.value() >= cap {
            // SeqCst: between returning bytes and the second check; pairs with the fence of a
            // writer that takes units and then checks the bytes. One of the two sees the other.
            fence(Ordering::SeqCst);
            if self.space_freed.value() >= cap {
                return;
            }
        }
        // A count at its maximum needs no further post. Other failures cannot happen to an
        // open semaphore; the writer checks again before long anyway.
        let _ = self.space_freed.post();
    }

    /// Adds to `state` what is not yet in shared memory.
    pub(crate) fn complete(&self, state: &mut ControlState) {
        if self.published != self.position {
            state.payload_read_pos = self.position;
            state.payload_read_count = self.count;
        }
        state.payload_free_bytes = state.payload_free_bytes.wrapping_add(self.owed);
    }

    /// Fails permanently once more bytes were free than the ring has.
    pub(crate) fn check_space(&self) -> Result<()> {
        match self.overrun {
            Some(free) => {
                let expected = format!("at most {}", self.capacity);
                Err(self.corrupt("payload_free_bytes", free, expected))
            }
            None => Ok(()),
        }
    }

    /// Returns the releases posted and not used at this moment.
    pub(crate) fn releases_pending(&self) -> u32 {
        self.space_freed.value()
    }

    /// Returns whether, by the write position, all frames were read. A full ring looks
    /// the same but for the free bytes.
    fn nothing_pending(&self) -> bool {
        let written = self.control.write_pos();
        let same = written == self.position || written.abs_diff(self.position) == self.capacity;
        same && self.control.free_bytes().saturating_add(self.owed) != 0
    }

    #[cold]
    fn corrupt(&self, field: &'static str, value: u64, expected: String) -> Error {
        Error::Corrupt { name: self.name.to_string(), field, value, expected }
    }
}
