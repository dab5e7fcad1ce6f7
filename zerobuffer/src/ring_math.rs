//! The arithmetic of the ring: placing the next frame and finding it.
//!
//! Pure functions over numbers. No shared memory, no atomics, no waiting, so that the rules can be
//! checked against a model. A frame takes `T = 16 + len` bytes and never straddles the end of the
//! ring; the unused rest is *waste*, announced by a wrap marker (sixteen zero bytes).

/// Bytes of the header in front of every frame; also the size of a wrap marker.
pub(crate) const FRAME_HEADER_BYTES: u64 = 16;

/// The sixteen bytes in front of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    /// Bytes of data behind the header.
    pub(crate) size: u64,
    /// Number of the frame, counted from 1.
    pub(crate) sequence: u64,
}

impl FrameHeader {
    /// The header that announces an unused rest of the ring.
    pub(crate) const WRAP_MARKER: Self = Self { size: 0, sequence: 0 };

    /// The header of a frame that could not be posted.
    pub(crate) const REVOKED: Self = Self { size: 0, sequence: u64::MAX };
}

/// Longest frame in bytes that an empty ring with its position at 0 can take.
#[inline]
pub(crate) fn max_frame_len(capacity: u64) -> u64 {
    capacity.saturating_sub(FRAME_HEADER_BYTES)
}

/// Longest frame in bytes that an empty ring can take wherever its position is.
pub(crate) fn guaranteed_frame_len(capacity: u64) -> u64 {
    (capacity / 2).saturating_sub(2 * FRAME_HEADER_BYTES)
}

/// Placement of one frame, decided before anything is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WritePlan {
    /// Position of the header.
    pub(crate) at: u64,
    /// Header and data in bytes.
    pub(crate) total: u64,
    /// Bytes wasted at the end of the ring.
    pub(crate) waste: u64,
    /// Position of the marker that announces the waste.
    pub(crate) marker: Option<u64>,
    /// Write position afterwards, always below the capacity.
    pub(crate) next: u64,
}

impl WritePlan {
    /// Position of the data, behind the header.
    #[inline]
    pub(crate) fn data_at(&self) -> u64 {
        self.at + FRAME_HEADER_BYTES
    }

    /// Bytes of data.
    #[inline]
    pub(crate) fn data_len(&self) -> u64 {
        self.total - FRAME_HEADER_BYTES
    }

    /// Bytes that must be free before the frame may be placed, all of them taken at commit.
    #[inline]
    pub(crate) fn required(&self) -> u64 {
        self.waste + self.total
    }

    /// Increase of the written count: one for the frame, one for a marker.
    #[inline]
    pub(crate) fn count(&self) -> u64 {
        1 + u64::from(self.marker.is_some())
    }
}

/// Reason why a frame cannot be placed. Waiting does not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Length 0 on the wire is a wrap marker.
    Empty,
    /// Longer than the whole ring.
    TooLarge,
    /// Fits the ring, but not from this position even when everything is free.
    NeverFits,
}

/// Places a frame of `len` bytes at position `pos` of a ring of `capacity` bytes.
///
/// A frame that would leave 1 to 15 bytes at the end goes to the start instead: no header fits
/// there, so no marker could announce the waste and readers that look for one would misread.
#[inline]
pub(crate) fn plan_write(capacity: u64, pos: u64, len: u64) -> Result<WritePlan, Refusal> {
    if len == 0 {
        return Err(Refusal::Empty);
    }
    if len > max_frame_len(capacity) {
        return Err(Refusal::TooLarge);
    }
    let total = FRAME_HEADER_BYTES + len;
    let room = capacity.saturating_sub(pos);
    if leaves_usable_end(room, total) {
        return Ok(WritePlan {
            at: pos,
            total,
            waste: 0,
            marker: None,
            next: wrapped(capacity, pos + total),
        });
    }
    if room > capacity - total || !leaves_usable_end(capacity, total) {
        return Err(Refusal::NeverFits);
    }
    let marker = (room >= FRAME_HEADER_BYTES).then_some(pos);
    Ok(WritePlan { at: 0, total, waste: room, marker, next: wrapped(capacity, total) })
}

/// Bytes from position `from` forward to position `to`, 0 if they are the same.
pub(crate) fn distance(capacity: u64, from: u64, to: u64) -> u64 {
    if capacity == 0 {
        return 0;
    }
    (to % capacity + capacity - from % capacity) % capacity
}

/// Returns whether `total` bytes fit into `room` and leave nothing or at least room for a marker.
#[inline]
fn leaves_usable_end(room: u64, total: u64) -> bool {
    room.checked_sub(total).is_some_and(|rest| rest == 0 || rest >= FRAME_HEADER_BYTES)
}

#[inline]
fn wrapped(capacity: u64, pos: u64) -> u64 {
    if pos == capacity { 0 } else { pos }
}

/// A frame found in the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadPlan {
    /// Position of the data, behind the header.
    pub(crate) data_at: u64,
    /// Bytes of data.
    pub(crate) len: u64,
    /// Sequence number of the frame.
    pub(crate) sequence: u64,
    /// Bytes skipped at the end of the ring.
    pub(crate) waste: u64,
    /// True if a marker announced the waste.
    pub(crate) marker: bool,
    /// Read position afterwards. Stays at the capacity after a frame that ends there: a Python
    /// writer takes 0 for "nothing to wrap into" and fails.
    pub(crate) next: u64,
}

impl ReadPlan {
    /// Header and data in bytes, given back when the frame is released.
    #[inline]
    pub(crate) fn total(&self) -> u64 {
        FRAME_HEADER_BYTES + self.len
    }

    /// Increase of the read count: one for the frame, one for a marker.
    #[inline]
    pub(crate) fn count(&self) -> u64 {
        1 + u64::from(self.marker)
    }
}

/// Reason why the bytes at the read position are not the next frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misread {
    /// A header with another number than the next one.
    Sequence(u64),
    /// A header of the right number whose size is zero.
    ZeroSize,
    /// A header of the right number whose data would pass the end of the ring.
    Oversized {
        /// Size the header claims.
        size: u64,
        /// Bytes there are.
        room: u64,
    },
}

/// Finds frame number `expected` from position `pos`; `header` reads the header at a position.
///
/// `header` is called with positions that leave at least sixteen bytes. A marker counts only if
/// the expected frame is at the start of the ring: stray zero bytes are not a marker.
#[inline]
pub(crate) fn plan_read(
    capacity: u64,
    pos: u64,
    expected: u64,
    header: impl Fn(u64) -> FrameHeader,
) -> Result<ReadPlan, Misread> {
    let room = capacity.saturating_sub(pos);
    let here = (room >= FRAME_HEADER_BYTES).then(|| header(pos));
    let (at, waste, marker, found) = match here {
        Some(here) if here != FrameHeader::WRAP_MARKER => (pos, 0, false, here),
        _ if capacity < FRAME_HEADER_BYTES => {
            return Err(Misread::Oversized { size: FRAME_HEADER_BYTES, room: capacity });
        }
        here => (0, room, here.is_some(), header(0)),
    };
    let room = capacity.saturating_sub(at);
    let FrameHeader { size, sequence } = found;
    if sequence != expected {
        return Err(Misread::Sequence(sequence));
    }
    if size == 0 {
        return Err(Misread::ZeroSize);
    }
    let room = room - FRAME_HEADER_BYTES;
    if size > room {
        return Err(Misread::Oversized { size, room });
    }
    let data_at = at + FRAME_HEADER_BYTES;
    Ok(ReadPlan { data_at, len: size, sequence, waste, marker, next: data_at + size })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPACITY: u64 = 10240;

    fn total(len: u64) -> u64 {
        FRAME_HEADER_BYTES + len
    }

    #[test]
    fn a_frame_goes_to_the_write_position_while_it_fits() {
        let plan = plan_write(CAPACITY, 1040, 1024).unwrap();
        assert_eq!(plan, WritePlan { at: 1040, total: 1040, waste: 0, marker: None, next: 2080 });
    }

    #[test]
    fn frame_that_does_not_fit_wraps_with_a_marker() {
        let plan = plan_write(CAPACITY, 9360, 1024).unwrap();
        assert_eq!(
            plan,
            WritePlan { at: 0, total: 1040, waste: 880, marker: Some(9360), next: 1040 }
        );
        assert_eq!((plan.required(), plan.count()), (1920, 2));
    }

    #[test]
    fn an_exact_fill_stores_position_zero() {
        let plan = plan_write(CAPACITY, 9216, 1008).unwrap();
        assert_eq!((plan.at, plan.next, plan.marker), (9216, 0, None));
        assert_eq!(plan_write(CAPACITY, 0, CAPACITY - 16).unwrap().next, 0);
    }

    #[test]
    fn no_frame_leaves_one_to_fifteen_bytes_at_the_end() {
        for rest in 1..16 {
            let pos = 8192;
            let len = CAPACITY - pos - rest - FRAME_HEADER_BYTES;
            let plan = plan_write(CAPACITY, pos, len).unwrap();
            assert_eq!((plan.at, plan.marker), (0, Some(pos)), "rest {rest}");
            assert_eq!(plan.waste, CAPACITY - pos);
            assert_eq!(
                plan_write(CAPACITY, 0, CAPACITY - rest - FRAME_HEADER_BYTES),
                Err(Refusal::NeverFits),
                "rest {rest}"
            );
        }
        let sixteen = plan_write(CAPACITY, 8192, CAPACITY - 8192 - 32).unwrap();
        assert_eq!((sixteen.at, sixteen.next), (8192, CAPACITY - 16));
    }

    #[test]
    fn positions_left_by_other_writers_wrap_without_marker() {
        let at_end = plan_write(CAPACITY, CAPACITY, 100).unwrap();
        assert_eq!((at_end.at, at_end.waste, at_end.marker), (0, 0, None));
        let seven_left = plan_write(CAPACITY, CAPACITY - 7, 100).unwrap();
        assert_eq!((seven_left.at, seven_left.waste, seven_left.marker), (0, 7, None));
    }

    #[test]
    fn frames_that_cannot_be_placed_are_refused() {
        assert_eq!(plan_write(CAPACITY, 0, 0), Err(Refusal::Empty));
        assert_eq!(plan_write(CAPACITY, 0, CAPACITY - 15), Err(Refusal::TooLarge));
        assert_eq!(plan_write(CAPACITY, 0, u64::MAX), Err(Refusal::TooLarge));
        assert_eq!(plan_write(CAPACITY, 5016, 6000), Err(Refusal::NeverFits));
        assert_eq!(plan_write(0, 0, 1), Err(Refusal::TooLarge));
    }

    #[test]
    fn the_guaranteed_length_fits_from_every_position() {
        for capacity in [64, 128, 192, 4096] {
            let len = guaranteed_frame_len(capacity);
            if len == 0 {
                continue;
            }
            for pos in 0..=capacity {
                let plan = plan_write(capacity, pos, len);
                assert!(plan.is_ok_and(|p| p.required() <= capacity), "{capacity} at {pos}");
            }
        }
    }

    #[test]
    fn a_reader_follows_frame_marker_and_end() {
        let frame = |size, sequence| FrameHeader { size, sequence };
        let here = plan_read(CAPACITY, 1040, 2, |_| frame(1024, 2)).unwrap();
        assert_eq!((here.data_at, here.len, here.next, here.count()), (1056, 1024, 2080, 1));

        let headers = |at| if at == 0 { frame(1024, 10) } else { FrameHeader::WRAP_MARKER };
        let wrapped = plan_read(CAPACITY, 9360, 10, headers).unwrap();
        assert_eq!((wrapped.data_at, wrapped.waste, wrapped.count()), (16, 880, 2));

        let full = plan_read(CAPACITY, 0, 1, |_| frame(CAPACITY - 16, 1)).unwrap();
        assert_eq!(full.next, CAPACITY);
        let after_full = plan_read(CAPACITY, CAPACITY, 2, |_| frame(8, 2)).unwrap();
        assert_eq!((after_full.data_at, after_full.waste, after_full.marker), (16, 0, false));
    }

    #[test]
    fn reader_wraps_without_marker_if_no_header_fits() {
        for rest in 1..16 {
            let plan = plan_read(CAPACITY, CAPACITY - rest, 5, |at| {
                assert_eq!(at, 0, "nothing may be read past the end");
                FrameHeader { size: 100, sequence: 5 }
            })
            .unwrap();
            assert_eq!((plan.data_at, plan.waste, plan.count()), (16, rest, 1));
        }
    }

    #[test]
    fn bytes_that_are_not_the_next_frame_are_classified() {
        let read = |header: FrameHeader| plan_read(CAPACITY, 0, 3, |_| header);
        let header = |size, sequence| FrameHeader { size, sequence };
        assert_eq!(read(header(8, 4)), Err(Misread::Sequence(4)));
        assert_eq!(read(header(0, 0)), Err(Misread::Sequence(0)));
        assert_eq!(read(header(0, 3)), Err(Misread::ZeroSize));
        for size in [CAPACITY - 15, u64::MAX, u64::MAX - 15] {
            let room = CAPACITY - 16;
            assert_eq!(read(header(size, 3)), Err(Misread::Oversized { size, room }));
        }
        assert_eq!(
            plan_read(0, 0, 1, |_| unreachable!("an empty ring has no header")),
            Err(Misread::Oversized { size: 16, room: 0 })
        );
    }

    #[test]
    fn reader_finds_every_planned_frame() {
        // Every position that this crate's writer can reach, with every length in one small ring.
        let capacity = 256;
        for pos in (0..capacity).filter(|p| capacity - p >= FRAME_HEADER_BYTES) {
            for len in 1..=max_frame_len(capacity) {
                let Ok(write) = plan_write(capacity, pos, len) else { continue };
                assert!(write.next == 0 || capacity - write.next >= FRAME_HEADER_BYTES);
                let read = plan_read(capacity, pos, 1, |at| {
                    if Some(at) == write.marker {
                        FrameHeader::WRAP_MARKER
                    } else {
                        assert_eq!(at, write.at);
                        FrameHeader { size: len, sequence: 1 }
                    }
                })
                .unwrap();
                assert_eq!(read.total(), total(len));
                assert_eq!(
                    (read.data_at, read.waste, read.count(), wrapped(capacity, read.next)),
                    (write.at + FRAME_HEADER_BYTES, write.waste, write.count(), write.next)
                );
            }
        }
    }
}
