//! The bytes of a buffer: metadata block, frame headers and frame data.
//!
//! Every access is checked against the sizes taken at creation, never against shared memory. What
//! the bytes mean is decided elsewhere.
//!
//! Another process can change any byte at any time. A peer that keeps the protocol does not touch
//! a frame that is being read or written; against one that does not, the content may change under
//! a slice, but nothing outside the mapping is ever reached. An owner that truncates the object
//! while it is mapped raises SIGBUS in every process that touches the missing pages; nothing short
//! of a signal handler can prevent that.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering, fence};

use memmap2::{MmapOptions, MmapRaw};

use crate::layout::{CONTROL_BLOCK_BYTES, Layout};
use crate::prefetch;
use crate::ring_math::{FRAME_HEADER_BYTES, FrameHeader};

/// Bytes that are copied at once.
const WORD_BYTES: usize = size_of::<u64>();

/// A header as it lies in the ring, at any byte.
#[derive(Clone, Copy)]
#[repr(C, packed)]
struct HeaderBytes {
    size: u64,
    sequence: u64,
}

/// A mapping of a whole buffer.
#[derive(Debug)]
pub(crate) struct Mapping {
    map: MmapRaw,
    layout: Layout,
}

impl Mapping {
    /// Maps an object of at least `layout.total_size()` bytes, with all its pages if `prefault`.
    pub(crate) fn map(object: &File, layout: Layout, prefault: bool) -> io::Result<Self> {
        let mut options = MmapOptions::new();
        options.len(layout.total_size());
        if prefault {
            options.populate();
        }
        Ok(Self { map: options.map_raw(object)?, layout })
    }

    #[inline]
    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// The header at a ring position that has sixteen bytes.
    #[inline]
    pub(crate) fn header(&self, at: u64) -> FrameHeader {
        let header = self.payload_range(at, FRAME_HEADER_BYTES);
        let start = self.map.as_ptr().wrapping_add(header.start).cast::<HeaderBytes>();
        // SAFETY: `payload_range` has checked that these sixteen bytes lie inside the mapping; the
        // packed type needs no alignment, and volatile because another process may write here.
        let HeaderBytes { size, sequence } = unsafe { start.read_volatile() };
        // Acquire: pairs with the Release fence in `write_header`; data is read after its header.
        fence(Ordering::Acquire);
        FrameHeader { size: u64::from_le(size), sequence: u64::from_le(sequence) }
    }

    /// Writes a header behind whose position there are sixteen bytes; its data must be in place.
    #[inline]
    pub(crate) fn write_header(&mut self, at: u64, header: FrameHeader) {
        // Release: pairs with the Acquire fence in `header`. Header last, so that a reader woken by
        // a stray announcement cannot take a frame whose data is still on its way.
        fence(Ordering::Release);
        let bytes = self.payload_mut(at, FRAME_HEADER_BYTES);
        bytes[..8].copy_from_slice(&header.size.to_le_bytes());
        bytes[8..].copy_from_slice(&header.sequence.to_le_bytes());
    }

    /// Bytes of the ring, by reference: the other process must not change them meanwhile.
    #[inline]
    pub(crate) fn payload(&self, at: u64, len: u64) -> &[u8] {
        self.bytes(self.payload_range(at, len))
    }

    /// Copies bytes of the ring. No reference to them exists meanwhile, so that another process may
    /// change them at any time.
    ///
    /// # Panics
    /// If `target` has another length than `len`.
    pub(crate) fn copy_payload(&self, at: u64, len: u64, target: &mut [u8]) {
        let range = self.payload_range(at, len);
        assert_eq!(target.len(), range.len(), "a copy has one length");
        // Relaxed: the frame was published before; a process that changes it now breaks the protocol.
        let word = |at: usize| self.word(at).load(Ordering::Relaxed).to_ne_bytes();
        let mut at = range.start;
        let mut rest = target;
        while !rest.is_empty() {
            let skipped = at % WORD_BYTES;
            let copied = (WORD_BYTES - skipped).min(rest.len());
            let (part, behind) = rest.split_at_mut(copied);
            part.copy_from_slice(&word(at - skipped)[skipped..skipped + copied]);
            (at, rest) = (at + copied, behind);
        }
    }

    /// The aligned word at an offset.
    fn word(&self, at: usize) -> &AtomicU64 {
        assert!(at.is_multiple_of(WORD_BYTES) && at < self.layout.total_size());
        let word = self.map.as_ptr().wrapping_add(at).cast::<AtomicU64>();
        // SAFETY: the offset is aligned and on a page of the mapping, of which all bytes can be read;
        // an atomic is valid for any bytes and any concurrent change.
        unsafe { &*word }
    }

    /// Asks for the lines of the ring from `at` on that `len` bytes need, to be written.
    #[inline]
    pub(crate) fn prefetch_for_write(&self, at: u64, len: u64) {
        self.lines(at, len).for_each(prefetch::for_write);
    }

    /// Asks for the lines of the ring from `at` on that `len` bytes need, to be read.
    #[inline]
    pub(crate) fn prefetch_for_read(&self, at: u64, len: u64) {
        self.lines(at, len).for_each(prefetch::for_read);
    }

    /// Addresses of the lines with `len` bytes of the ring from `at` on, as far as they are in it.
    #[inline]
    fn lines(&self, at: u64, len: u64) -> impl Iterator<Item = *const u8> {
        let offset = self.layout.payload_offset() as usize;
        let end = self.layout.total_size().min(offset + (at + len) as usize);
        let first = (offset + at as usize) / prefetch::LINE * prefetch::LINE;
        let start = self.map.as_ptr();
        (first..end).step_by(prefetch::LINE).map(move |line| start.wrapping_add(line))
    }

    /// Bytes of the ring, to be written.
    #[inline]
    pub(crate) fn payload_mut(&mut self, at: u64, len: u64) -> &mut [u8] {
        let range = self.payload_range(at, len);
        self.bytes_mut(range)
    }

    /// The metadata block.
    pub(crate) fn metadata(&self) -> &[u8] {
        self.bytes(self.metadata_range())
    }

    /// The metadata block, to be written.
    pub(crate) fn metadata_mut(&mut self) -> &mut [u8] {
        let range = self.metadata_range();
        self.bytes_mut(range)
    }

    fn metadata_range(&self) -> Range<usize> {
        CONTROL_BLOCK_BYTES as usize..self.layout.payload_offset() as usize
    }

    /// Offsets of `len` bytes at ring position `at`.
    #[inline]
    fn payload_range(&self, at: u64, len: u64) -> Range<usize> {
        let end = at.checked_add(len).filter(|&end| end <= self.layout.payload_size());
        assert!(end.is_some(), "{len} bytes at {at} leave the ring of this buffer");
        let start = (self.layout.payload_offset() + at) as usize;
        start..start + len as usize
    }

    #[inline]
    fn bytes(&self, range: Range<usize>) -> &[u8] {
        let start = self.map.as_ptr().wrapping_add(range.start);
        // SAFETY: both callers' ranges lie inside the mapping, which lives as long as `self`;
        // mapped bytes are always initialized, and by protocol no other process writes a frame
        // being read.
        unsafe { std::slice::from_raw_parts(start, range.len()) }
    }

    #[inline]
    fn bytes_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        let start = self.map.as_mut_ptr().wrapping_add(range.start);
        // SAFETY: both callers' ranges lie inside the mapping, borrowed mutably through `self`; by
        // protocol no other process touches free space before it is announced.
        unsafe { std::slice::from_raw_parts_mut(start, range.len()) }
    }
}
