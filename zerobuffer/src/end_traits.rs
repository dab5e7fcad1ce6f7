//! Traits for both sides of a buffer, for test doubles: frames without a borrow, the rest
//! unchanged.
//!
//! [`Frame`](crate::Frame) and [`FrameSlot`](crate::FrameSlot) borrow their reader or writer, which
//! prevents mistakes at compile time. Code that must return between taking a frame and releasing it
//! (test steps, bindings to other languages) uses these traits instead. They are object-safe,
//! so that such code takes a `Box<dyn BufferReader>`, which may be a test double.

use std::fmt::Debug;
use std::time::Duration;

use crate::error::Result;
use crate::reader::Reader;
use crate::state::{BufferState, ReaderStats, WriterState, WriterStats};
use crate::writer::Writer;

/// Header of a held frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldFrame {
    /// Sequence number of the frame; a writer numbers its frames from 1.
    pub sequence: u64,
    /// Bytes of data.
    pub len: usize,
}

impl HeldFrame {
    /// Creates the header of frame `sequence` with `len` bytes of data.
    #[must_use]
    pub const fn new(sequence: u64, len: usize) -> Self {
        Self { sequence, len }
    }
}

/// The reading side of a buffer, which holds a frame until `release` is called.
///
/// Implemented by [`Reader`]. Dropping it closes the buffer.
pub trait BufferReader: Debug + Send {
    /// Takes the next frame, waiting up to `timeout`, and holds it. A frame held so far is
    /// released.
    ///
    /// # Errors
    /// As [`Reader::read`].
    fn receive(&mut self, timeout: Duration) -> Result<Option<HeldFrame>>;

    /// Returns the bytes of the held frame, in place. The other process must be
    /// [trusted](crate::Frame#trust) not to change them.
    fn held(&self) -> Option<&[u8]>;

    /// Returns the held frame's space to the writer; the result is whether one was held.
    fn release(&mut self) -> bool;

    /// The metadata, `None` as long as the writer has not written any.
    ///
    /// # Errors
    /// As [`Reader::metadata`].
    fn metadata(&self) -> Result<Option<Vec<u8>>>;

    /// Waits up to `timeout` until a writer has connected; returns whether one has.
    fn wait_for_writer(&mut self, timeout: Duration) -> bool;

    /// Returns the state of the writer at this moment.
    fn writer_state(&self) -> WriterState;

    /// Returns whether a writer is connected and alive.
    fn is_writer_connected(&self) -> bool {
        matches!(self.writer_state(), WriterState::Connected { .. })
    }

    /// Returns the sequence number that the next frame must have.
    fn next_sequence(&self) -> u64;

    /// Returns the name of the buffer.
    fn name(&self) -> &str;

    /// Returns the longest frame in bytes that an empty ring can take from position 0.
    fn max_frame_len(&self) -> usize;

    /// Returns the longest frame in bytes that an empty ring can take from every position.
    fn guaranteed_frame_len(&self) -> usize;

    /// Returns whether objects of a dead reader were removed when this buffer was created.
    fn replaced_stale(&self) -> bool;

    /// Returns the statistics of this reader.
    fn stats(&self) -> ReaderStats;

    /// Returns the shared state at this moment.
    fn state(&self) -> BufferState;
}

/// The writing side of a buffer, which prepares a frame and commits it in a later call.
///
/// Implemented by [`Writer`]. Dropping it disconnects.
pub trait BufferWriter: Debug + Send {
    /// Writes the metadata, once in the life of the buffer.
    ///
    /// # Errors
    /// As [`Writer::set_metadata`].
    fn set_metadata(&mut self, metadata: &[u8]) -> Result<()>;

    /// Copies `data` into the ring as one frame and returns its sequence number.
    ///
    /// # Errors
    /// As [`Writer::write`].
    fn write(&mut self, data: &[u8]) -> Result<u64>;

    /// Reserves space for a frame of `len` bytes. Space prepared earlier is dropped without a
    /// trace.
    ///
    /// # Errors
    /// As [`Writer::reserve`].
    fn prepare(&mut self, len: usize) -> Result<()>;

    /// Returns the prepared space, to be filled in place.
    fn prepared(&mut self) -> Option<&mut [u8]>;

    /// Commits the prepared frame and returns its sequence number; `None` if none is prepared.
    ///
    /// # Errors
    /// As [`FrameSlot::commit`](crate::FrameSlot::commit).
    fn commit(&mut self) -> Result<Option<u64>>;

    /// Drops the prepared space without a trace; returns whether any was prepared.
    fn discard(&mut self) -> bool;

    /// Sets how long a write waits for space from now on.
    fn set_write_timeout(&mut self, timeout: Duration);

    /// Returns how long a write waits for space.
    fn write_timeout(&self) -> Duration;

    /// Returns whether the reader is connected and alive.
    fn is_reader_connected(&self) -> bool;

    /// Returns the sequence number that the next frame will get.
    fn next_sequence(&self) -> u64;

    /// Returns the name of the buffer.
    fn name(&self) -> &str;

    /// Returns the longest frame in bytes that an empty ring can take from position 0.
    fn max_frame_len(&self) -> usize;

    /// Returns the longest frame in bytes that an empty ring can take from every position.
    fn guaranteed_frame_len(&self) -> usize;

    /// Returns the statistics of this writer.
    fn stats(&self) -> WriterStats;

    /// Returns the shared state at this moment.
    fn state(&self) -> BufferState;
}

impl BufferReader for Reader {
    fn receive(&mut self, timeout: Duration) -> Result<Option<HeldFrame>> {
        let Some(frame) = self.read(timeout)? else { return Ok(None) };
        let held = HeldFrame::new(frame.sequence(), frame.len());
        // A leaked frame stays held by the reader until it is released or the next one is taken.
        std::mem::forget(frame);
        Ok(Some(held))
    }

    fn held(&self) -> Option<&[u8]> {
        let plan = self.held_plan()?;
        Some(self.mapping().payload(plan.data_at, plan.len))
    }

    fn release(&mut self) -> bool {
        let held = self.held_plan().is_some();
        self.give_back();
        held
    }

    fn metadata(&self) -> Result<Option<Vec<u8>>> {
        Self::metadata(self)
    }

    fn wait_for_writer(&mut self, timeout: Duration) -> bool {
        Self::wait_for_writer(self, timeout)
    }

    fn writer_state(&self) -> WriterState {
        Self::writer_state(self)
    }

    fn next_sequence(&self) -> u64 {
        Self::next_sequence(self)
    }

    fn name(&self) -> &str {
        Self::name(self)
    }

    fn max_frame_len(&self) -> usize {
        Self::max_frame_len(self)
    }

    fn guaranteed_frame_len(&self) -> usize {
        Self::guaranteed_frame_len(self)
    }

    fn replaced_stale(&self) -> bool {
        Self::replaced_stale(self)
    }

    fn stats(&self) -> ReaderStats {
        Self::stats(self)
    }

    fn state(&self) -> BufferState {
        Self::state(self)
    }
}

impl BufferWriter for Writer {
    fn set_metadata(&mut self, metadata: &[u8]) -> Result<()> {
        Self::set_metadata(self, metadata)
    }

    fn write(&mut self, data: &[u8]) -> Result<u64> {
        Self::write(self, data)
    }

    fn prepare(&mut self, len: usize) -> Result<()> {
        let plan = self.reserve(len)?.into_plan();
        self.set_prepared(Some(plan));
        Ok(())
    }

    fn prepared(&mut self) -> Option<&mut [u8]> {
        let plan = self.prepared_plan()?;
        Some(self.mapping_mut().payload_mut(plan.data_at(), plan.data_len()))
    }

    fn commit(&mut self) -> Result<Option<u64>> {
        match self.prepared_plan() {
            Some(plan) => self.publish(plan).map(Some),
            None => Ok(None),
        }
    }

    fn discard(&mut self) -> bool {
        let prepared = self.prepared_plan().is_some();
        self.set_prepared(None);
        prepared
    }

    fn set_write_timeout(&mut self, timeout: Duration) {
        Self::set_write_timeout(self, timeout);
    }

    fn write_timeout(&self) -> Duration {
        Self::write_timeout(self)
    }

    fn is_reader_connected(&self) -> bool {
        Self::is_reader_connected(self)
    }

    fn next_sequence(&self) -> u64 {
        Self::next_sequence(self)
    }

    fn name(&self) -> &str {
        Self::name(self)
    }

    fn max_frame_len(&self) -> usize {
        Self::max_frame_len(self)
    }

    fn guaranteed_frame_len(&self) -> usize {
        Self::guaranteed_frame_len(self)
    }

    fn stats(&self) -> WriterStats {
        Self::stats(self)
    }

    fn state(&self) -> BufferState {
        Self::state(self)
    }
}
