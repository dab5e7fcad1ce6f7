//! The first 128 bytes of a buffer as atomics: the fields that both processes share.
//!
//! One method per use, so that every memory ordering is next to its reason. The semaphores are
//! the edge that publishes frames; orderings here cover accesses without a wait on
//! them. Fields are only ever accessed whole: a peer may read any of them at any time.
//!
//! Sizes are written here at creation and never read again; [`crate::layout::Layout`] keeps them.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};

use crate::layout::{CONTROL_BLOCK_BYTES, Layout};
use crate::prefetch;
use crate::state::{ControlState, VERSION};

/// The fields in the order and at the offsets of the wire.
#[repr(C)]
struct Fields {
    header_size: AtomicU32,
    version: [AtomicU8; 4],
    metadata_size: AtomicU64,
    metadata_free: AtomicU64,
    metadata_written: AtomicU64,
    payload_size: AtomicU64,
    payload_free: AtomicU64,
    write_pos: AtomicU64,
    read_pos: AtomicU64,
    written_count: AtomicU64,
    read_count: AtomicU64,
    writer_pid: AtomicU64,
    reader_pid: AtomicU64,
    reserved: [AtomicU64; 4],
}

const _: () = assert!(size_of::<Fields>() as u64 == CONTROL_BLOCK_BYTES);
const _: () = assert!(std::mem::offset_of!(Fields, payload_free) == 0x28);
const _: () = assert!(std::mem::offset_of!(Fields, reader_pid) == 0x58);

/// A mapping of the control block alone.
#[derive(Debug)]
pub(crate) struct ControlBlock {
    map: MmapRaw,
}

impl ControlBlock {
    /// Maps the control block of an object that is at least that large.
    pub(crate) fn map(object: &File) -> io::Result<Self> {
        let map = MmapOptions::new().len(CONTROL_BLOCK_BYTES as usize).map_raw(object)?;
        Ok(Self { map })
    }

    #[inline]
    fn fields(&self) -> &Fields {
        // SAFETY: the mapping is page aligned, spans the 128 bytes of `Fields` and lives as long as
        // `self`; every field is an atomic, for which any bytes and any concurrent change are
        // valid.
        unsafe { &*self.map.as_ptr().cast::<Fields>() }
    }

    /// Asks for the lines of the fields that change with each frame, before they are needed.
    #[inline]
    pub(crate) fn prefetch(&self) {
        let start = self.map.as_ptr();
        prefetch::for_write(start);
        prefetch::for_write(start.wrapping_add(prefetch::LINE));
    }

    // ---- creation, by the reader ----

    /// Fills a zeroed block with everything but the reader's pid.
    pub(crate) fn initialize(&self, layout: Layout) {
        let fields = self.fields();
        // Relaxed: no process reads before `publish_reader`.
        fields.header_size.store(CONTROL_BLOCK_BYTES as u32, Ordering::Relaxed);
        for (field, value) in fields.version.iter().zip(VERSION) {
            field.store(value, Ordering::Relaxed);
        }
        fields.metadata_size.store(layout.metadata_size(), Ordering::Relaxed);
        fields.metadata_free.store(layout.metadata_size(), Ordering::Relaxed);
        fields.payload_size.store(layout.payload_size(), Ordering::Relaxed);
        fields.payload_free.store(layout.payload_size(), Ordering::Relaxed);
    }

    /// Announces the buffer as usable.
    pub(crate) fn publish_reader(&self, pid: u64) {
        // Release: a writer that sees the pid (Acquire in `reader_pid`) sees all of `initialize`.
        self.fields().reader_pid.store(pid, Ordering::Release);
    }

    /// Announces that the reader is gone.
    pub(crate) fn withdraw_reader(&self) {
        // Release: pairs with Acquire in `reader_pid`; the reader's last changes come before it.
        self.fields().reader_pid.store(0, Ordering::Release);
    }

    #[inline]
    pub(crate) fn reader_pid(&self) -> u64 {
        // Acquire: pairs with the Release of `publish_reader` and `withdraw_reader`.
        self.fields().reader_pid.load(Ordering::Acquire)
    }

    // ---- connection, by the writer ----

    /// Claims the writer slot if it still holds `seen`; otherwise returns the pid found there.
    pub(crate) fn claim_writer(&self, seen: u64, pid: u64) -> Result<(), u64> {
        // AcqRel: Acquire the state that the previous writer left with `release_writer`, Release
        // for the reader's Acquire in `writer_pid`.
        self.fields()
            .writer_pid
            .compare_exchange(seen, pid, Ordering::AcqRel, Ordering::Acquire)
            .map(drop)
    }

    /// Releases the writer slot, unless another process has claimed it.
    pub(crate) fn release_writer(&self, pid: u64) {
        // Release: a reader that sees 0 (Acquire in `writer_pid`) finds every post made before on
        // the semaphore. Relaxed: failure is fine, since another process owns the slot then.
        let _ =
            self.fields().writer_pid.compare_exchange(pid, 0, Ordering::Release, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn writer_pid(&self) -> u64 {
        // Acquire: pairs with Release in `claim_writer` and `release_writer`.
        self.fields().writer_pid.load(Ordering::Acquire)
    }

    // ---- space, by both sides ----

    #[inline]
    pub(crate) fn free_bytes(&self) -> u64 {
        // Acquire: pairs with Release in `give_free`; what the reader has read is read before the
        // writer may overwrite it.
        self.fields().payload_free.load(Ordering::Acquire)
    }

    /// Takes free bytes and returns the amount before.
    #[inline]
    pub(crate) fn take_free(&self, bytes: u64) -> u64 {
        // AcqRel: Acquire as in `free_bytes`; Release so that position and count stored before are
        // visible to every process that sees the smaller number.
        self.fields().payload_free.fetch_sub(bytes, Ordering::AcqRel)
    }

    /// Returns bytes to the writer; the result is the amount before.
    #[inline]
    pub(crate) fn give_free(&self, bytes: u64) -> u64 {
        // SeqCst: its Release pairs with the Acquire in `free_bytes` and `take_free`, and `Reader` checks
        // a semaphore afterwards, which it must not check before.
        self.fields().payload_free.fetch_add(bytes, Ordering::SeqCst)
    }

    // ---- positions and counts: one side stores, the other and observers read ----

    #[inline]
    pub(crate) fn write_pos(&self) -> u64 {
        // Acquire: pairs with the Release in `store_written`; headers before the position are complete.
        self.fields().write_pos.load(Ordering::Acquire)
    }

    #[inline]
    pub(crate) fn store_written(&self, pos: u64, count: u64) {
        let fields = self.fields();
        // Release: pairs with the Acquire in `write_pos`; who sees the position sees header and data
        // before it.
        fields.write_pos.store(pos, Ordering::Release);
        // Relaxed: other libraries read the count only after the semaphore.
        fields.written_count.store(count, Ordering::Relaxed);
    }

    pub(crate) fn written_count(&self) -> u64 {
        // Relaxed: a hint whether anything was ever written.
        self.fields().written_count.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn read_pos(&self) -> u64 {
        // Relaxed: the reader compares it with its own copy. A writer reads it after `free_bytes` or
        // `take_free`, whose Acquire shows the position stored before these bytes were given back.
        self.fields().read_pos.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn read_count(&self) -> u64 {
        // Relaxed: as `read_pos`.
        self.fields().read_count.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn store_read(&self, pos: u64, count: u64) {
        let fields = self.fields();
        // Release: stored before `give_free`, since a Python writer decides by both where to go.
        fields.read_pos.store(pos, Ordering::Release);
        // Relaxed: `give_free` follows; its Release pairs with the Acquire of a writer that reads it.
        fields.read_count.store(count, Ordering::Relaxed);
    }

    // ---- metadata ----

    pub(crate) fn metadata_written(&self) -> u64 {
        // Acquire: pairs with Release in `store_metadata_written`; the bytes are there.
        self.fields().metadata_written.load(Ordering::Acquire)
    }

    pub(crate) fn store_metadata_written(&self, written: u64, free: u64) {
        let fields = self.fields();
        // Release: pairs with Acquire in `metadata_written`; the bytes come before the number.
        fields.metadata_written.store(written, Ordering::Release);
        // Relaxed: no decision depends on it.
        fields.metadata_free.store(free, Ordering::Relaxed);
    }

    /// All fields, each read whole, not all at one moment.
    pub(crate) fn snapshot(&self) -> ControlState {
        let fields = self.fields();
        // Acquire throughout: pairs with the Release of each store; it costs nothing here and shows each
        // field no older than its neighbours.
        let load = |field: &AtomicU64| field.load(Ordering::Acquire);
        ControlState {
            control_block_size: fields.header_size.load(Ordering::Acquire),
            version: std::array::from_fn(|i| fields.version[i].load(Ordering::Acquire)),
            metadata_size: load(&fields.metadata_size),
            metadata_free_bytes: load(&fields.metadata_free),
            metadata_written_bytes: load(&fields.metadata_written),
            payload_size: load(&fields.payload_size),
            payload_free_bytes: load(&fields.payload_free),
            payload_write_pos: load(&fields.write_pos),
            payload_read_pos: load(&fields.read_pos),
            payload_written_count: load(&fields.written_count),
            payload_read_count: load(&fields.read_count),
            writer_pid: load(&fields.writer_pid),
            reader_pid: load(&fields.reader_pid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> ControlBlock {
        let path = std::env::temp_dir().join(format!(
            "zerobuffer-unit-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        file.set_len(CONTROL_BLOCK_BYTES).unwrap();
        ControlBlock::map(&file).unwrap()
    }

    #[test]
    fn writer_slot_is_claimed_only_from_its_last_seen_owner() {
        let control = block();
        assert_eq!(control.claim_writer(0, 7), Ok(()));
        assert_eq!(control.claim_writer(0, 8), Err(7), "another was faster");
        control.release_writer(8);
        assert_eq!(control.writer_pid(), 7, "only its owner gives it up");
        assert_eq!(control.claim_writer(7, 8), Ok(()));
        control.release_writer(8);
        assert_eq!(control.writer_pid(), 0);
    }

    #[test]
    fn free_byte_changes_from_both_sides_add_up() {
        const CHANGES: u64 = 200_000;
        let ignore = |_before: u64| {};
        let control = block();
        control.initialize(Layout::rounded(0, 1 << 20).unwrap());
        std::thread::scope(|scope| {
            scope.spawn(|| (0..CHANGES).map(|_| control.take_free(3)).for_each(ignore));
            scope.spawn(|| (0..CHANGES).map(|_| control.give_free(5)).for_each(ignore));
        });
        assert_eq!(control.free_bytes(), (1 << 20) + 2 * CHANGES);
    }

    #[test]
    fn new_block_has_no_reader_until_it_is_published() {
        let control = block();
        control.initialize(Layout::rounded(100, 1000).unwrap());
        let state = control.snapshot();
        assert!(state.is_compatible() && state.is_unfinished());
        assert_eq!((state.metadata_size, state.metadata_free_bytes), (128, 128));
        assert_eq!((state.payload_size, state.payload_free_bytes), (1024, 1024));
        control.publish_reader(9);
        assert_eq!(control.snapshot(), ControlState { reader_pid: 9, ..state });
        assert!(!control.snapshot().is_unfinished());
    }
}
