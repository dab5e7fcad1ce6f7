//! The lock-free protocol between reader and writer, run in every order that the memory model
//! allows.
//!
//! This is the protocol written down a second time, over the atomics of `loom`, with the orderings
//! of `control_block` and those that the C library promises for semaphores. It covers: that a frame
//! is read only after it was written and its space is written again only after it was read (loom
//! fails on a data race), that free bytes add up, that a writer that finds no space is woken. It
//! does not cover: the code of the crate itself, other processes, the mapping, waits by time, and
//! the sequentially consistent order of accesses other than fences, which loom treats as weaker.

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use loom::thread;

/// As glibc has it: `sem_post` releases, `sem_trywait` acquires, `sem_getvalue` does neither.
struct Semaphore(AtomicU32);

impl Semaphore {
    fn post(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }

    fn try_wait(&self) -> bool {
        let found = self.0.load(Ordering::Relaxed);
        found > 0
            && self
                .0
                .compare_exchange(found, found - 1, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
    }

    fn value(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn wait(&self) {
        while !self.try_wait() {
            thread::yield_now();
        }
    }
}

/// A ring of `SLOTS` frames of one number each.
struct Ring<const SLOTS: usize> {
    slots: [UnsafeCell<u64>; SLOTS],
    free: AtomicU64,
    ready: Semaphore,
    freed: Semaphore,
    /// Releases that may be announced and unused at a time.
    cap: u32,
}

const FRAMES: u64 = 3;

impl<const SLOTS: usize> Ring<SLOTS> {
    fn new(cap: u32) -> Arc<Self> {
        Arc::new(Self {
            slots: std::array::from_fn(|_| UnsafeCell::new(0)),
            free: AtomicU64::new(SLOTS as u64),
            ready: Semaphore(AtomicU32::new(0)),
            freed: Semaphore(AtomicU32::new(0)),
            cap,
        })
    }

    #[expect(unsafe_code, reason = "loom checks these accesses")]
    fn write(&self, number: u64) {
        self.wait_for_space();
        // SAFETY: loom fails the test if another thread accesses the slot at the same time.
        self.slots[number as usize % SLOTS].with_mut(|slot| unsafe { *slot = number });
        let before = self.free.fetch_sub(1, Ordering::AcqRel);
        assert!((1..=SLOTS as u64).contains(&before));
        self.ready.post();
    }

    fn wait_for_space(&self) {
        while self.free.load(Ordering::Acquire) == 0 {
            // A unit may be old: it only asks for another look.
            if self.freed.try_wait() {
                fence(Ordering::SeqCst);
                continue;
            }
            self.freed.wait();
            fence(Ordering::SeqCst);
        }
    }

    #[expect(unsafe_code, reason = "loom checks these accesses")]
    fn read(&self, number: u64) {
        self.ready.wait();
        // SAFETY: loom fails the test if another thread accesses the slot at the same time.
        let found = self.slots[number as usize % SLOTS].with(|slot| unsafe { *slot });
        assert_eq!(found, number);
        let before = self.free.fetch_add(1, Ordering::Release);
        assert!(before < SLOTS as u64);
        fence(Ordering::SeqCst);
        if self.freed.value() < self.cap {
            self.freed.post();
        }
    }
}

fn check<const SLOTS: usize>(cap: u32) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(move || {
        let ring = Ring::<SLOTS>::new(cap);
        let writer = {
            let ring = Arc::clone(&ring);
            thread::spawn(move || (1..=FRAMES).for_each(|number| ring.write(number)))
        };
        (1..=FRAMES).for_each(|number| ring.read(number));
        writer.join().unwrap();
        assert_eq!(ring.free.load(Ordering::Relaxed), SLOTS as u64);
        assert_eq!(ring.ready.value(), 0);
    });
}

#[test]
fn releases_always_posted() {
    check::<2>(u32::MAX);
}

#[test]
fn releases_posted_only_if_none_is_pending() {
    // With one slot the writer has to wait for each release, also for one not announced.
    check::<1>(1);
}
