//! Where the reader stands in the ring: finding the announced frame, moving past it, giving its
//! space back.
//!
//! The arithmetic is in `ring_math`; waiting for an announcement is in `arrivals`. Position, count
//! and number are kept here and only stored in shared memory, never believed from there.

use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

use crate::config::WriterChange;
use crate::control_block::ControlBlock;
use crate::error::{Error, Result};
use crate::mapping::Mapping;
use crate::name::BufferName;
use crate::ring_math::{self, Misread, ReadPlan};
use crate::semaphore::Semaphore;

/// More unused releases than this are not announced: no writer needs them, and the count must not
/// reach its maximum, where other implementations abort.
const RELEASES_CAP: u32 = 1 << 20;

/// Number a writer gives its first frame.
const FIRST_SEQUENCE: u64 = 1;

/// A lazy reader publishes when it owes this part of the ring.
const LAZY_PART: u64 = 4;

/// Position of a reader, with the frame it holds.
#[derive(Debug)]
pub(crate) struct ReadCursor {
    name: BufferName,
    control: Arc<ControlBlock>,
    space_freed: Semaphore,
    capacity: u64,
    /// Whether to publish now and then only.
    lazy: bool,
    position: u64,
    count: u64,
    next_sequence: u64,
    on_writer_change: WriterChange,
    resyncs: u64,
    /// Position that shared memory was given last.
    published: u64,
    /// Bytes given back here and not yet in shared memory.
    owed: u64,
    /// The frame delivered last, until its space is given back.
    held: Option<ReadPlan>,
    /// More bytes were free than the ring has: the amount.
    overrun: Option<u64>,
}

impl ReadCursor {
    pub(crate) fn new(
        name: BufferName,
        control: Arc<ControlBlock>,
        space_freed: Semaphore,
        capacity: u64,
        on_writer_change: WriterChange,
        lazy: bool,
    ) -> Self {
        Self {
            name,
            control,
            space_freed,
            capacity,
            lazy,
            position: 0,
            count: 0,
            next_sequence: 1,
            on_writer_change,
            resyncs: 0,
            published: 0,
            owed: 0,
            held: None,
            overrun: None,
        }
    }

    /// The announced frame, if all is as usual; what is not, [`find`](Self::find) and
    /// [`check_space`](Self::check_space) tell.
    #[inline]
    pub(crate) fn find_as_usual(&self, mapping: &Mapping) -> Option<ReadPlan> {
        let moved = self.published == self.position && self.control.read_pos() != self.position;
        if moved || self.overrun.is_some() {
            return None;
        }
        let header = |at| mapping.header(at);
        ring_math::plan_read(self.capacity, self.position, self.next_sequence, header).ok()
    }

    /// Looks for the announced frame; `None` if the announcement came without one.
    ///
    /// # Errors
    /// There is something, but not the next frame. Nothing is changed.
    pub(crate) fn find(&mut self, mapping: &Mapping) -> Result<Option<ReadPlan>> {
        // Not looked at between two publications: that would take the line from the writer.
        if self.published == self.position {
            let shared = self.control.read_pos();
            if shared != self.position {
                return Err(self.corrupt("payload_read_pos", shared, self.position.to_string()));
            }
        }
        let header = |at| mapping.header(at);
        let misread =
            match ring_math::plan_read(self.capacity, self.position, self.next_sequence, header) {
                Ok(plan) => return Ok(Some(plan)),
                Err(misread) => misread,
            };
        if self.nothing_pending() {
            return Ok(None);
        }
        if misread == Misread::Sequence(FIRST_SEQUENCE)
            && self.on_writer_change == WriterChange::Resync
            && let Ok(plan) =
                ring_math::plan_read(self.capacity, self.position, FIRST_SEQUENCE, header)
        {
            self.next_sequence = FIRST_SEQUENCE;
            self.resyncs += 1;
            return Ok(Some(plan));
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

    /// Moves past a frame found, which is held from now on, and gives its number.
    #[inline]
    pub(crate) fn accept(&mut self, plan: &ReadPlan) -> u64 {
        self.position = plan.next;
        self.count = self.count.wrapping_add(plan.count());
        self.owed += plan.waste;
        if !self.lazy {
            self.publish_position();
            if plan.waste > 0 {
                self.publish_owed();
            }
        }
        self.held = Some(*plan);
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        sequence
    }

    /// The frame delivered last, if its space is not given back yet.
    pub(crate) fn held(&self) -> Option<&ReadPlan> {
        self.held.as_ref()
    }

    /// How often the stream of another writer was taken up.
    pub(crate) fn resyncs(&self) -> u64 {
        self.resyncs
    }

    /// Number of the next frame.
    pub(crate) fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Gives the space of the held frame back to the writer.
    #[inline]
    pub(crate) fn give_back(&mut self) {
        let Some(plan) = self.held.take() else { return };
        self.owed += plan.total();
        if !self.lazy {
            self.publish_owed();
            self.announce_release(RELEASES_CAP);
        } else if self.owed >= self.capacity / LAZY_PART {
            self.publish();
        }
    }

    /// Tells the writer everything it has not been told yet.
    pub(crate) fn publish(&mut self) {
        if self.published == self.position && self.owed == 0 {
            return;
        }
        self.publish_position();
        if self.owed > 0 {
            self.publish_owed();
            // A writer looks at all the bytes for each unit, so one is enough.
            self.announce_release(1);
        }
    }

    #[inline]
    fn publish_position(&mut self) {
        // Before the free bytes: a Python writer reads both.
        self.control.store_read(self.position, self.count);
        self.published = self.position;
    }

    #[inline]
    fn publish_owed(&mut self) {
        let bytes = std::mem::take(&mut self.owed);
        let before = self.control.give_free(bytes);
        if before.checked_add(bytes).is_none_or(|after| after > self.capacity) {
            self.overrun = Some(before.saturating_add(bytes));
        }
    }

    /// Announces a release, unless so many announcements are unused already.
    #[inline]
    fn announce_release(&self, cap: u32) {
        if self.space_freed.value() >= cap {
            // SeqCst: between the bytes given and the second look, with the fence of a writer that
            // takes units and then looks at the bytes. One of the two sees the other.
            fence(Ordering::SeqCst);
            if self.space_freed.value() >= cap {
                return;
            }
        }
        // At its maximum the count says all there is to say. Other failures cannot happen to an
        // open semaphore; the writer looks again within 250 ms anyway.
        let _ = self.space_freed.post();
    }

    /// Fails for good once more bytes were free than the ring has.
    pub(crate) fn check_space(&self) -> Result<()> {
        match self.overrun {
            Some(free) => {
                let expected = format!("at most {}", self.capacity);
                Err(self.corrupt("payload_free_bytes", free, expected))
            }
            None => Ok(()),
        }
    }

    /// Releases announced and not used at this moment.
    pub(crate) fn releases_pending(&self) -> u32 {
        self.space_freed.value()
    }

    /// Whether by its position the writer has written nothing that is not read. A full ring looks
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
