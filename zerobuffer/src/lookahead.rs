//! Which cache lines to ask for ahead of a reader or writer.
//!
//! Left to itself, a processor waits for one contended line after another: of the semaphore, of each
//! header, of the counters. Asked for together they take hardly longer than one.

use crate::control_block::ControlBlock;
use crate::mapping::Mapping;
use crate::ring_math::FRAME_HEADER_BYTES;

/// Frames of more bytes are fetched by the processor itself while they are read or written.
const SHORT_FRAME: u64 = 512;

/// How far ahead short frames are asked for.
const AHEAD: u64 = 1024;

/// Bytes of the next frame that a reader asks for in any case: its header and some data.
const NEXT_FRAME: u64 = 128;

/// A reader's guess which bytes of the ring hold announced frames: as many as the last one had.
/// The lines of a frame that is still being written must stay with its writer.
#[derive(Debug, Default)]
pub(crate) struct ReadAhead {
    last_total: u64,
}

impl ReadAhead {
    /// Asks for what taking the next of `ready` frames needs, the first of them at `position`.
    #[inline]
    pub(crate) fn begin(&self, control: &ControlBlock, ring: &Mapping, position: u64, ready: u32) {
        let announced = u64::from(ready).saturating_mul(self.last_total).max(NEXT_FRAME);
        let len = if self.are_short(ready, 0) { announced.min(AHEAD) } else { NEXT_FRAME };
        ring.prefetch_for_read(position, len);
        // Published at once, unless more frames follow.
        if ready == 1 {
            control.prefetch();
        }
    }

    /// Asks for the lines of a later one of `left` announced frames, and for those of the counters before
    /// the last.
    #[inline]
    pub(crate) fn proceed(&self, control: &ControlBlock, ring: &Mapping, position: u64, left: u32) {
        if left == 1 {
            control.prefetch();
        }
        if self.are_short(left, AHEAD) {
            ring.prefetch_for_read(position + AHEAD, self.last_total);
        }
    }

    /// Records that a frame took `total` bytes.
    #[inline]
    pub(crate) fn record(&mut self, total: u64) {
        self.last_total = total;
    }

    /// Returns whether `count` frames like the last one are short, and reach further than `ahead`.
    #[inline]
    fn are_short(&self, count: u32, ahead: u64) -> bool {
        self.last_total <= SHORT_FRAME
            && u64::from(count) * self.last_total >= ahead + self.last_total
    }
}

/// Asks for the lines that a frame of `len` bytes at `position` changes, and for those of later
/// frames as far as the ring is known to be free.
#[inline]
pub(crate) fn write_ahead(
    control: &ControlBlock,
    ring: &Mapping,
    position: u64,
    len: u64,
    knows_free: impl FnOnce(u64) -> bool,
) {
    let total = len.saturating_add(FRAME_HEADER_BYTES);
    control.prefetch();
    ring.prefetch_for_write(position, total.min(SHORT_FRAME));
    if total <= SHORT_FRAME && knows_free(2 * AHEAD) {
        ring.prefetch_for_write(position + AHEAD, total);
    }
}
