//! The bytes that a reader has still to read, by its position instead of the number of free bytes.
//!
//! Both processes change the free bytes, so a fault in either makes too many of them free. The reader's
//! position is a second witness: it shows the same, unless that is wrong as well. Pure arithmetic.

use crate::ring_math::FRAME_HEADER_BYTES;

/// Bytes between reader and writer, as the writer knows them.
#[derive(Debug)]
pub(crate) struct Unread {
    capacity: u64,
    /// The reader's position when it was last seen, below the capacity.
    read_pos: u64,
    /// Bytes from there to the writer's position; all of the ring if it is full.
    bytes: u64,
    /// Frames and markers read before the frame that filled the ring.
    count_before_full: u64,
}

impl Unread {
    /// A writer at `bytes` behind `read_pos`, after `read_count` frames and markers were read.
    pub(crate) fn new(capacity: u64, read_pos: u64, bytes: u64, read_count: u64) -> Self {
        let read_pos = if read_pos == capacity { 0 } else { read_pos };
        Self { capacity, read_pos, bytes, count_before_full: read_count }
    }

    /// Returns the bytes that may be written without changing what is unread.
    #[inline]
    pub(crate) fn room(&self) -> u64 {
        self.capacity - self.bytes
    }

    /// Adds a frame that fits the [room](Self::room), with its waste, before it is announced.
    #[inline]
    pub(crate) fn add(&mut self, bytes: u64, read_count: impl FnOnce() -> u64) {
        self.bytes += bytes;
        if self.bytes == self.capacity {
            self.count_before_full = read_count();
        }
    }

    /// Follows the reader to `read_pos`. A position that it cannot have reached is ignored.
    ///
    /// The position of a full ring and that of an empty one are the same; then the count decides.
    #[inline]
    pub(crate) fn follow(&mut self, read_pos: u64, read_count: impl FnOnce() -> u64) {
        let read_pos = match read_pos {
            beyond if beyond > self.capacity => return,
            end if end == self.capacity => 0,
            read_pos => read_pos,
        };
        let passed = match read_pos.checked_sub(self.read_pos) {
            Some(passed) => passed,
            None => read_pos + self.capacity - self.read_pos,
        };
        if passed == 0 && self.bytes == self.capacity {
            self.bytes = if self.has_read_all(read_count()) { 0 } else { self.bytes };
        } else if passed <= self.bytes {
            self.bytes -= passed;
            self.read_pos = read_pos;
        }
    }

    /// Returns whether the count has grown since the ring became full, by no more frames and markers
    /// than fit.
    fn has_read_all(&self, read_count: u64) -> bool {
        let read = read_count.wrapping_sub(self.count_before_full);
        (1..=self.capacity / FRAME_HEADER_BYTES).contains(&read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPACITY: u64 = 1024;

    fn no_count() -> u64 {
        unreachable!("the position is enough")
    }

    fn at(read_pos: u64, bytes: u64) -> Unread {
        Unread::new(CAPACITY, read_pos, bytes, 0)
    }

    #[test]
    fn room_follows_writer_and_reader_around_the_ring() {
        let mut unread = at(0, 0);
        unread.add(700, no_count);
        unread.follow(300, no_count);
        assert_eq!(unread.room(), CAPACITY - 400);
        unread.add(324 + 200, no_count);
        assert_eq!(unread.room(), 100);
        unread.follow(100, no_count);
        assert_eq!(unread.room(), CAPACITY - 100);
        unread.follow(200, no_count);
        assert_eq!(unread.room(), CAPACITY);
    }

    #[test]
    fn end_of_the_ring_is_its_start() {
        let mut unread = at(CAPACITY, 0);
        unread.add(CAPACITY - 100, no_count);
        unread.follow(CAPACITY, no_count);
        assert_eq!(unread.room(), 100, "nothing was read");
        unread.add(50, no_count);
        unread.follow(CAPACITY - 100, no_count);
        assert_eq!(unread.room(), CAPACITY - 50);
        unread.add(50, no_count);
        unread.follow(CAPACITY, no_count);
        assert_eq!(unread.room(), CAPACITY);
    }

    #[test]
    fn positions_beyond_the_writer_are_ignored() {
        for impossible in [401, 1023, 1025, u64::MAX, u64::MAX - 1023] {
            let mut unread = at(100, 300);
            unread.follow(impossible, no_count);
            assert_eq!(unread.room(), CAPACITY - 300, "{impossible}");
        }
        for impossible in [177, 899, 1025, 1200] {
            let mut unread = at(900, 300);
            unread.follow(impossible, no_count);
            assert_eq!(unread.room(), CAPACITY - 300, "{impossible}");
        }
    }

    #[test]
    fn count_distinguishes_a_full_ring_from_an_empty_one() {
        for (count, room) in [(7, 0), (8, CAPACITY), (7 + 64, CAPACITY), (7 + 65, 0), (6, 0)] {
            let mut unread = at(24, 1000);
            unread.add(24, || 7);
            unread.follow(24, || count);
            assert_eq!(unread.room(), room, "{count}");
        }
        let mut unread = at(24, 1000);
        unread.add(24, || 7);
        unread.follow(25, no_count);
        assert_eq!(unread.room(), 1, "a position elsewhere is enough");
    }

    #[test]
    fn ring_of_no_bytes_has_no_room() {
        let mut unread = Unread::new(0, 0, 0, 0);
        unread.follow(0, || 0);
        assert_eq!(unread.room(), 0);
    }
}
