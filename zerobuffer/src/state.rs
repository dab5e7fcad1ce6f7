//! Snapshots of a buffer for people and tests. No decision depends on them.

use crate::layout::{CONTROL_BLOCK_BYTES, Layout};

/// Protocol version of this crate: major, minor, patch and a reserved byte.
pub(crate) const VERSION: [u8; 4] = [1, 0, 0, 0];

/// The control block decoded. Every field was read whole, but not all at the same moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ControlState {
    /// Size of the control block in bytes, 128.
    pub control_block_size: u32,
    /// Protocol version: major, minor, patch, reserved.
    pub version: [u8; 4],
    /// Size of the metadata block in bytes.
    pub metadata_size: u64,
    /// Unused bytes of the metadata block.
    pub metadata_free_bytes: u64,
    /// Bytes of it used, length prefix included; 0 until metadata is written.
    pub metadata_written_bytes: u64,
    /// Size of the ring in bytes.
    pub payload_size: u64,
    /// Bytes of the ring that a writer may take.
    pub payload_free_bytes: u64,
    /// Position of the next write. Some writers leave it at `payload_size` instead of 0.
    pub payload_write_pos: u64,
    /// Position of the next read, `payload_size` after a frame that ended there.
    pub payload_read_pos: u64,
    /// Frames and wrap markers written.
    pub payload_written_count: u64,
    /// Frames and wrap markers read.
    pub payload_read_count: u64,
    /// Process of the writer, 0 without one.
    pub writer_pid: u64,
    /// Process of the reader, 0 if it has closed the buffer.
    pub reader_pid: u64,
}

impl ControlState {
    /// Decodes the 128 bytes of a control block.
    pub(crate) fn decode(bytes: &[u8; CONTROL_BLOCK_BYTES as usize]) -> Self {
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
        Self {
            control_block_size: word(0) as u32,
            version: std::array::from_fn(|i| bytes[4 + i]),
            metadata_size: word(0x08),
            metadata_free_bytes: word(0x10),
            metadata_written_bytes: word(0x18),
            payload_size: word(0x20),
            payload_free_bytes: word(0x28),
            payload_write_pos: word(0x30),
            payload_read_pos: word(0x38),
            payload_written_count: word(0x40),
            payload_read_count: word(0x48),
            writer_pid: word(0x50),
            reader_pid: word(0x58),
        }
    }

    /// Returns whether size and major version are those of this crate.
    pub(crate) fn is_compatible(&self) -> bool {
        u64::from(self.control_block_size) == CONTROL_BLOCK_BYTES && self.version[0] == VERSION[0]
    }

    /// Returns whether the block is empty, or its creation was interrupted.
    pub(crate) fn is_unfinished(&self) -> bool {
        let sized = [0, CONTROL_BLOCK_BYTES].contains(&u64::from(self.control_block_size));
        sized && self.reader_pid == 0 && [0, VERSION[0]].contains(&self.version[0])
    }

    /// Returns the layout it describes, if that fits an object of `object_size` bytes.
    pub(crate) fn layout_within(&self, object_size: u64) -> Option<Layout> {
        Layout::stored(self.metadata_size, self.payload_size)
            .filter(|layout| layout.total_size() as u64 <= object_size)
    }
}

/// Everything visible about a buffer from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BufferState {
    /// The control block.
    pub control: ControlState,
    /// Frames posted and not yet taken (value of semaphore `sem-w`).
    pub frames_ready: u32,
    /// Releases posted and not yet used by a waiting writer (value of semaphore `sem-r`).
    pub releases_pending: u32,
}

/// State of a writer as its reader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriterState {
    /// No writer has connected so far.
    NeverConnected,
    /// Connected and alive.
    Connected {
        /// Its process.
        pid: u64,
    },
    /// Was connected and has closed. Unread frames may remain.
    Closed,
    /// Was connected and died. Unread frames may remain.
    Dead {
        /// The process it was.
        pid: u64,
    },
}

/// Statistics of a reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReaderStats {
    /// Frames delivered.
    pub frames_read: u64,
    /// Bytes of data in them.
    pub bytes_read: u64,
    /// Times the read position wrapped to the start of the ring.
    pub wraps: u64,
    /// Times a read had to sleep.
    pub sleeps: u64,
    /// Posts of `sem-w` without a frame, ignored.
    pub stray_announcements: u64,
    /// Times the reader continued with another writer from sequence number 1.
    pub resyncs: u64,
}

/// Statistics of a writer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriterStats {
    /// Frames committed.
    pub frames_written: u64,
    /// Bytes of data in them.
    pub bytes_written: u64,
    /// Times the write position wrapped to the start of the ring.
    pub wraps: u64,
    /// Times a write had to sleep.
    pub sleeps: u64,
}
