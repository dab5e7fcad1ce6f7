//! Position of the writer in the ring: placing frames and moving past them.
//!
//! The arithmetic is in `ring_math`; waiting for space is in `space_wait`. Position, count and
//! sequence number are kept here; they are stored in shared memory but never trusted from there.

use std::sync::Arc;

use crate::control_block::ControlBlock;
use crate::error::{Error, Result};
use crate::mapping::Mapping;
use crate::name::BufferName;
use crate::ring_math::{self, FRAME_HEADER_BYTES, FrameHeader, Refusal, WritePlan};

/// Position of a writer.
#[derive(Debug)]
pub(crate) struct WriteCursor {
    name: BufferName,
    control: Arc<ControlBlock>,
    capacity: u64,
    position: u64,
    count: u64,
    next_sequence: u64,
}

impl WriteCursor {
    /// Creates a cursor that continues at `position` with `count` frames and markers written.
    pub(crate) fn new(
        name: BufferName,
        control: Arc<ControlBlock>,
        capacity: u64,
        position: u64,
        count: u64,
        next_sequence: u64,
    ) -> Self {
        Self { name, control, capacity, position, count, next_sequence }
    }

    /// Returns the position of the next frame, unless that wraps.
    #[inline]
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    #[inline]
    pub(crate) fn capacity(&self) -> u64 {
        self.capacity
    }

    pub(crate) fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Sets the sequence number of the next frame.
    pub(crate) fn set_next_sequence(&mut self, sequence: u64) {
        self.next_sequence = sequence;
    }

    /// Returns whether shared memory holds the position that this cursor stored last.
    #[inline]
    pub(crate) fn is_unmoved(&self) -> bool {
        self.control.write_pos() == self.position
    }

    /// Fails if another process has moved the write position.
    pub(crate) fn check_unmoved(&self) -> Result<()> {
        let shared = self.control.write_pos();
        if shared == self.position {
            return Ok(());
        }
        Err(Error::Corrupt {
            name: self.name.to_string(),
            field: "payload_write_pos",
            value: shared,
            expected: self.position.to_string(),
        })
    }

    /// Places a frame of `len` bytes; `None` if it cannot be placed, which [`plan`](Self::plan)
    /// explains.
    #[inline]
    pub(crate) fn plan_fast(&self, len: u64) -> Option<WritePlan> {
        ring_math::plan_write(self.capacity, self.position, len).ok()
    }

    /// Places a frame of `len` bytes.
    ///
    /// # Errors
    /// Errors that no waiting helps against.
    pub(crate) fn plan(&self, len: u64) -> Result<WritePlan> {
        let name = || self.name.to_string();
        ring_math::plan_write(self.capacity, self.position, len).map_err(|refusal| match refusal {
            Refusal::Empty => Error::EmptyFrame { name: name() },
            Refusal::TooLarge => Error::FrameTooLarge {
                name: name(),
                len,
                max: ring_math::max_frame_len(self.capacity),
            },
            Refusal::NeverFits => Error::FrameNeverFits {
                name: name(),
                len,
                position: self.position,
                capacity: self.capacity,
                guaranteed: ring_math::guaranteed_frame_len(self.capacity),
            },
        })
    }

    /// Writes the headers of a frame whose data is in place, moves past it and returns its sequence
    /// number. Free bytes and post are up to the caller.
    #[inline]
    pub(crate) fn publish(&mut self, mapping: &mut Mapping, plan: &WritePlan) -> u64 {
        let (size, sequence) = (plan.total - FRAME_HEADER_BYTES, self.next_sequence);
        // The frame before the marker that leads to it.
        mapping.write_header(plan.at, FrameHeader { size, sequence });
        if let Some(marker) = plan.marker {
            mapping.write_header(marker, FrameHeader::WRAP_MARKER);
        }
        self.position = plan.next;
        self.count = self.count.wrapping_add(plan.count());
        self.next_sequence = self.next_sequence.wrapping_add(1);
        self.control.store_written(self.position, self.count);
        sequence
    }
}
