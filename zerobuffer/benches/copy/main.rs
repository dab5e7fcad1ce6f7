//! Ways to copy a frame into memory that another core reads.
//!
//! `cargo bench -p zerobuffer --bench copy -- [BYTES…]`
//!
//! One thread copies into one of four slots, another on the next CPU reads a word of every line. The
//! slots lie at each offset behind the source modulo 4 KiB. Each sample first writes every slot once, and
//! the order of the ways changes from round to round, since the caches are as the way before has left them. Printed are
//! lower quartiles, since other processes only add time, and the ratio of the crate's copy to the
//! best way, with the target that it has to meet. Only an idle machine gives a verdict.
#![expect(clippy::print_stdout, reason = "prints its results")]
#![expect(unsafe_code, reason = "lends slots to two threads and calls instructions for copies")]

#[path = "../../src/copy.rs"]
#[allow(unused_imports, reason = "its unit tests, when the benchmark is built as a test")]
mod copy;
#[path = "../ring/machine.rs"]
#[expect(dead_code, reason = "the benchmark of the ring uses all of it")]
mod machine;

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::hint::{black_box, spin_loop};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const SLOTS: usize = 4;
const PAGE: usize = 4096;
const LINE: usize = 64;
const OFFSETS: [usize; 6] = [0, 16, 48, 64, 1024, 4080];
const LENGTHS: [usize; 7] = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 6 << 20];

/// Copies in a sample at most.
const FRAMES: usize = 2000;
/// Bytes in a sample about.
const SAMPLE_BYTES: usize = 8 << 20;

type Copy = fn(&mut [u8], &[u8]);

const WAYS: &[(&str, Copy)] = &[
    ("this crate", |to, from| copy::copy(to, from)),
    ("C library", |to, from| to.copy_from_slice(from)),
    #[cfg(target_arch = "x86_64")]
    ("rep movsb", rep_movsb),
    #[cfg(target_arch = "x86_64")]
    ("streaming", streaming),
];

#[cfg(target_arch = "x86_64")]
fn rep_movsb(to: &mut [u8], from: &[u8]) {
    assert_eq!(to.len(), from.len());
    // SAFETY: both slices have the length that is copied; the direction flag is clear by the ABI.
    unsafe {
        std::arch::asm!(
            "rep movsb",
            inout("rdi") to.as_mut_ptr() => _,
            inout("rsi") from.as_ptr() => _,
            inout("rcx") from.len() => _,
            options(nostack, preserves_flags),
        );
    }
}

#[cfg(target_arch = "x86_64")]
fn streaming(to: &mut [u8], from: &[u8]) {
    use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_sfence, _mm_stream_si128};
    let head = to.as_ptr().align_offset(16).min(to.len());
    let (to_head, to) = to.split_at_mut(head);
    let (from_head, from) = from.split_at(head);
    to_head.copy_from_slice(from_head);
    let (to_blocks, to_rest) = to.as_chunks_mut::<16>();
    let (from_blocks, from_rest) = from.as_chunks::<16>();
    for (to, from) in to_blocks.iter_mut().zip(from_blocks) {
        // SAFETY: a block has sixteen bytes; SSE2 is part of x86-64.
        let block = unsafe { _mm_loadu_si128(from.as_ptr().cast::<__m128i>()) };
        // SAFETY: a block has sixteen bytes and is aligned to sixteen behind the head.
        unsafe { _mm_stream_si128(to.as_mut_ptr().cast::<__m128i>(), block) };
    }
    to_rest.copy_from_slice(from_rest);
    // SAFETY: SSE is part of x86-64.
    unsafe { _mm_sfence() };
}

/// Pages of memory.
struct Pages {
    start: *mut u8,
    layout: Layout,
}

// SAFETY: the pages are plain memory; both threads agree by the indices which slot each may use.
unsafe impl Sync for Pages {}

impl Pages {
    fn new(bytes: usize) -> Self {
        let layout = Layout::from_size_align(bytes, PAGE).expect("a size");
        // SAFETY: the size is not zero.
        let start = unsafe { alloc_zeroed(layout) };
        assert!(!start.is_null(), "memory");
        let pages = Self { start, layout };
        // SAFETY: nothing else uses the pages yet.
        unsafe { pages.slice(0, bytes) }.fill(1);
        pages
    }

    /// # Safety
    /// No other thread uses these bytes meanwhile.
    #[expect(clippy::mut_from_ref, reason = "two threads take turns")]
    unsafe fn slice(&self, at: usize, len: usize) -> &mut [u8] {
        assert!(at + len <= self.layout.size());
        // SAFETY: inside the allocation; exclusive by the contract of this function.
        unsafe { std::slice::from_raw_parts_mut(self.start.wrapping_add(at), len) }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout in `new`.
        unsafe { dealloc(self.start, self.layout) };
    }
}

/// Nanoseconds of a frame of `len` bytes from one core to another.
fn sample(copy: Copy, ring: &Pages, source: &[u8], len: usize, offset: usize) -> f64 {
    let slot = len.next_multiple_of(PAGE) + PAGE;
    let timed = (SAMPLE_BYTES / len).clamp(2 * SLOTS, FRAMES);
    let frames = SLOTS + timed;
    #[repr(align(128))]
    struct Index(AtomicU64);
    let (head, tail) = (Index(AtomicU64::new(0)), Index(AtomicU64::new(0)));
    // SAFETY: a slot is used by the writer until `head` passes it, and by the reader until `tail` does.
    let bytes = |frame: usize| unsafe { ring.slice(frame % SLOTS * slot + offset, len) };
    // The reader starts on the writer's CPU, so the writer must not spin before it has moved.
    let pinned = Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            machine::pin(1);
            pinned.wait();
            for frame in 0..frames {
                // Acquire: pairs with the Release of the writer.
                while head.0.load(Ordering::Acquire) <= frame as u64 {
                    spin_loop();
                }
                let words = bytes(frame).chunks(LINE).map(|line| u64::from(line[0]));
                black_box(words.sum::<u64>());
                // Release: pairs with the Acquire of the writer.
                tail.0.store(frame as u64 + 1, Ordering::Release);
            }
        });
        machine::pin(0);
        pinned.wait();
        let mut began = Instant::now();
        for frame in 0..frames {
            if frame == SLOTS {
                began = Instant::now();
            }
            // Acquire: pairs with the Release of the reader.
            while frame as u64 - tail.0.load(Ordering::Acquire) >= SLOTS as u64 {
                spin_loop();
            }
            copy(bytes(frame), source);
            // Release: pairs with the Acquire of the reader.
            head.0.store(frame as u64 + 1, Ordering::Release);
        }
        began.elapsed().as_nanos() as f64 / timed as f64
    })
}

fn main() {
    let arguments: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let test = std::env::args().all(|word| word != "--bench");
    let (lengths, rounds) = match (test, arguments.is_empty()) {
        (true, _) => (vec![4 << 10], 1),
        (false, true) => (LENGTHS.to_vec(), 21),
        (false, false) => (arguments, 21),
    };
    println!("{}, line transfer {:.0} ns", machine::processor(), machine::distance());
    let load = machine::Load::now();
    for len in lengths {
        let slot = len.next_multiple_of(PAGE) + PAGE;
        let (ring, source) = (Pages::new(SLOTS * slot), Pages::new(len));
        // SAFETY: only read from here on.
        let source: &[u8] = unsafe { source.slice(0, len) };
        println!("\n{len} bytes, ns per frame");
        for offset in OFFSETS {
            let mut times = vec![Vec::new(); WAYS.len()];
            for round in 0..rounds {
                let mut order: Vec<usize> =
                    (0..WAYS.len()).map(|at| (round / 2 + at) % WAYS.len()).collect();
                if round % 2 == 1 {
                    order.reverse();
                }
                for at in order {
                    times[at].push(sample(WAYS[at].1, &ring, source, len, offset));
                }
            }
            let quartiles: Vec<f64> = times
                .iter_mut()
                .map(|times| {
                    times.sort_by(f64::total_cmp);
                    times[times.len() / 4]
                })
                .collect();
            let best = quartiles.iter().copied().fold(f64::INFINITY, f64::min);
            let target = if (1..LINE).contains(&offset) { 1.7 } else { 1.2 };
            let ratio = quartiles[0] / best;
            let verdict = if ratio <= target { "met" } else { "missed" };
            let ways: Vec<String> = WAYS
                .iter()
                .zip(&quartiles)
                .map(|((name, _), time)| format!("{name} {time:9.0}"))
                .collect();
            println!("offset {offset:4}: {}  | {ratio:.2} of {target}: {verdict}", ways.join(", "));
        }
    }
    println!("\nother processes used {:.0} % of the CPUs", 100.0 * load.foreign_share());
}
