//! The least that two processes can do with shared memory: slots, two indices on separate lines,
//! each end with a copy of the other's. No protocol, no sleeping, no notice of death. It copies as the
//! crate does.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};

use crate::copy;
use crate::driver::{ReceiveEnd, SendEnd};

const LINE: usize = 64;
/// Behind the two indices.
const SLOTS_AT: usize = 4 * LINE;

struct Slots {
    map: MmapRaw,
    slot: usize,
    count: u64,
}

impl Slots {
    fn size(len: usize, ring: usize) -> (usize, usize) {
        let slot = (len + 16).next_multiple_of(LINE);
        (slot, (ring / slot).max(2))
    }

    fn map(file: &File, len: usize, ring: usize) -> Self {
        let (slot, count) = Self::size(len, ring);
        let map = MmapOptions::new().len(SLOTS_AT + slot * count).populate().map_raw(file);
        Self { map: map.expect("a mapping"), slot, count: count as u64 }
    }

    fn index(&self, which: usize) -> &AtomicU64 {
        let at = self.map.as_ptr().wrapping_add(which * 2 * LINE);
        // SAFETY: inside the mapping, aligned to a line, and only ever used as an atomic.
        unsafe { &*at.cast::<AtomicU64>() }
    }

    fn slot(&mut self, number: u64, len: usize) -> &mut [u8] {
        assert!(len <= self.slot);
        let at = SLOTS_AT + (number % self.count) as usize * self.slot;
        let start = self.map.as_mut_ptr().wrapping_add(at);
        // SAFETY: inside the mapping; by the indices the other process stays away from this slot.
        unsafe { std::slice::from_raw_parts_mut(start, len) }
    }
}

pub(crate) struct BareSender {
    slots: Slots,
    head: u64,
    seen_tail: u64,
}

impl BareSender {
    /// Waits for the receiver to create the ring.
    pub(crate) fn open(path: &Path, len: usize, ring: usize) -> Self {
        let (slot, count) = Slots::size(len, ring);
        let file = loop {
            if let Ok(file) = File::options().read(true).write(true).open(path)
                && file.metadata().is_ok_and(|m| m.len() as usize == SLOTS_AT + slot * count)
            {
                break file;
            }
            std::thread::yield_now();
        };
        Self { slots: Slots::map(&file, len, ring), head: 0, seen_tail: 0 }
    }

    fn place(&mut self, len: usize) -> &mut [u8] {
        while self.head - self.seen_tail >= self.slots.count {
            // Acquire: pairs with Release in `receive`; the slot has been read.
            self.seen_tail = self.slots.index(1).load(Ordering::Acquire);
            std::hint::spin_loop();
        }
        self.slots.slot(self.head, len)
    }

    fn publish(&mut self) {
        self.head += 1;
        // Release: pairs with Acquire in `receive`; the slot has been written.
        self.slots.index(0).store(self.head, Ordering::Release);
    }
}

impl SendEnd for BareSender {
    fn send(&mut self, frame: &[u8]) {
        copy::copy(self.place(frame.len()), frame);
        self.publish();
    }

    fn send_loaned(&mut self, len: usize, stamp: u64) {
        self.place(len)[..8].copy_from_slice(&stamp.to_le_bytes());
        self.publish();
    }
}

pub(crate) struct BareReceiver {
    slots: Slots,
    len: usize,
    tail: u64,
    seen_head: u64,
}

impl BareReceiver {
    pub(crate) fn create(path: &Path, len: usize, ring: usize) -> Self {
        let options = File::options().read(true).write(true).create(true).truncate(true).open(path);
        let file = options.expect("a file in shared memory");
        let (slot, count) = Slots::size(len, ring);
        file.set_len((SLOTS_AT + slot * count) as u64).expect("its size");
        Self { slots: Slots::map(&file, len, ring), len, tail: 0, seen_head: 0 }
    }
}

impl ReceiveEnd for BareReceiver {
    fn receive<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> T {
        while self.seen_head == self.tail {
            // Acquire: pairs with Release in `publish`.
            self.seen_head = self.slots.index(0).load(Ordering::Acquire);
            std::hint::spin_loop();
        }
        let seen = look(self.slots.slot(self.tail, self.len));
        self.tail += 1;
        // Release: pairs with Acquire in `place`.
        self.slots.index(1).store(self.tail, Ordering::Release);
        seen
    }
}
