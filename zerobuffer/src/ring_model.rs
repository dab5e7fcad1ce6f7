//! The arithmetic of the ring against a model that knows no positions: a queue of frames.
//!
//! `ZEROBUFFER_MODEL_OPERATIONS` sets the number of operations, a million by default.

use std::collections::VecDeque;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::ring_math::{
    FRAME_HEADER_BYTES, FrameHeader, Refusal, guaranteed_frame_len, max_frame_len, plan_read,
    plan_write,
};

const OPERATIONS_PER_CASE: usize = 400;

/// One operation on the ring.
#[derive(Clone, Copy, Debug)]
enum Operation {
    /// Our writer places a frame of this length.
    Write(u64),
    /// A C++ writer does: it leaves rests without a marker, and the ring size as its position.
    WriteAsCpp(u64),
    /// The reader takes a frame and gives it back.
    Read,
    /// The reader takes everything there is.
    ReadAll,
}

impl Operation {
    /// Any number is an operation; generating and shrinking plain numbers is quick.
    fn of(number: u32, capacity: u64) -> Self {
        let choice = number % 20;
        let number = u64::from(number / 20);
        let len = match number % 9 {
            0..6 => 1 + number / 9 % (capacity / 4 + 1),
            6 | 7 => number / 9 % (capacity + 1),
            _ => (capacity + 1).saturating_sub(number / 9 % 42),
        };
        match choice {
            0..8 => Self::Write(len),
            8 | 9 => Self::WriteAsCpp(len),
            10 => Self::ReadAll,
            _ => Self::Read,
        }
    }
}

/// Content of shared memory, and the private positions of both sides.
struct Ring {
    bytes: Vec<u8>,
    free: u64,
    write_pos: u64,
    write_sequence: u64,
    read_pos: u64,
    read_sequence: u64,
    counts: [u64; 2],
    /// The model: length and first number of each frame not read yet.
    queue: VecDeque<u64>,
}

impl Ring {
    fn new(capacity: u64) -> Self {
        // Old content everywhere, so that unwritten bytes are not a marker.
        Self {
            bytes: vec![0xA5; capacity as usize],
            free: capacity,
            write_pos: 0,
            write_sequence: 1,
            read_pos: 0,
            read_sequence: 1,
            counts: [0; 2],
            queue: VecDeque::new(),
        }
    }

    fn capacity(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn put_header(&mut self, at: u64, header: FrameHeader) {
        let at = at as usize;
        self.bytes[at..at + 8].copy_from_slice(&header.size.to_le_bytes());
        self.bytes[at + 8..at + 16].copy_from_slice(&header.sequence.to_le_bytes());
    }

    fn header(&self, at: u64) -> FrameHeader {
        let word = |at: usize| u64::from_le_bytes(self.bytes[at..at + 8].try_into().unwrap());
        FrameHeader { size: word(at as usize), sequence: word(at as usize + 8) }
    }

    fn put_frame(&mut self, at: u64, len: u64) {
        let sequence = self.write_sequence;
        let data = at as usize + FRAME_HEADER_BYTES as usize;
        self.bytes[data..data + len as usize].fill(sequence as u8);
        self.put_header(at, FrameHeader { size: len, sequence });
        self.write_sequence += 1;
        self.queue.push_back(len);
    }

    fn write(&mut self, len: u64) {
        let capacity = self.capacity();
        let plan = match plan_write(capacity, self.write_pos, len) {
            Ok(plan) => plan,
            Err(Refusal::Empty) => return assert_eq!(len, 0),
            Err(Refusal::TooLarge) => return assert!(len > max_frame_len(capacity)),
            Err(Refusal::NeverFits) => {
                // Neither here nor at the start, not even in an empty ring.
                let total = FRAME_HEADER_BYTES + len;
                let room = capacity - self.write_pos;
                let usable = |rest: u64| rest == 0 || rest >= FRAME_HEADER_BYTES;
                let here = total <= room && usable(room - total);
                let at_start = total <= self.write_pos && usable(capacity - total);
                assert!(!here && !at_start && len > guaranteed_frame_len(capacity));
                return;
            }
        };
        assert!(plan.required() <= capacity, "what is accepted fits an empty ring");
        if plan.required() > self.free {
            return assert!(!self.queue.is_empty(), "an empty ring has space");
        }
        assert!(plan.next == 0 || capacity - plan.next >= FRAME_HEADER_BYTES);
        self.put_frame(plan.at, len);
        if let Some(marker) = plan.marker {
            self.put_header(marker, FrameHeader::WRAP_MARKER);
        }
        self.write_pos = plan.next;
        self.free -= plan.required();
        self.counts[0] += plan.count();
    }

    fn write_as_cpp(&mut self, len: u64) {
        let capacity = self.capacity();
        let (total, rest) = (FRAME_HEADER_BYTES + len, capacity - self.write_pos);
        let wraps = rest < total;
        let required = if wraps { rest + total } else { total };
        if len == 0 || total > capacity || required > self.free {
            return;
        }
        if wraps {
            if rest >= FRAME_HEADER_BYTES {
                self.put_header(self.write_pos, FrameHeader::WRAP_MARKER);
                self.counts[0] += 1;
            }
            self.write_pos = 0;
        }
        self.put_frame(self.write_pos, len);
        self.write_pos += total;
        self.free -= required;
        self.counts[0] += 1;
    }

    /// Reads one frame; `false` if there was none.
    fn read(&mut self) -> bool {
        let Some(len) = self.queue.pop_front() else { return false };
        let (capacity, expected) = (self.capacity(), self.read_sequence);
        let plan = plan_read(capacity, self.read_pos, expected, |at| self.header(at))
            .expect("the frame that the model has");
        assert_eq!(plan.len, len);
        let data = plan.data_at as usize..(plan.data_at + len) as usize;
        assert!(self.bytes[data].iter().all(|&byte| byte == expected as u8), "overwritten");
        self.read_pos = plan.next;
        self.read_sequence += 1;
        self.free += plan.waste + plan.total();
        self.counts[1] += plan.count();
        if self.queue.is_empty() {
            assert_eq!(self.free, capacity, "everything read is everything free");
            assert_eq!(self.counts[0], self.counts[1]);
            assert_eq!(self.read_pos % capacity, self.write_pos % capacity);
        }
        true
    }

    fn apply(&mut self, operation: Operation) {
        match operation {
            Operation::Write(len) => self.write(len),
            Operation::WriteAsCpp(len) => self.write_as_cpp(len),
            Operation::Read => drop(self.read()),
            Operation::ReadAll => while self.read() {},
        }
        assert!(self.free <= self.capacity());
        let queued: u64 = self.queue.iter().map(|len| FRAME_HEADER_BYTES + len).sum();
        assert!(queued <= self.capacity() - self.free, "no frame is in space called free");
    }
}

#[test]
fn the_ring_is_a_queue_of_frames() {
    let wanted = std::env::var("ZEROBUFFER_MODEL_OPERATIONS").ok();
    let operations_wished: usize = wanted.map_or(1_000_000, |text| text.parse().unwrap());
    let cases = operations_wished.div_ceil(OPERATIONS_PER_CASE) as u32;
    let config = Config { failure_persistence: None, ..Config::with_cases(cases) };
    // Stored sizes are multiples of 64 when we create a buffer; a peer's may be anything.
    let capacity = prop_oneof![4 => (1..24_u64).prop_map(|blocks| blocks * 64), 1 => 1..700_u64];
    let runs = (capacity, prop::collection::vec(any::<u32>(), OPERATIONS_PER_CASE));
    TestRunner::new(config)
        .run(&runs, |(capacity, numbers)| {
            let mut ring = Ring::new(capacity);
            for number in numbers {
                ring.apply(Operation::of(number, capacity));
            }
            Ok(())
        })
        .unwrap();
}
