//! Both ends of a buffer as traits: frames without a borrow, everything else as it is.
//!
//! [`Frame`](crate::Frame) and [`FrameSlot`](crate::FrameSlot) borrow their end of the buffer, which
//! keeps mistakes out at compile time. Code that must come back between taking a frame and giving it
//! back (test steps, bindings to other languages) uses these traits instead. They are object-safe,
//! so that such code takes a `Box<dyn BufferReader>` and can be given a double.

use std::fmt::Debug;
use std::time::Duration;

use crate::error::Result;
use crate::reader::Reader;
use crate::state::{BufferState, ReaderStats, WriterState, WriterStats};
use crate::writer::Writer;

/// What the header of a held frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldFrame {
    /// Number of the frame; a writer numbers its frames from 1.
    pub sequence: u64,
    /// Bytes of data.
    pub len: usize,
}

impl HeldFrame {
    /// Frame number `sequence` with `len` bytes of data.
    #[must_use]
    pub const fn new(sequence: u64, len: usize) -> Self {
        Self { sequence, len }
    }
}

/// The reading end of a buffer, which holds a frame until it is told to release it.
///
/// [`Reader`] is one. Dropping it closes the end.
pub trait BufferReader: Debug + Send {
    /// Takes the next frame, waiting up to `timeout`, and holds it. A frame held so far is released.
    ///
    /// # Errors
    /// As [`Reader::read`].
    fn receive(&mut self, timeout: Duration) -> Result<Option<HeldFrame>>;

    /// The bytes of the frame held, where the writer put them.
    fn held(&self) -> Option<&[u8]>;

    /// Gives the held frame's space back to the writer; whether one was held.
    fn release(&mut self) -> bool;

    /// The metadata, `None` as long as the writer has not written any.
    ///
    /// # Errors
    /// As [`Reader::metadata`].
    fn metadata(&self) -> Result<Option<Vec<u8>>>;

    /// Waits up to `timeout` until a writer has connected; whether one has.
    fn wait_for_writer(&mut self, timeout: Duration) -> bool;

    /// What is known of the writer at this moment.
    fn writer_state(&self) -> WriterState;

    /// Whether a writer is connected and alive.
    fn is_writer_connected(&self) -> bool {
        matches!(self.writer_state(), WriterState::Connected { .. })
    }

    /// Number that the next frame has to have.
    fn next_sequence(&self) -> u64;

    /// Name of the buffer.
    fn name(&self) -> &str;

    /// Longest frame in bytes that the ring can take, from position 0 and empty.
    fn max_frame_len(&self) -> usize;

    /// Longest frame in bytes that the empty ring can take from every position.
    fn guaranteed_frame_len(&self) -> usize;

    /// Whether the remains of an earlier reader were removed when this buffer was created.
    fn replaced_stale(&self) -> bool;

    /// What this reader has done so far.
    fn stats(&self) -> ReaderStats;

    /// The shared state at this moment.
    fn state(&self) -> BufferState;
}

/// The writing end of a buffer, which prepares a frame and commits it in a later call.
///
/// [`Writer`] is one. Dropping it closes the end.
pub trait BufferWriter: Debug + Send {
    /// Writes the metadata, once in the life of the buffer.
    ///
    /// # Errors
    /// As [`Writer::set_metadata`].
    fn set_metadata(&mut self, metadata: &[u8]) -> Result<()>;

    /// Copies `data` into the ring as one frame and gives its number.
    ///
    /// # Errors
    /// As [`Writer::write`].
    fn write(&mut self, data: &[u8]) -> Result<u64>;

    /// Finds space for a frame of `len` bytes. Space prepared so far is dropped without a trace.
    ///
    /// # Errors
    /// As [`Writer::reserve`].
    fn prepare(&mut self, len: usize) -> Result<()>;

    /// The space prepared, to be filled in place.
    fn prepared(&mut self) -> Option<&mut [u8]>;

    /// Announces the prepared frame and gives its number; `None` if none is prepared.
    ///
    /// # Errors
    /// As [`FrameSlot::commit`](crate::FrameSlot::commit).
    fn commit(&mut self) -> Result<Option<u64>>;

    /// Drops the prepared space without a trace; whether there was any.
    fn discard(&mut self) -> bool;

    /// How long a write waits for space from now on.
    fn set_write_timeout(&mut self, timeout: Duration);

    /// How long a write waits for space.
    fn write_timeout(&self) -> Duration;

    /// Whether the reader is there and alive.
    fn is_reader_connected(&self) -> bool;

    /// Number that the next frame will get.
    fn next_sequence(&self) -> u64;

    /// Name of the buffer.
    fn name(&self) -> &str;

    /// Longest frame in bytes that the ring can take, from position 0 and empty.
    fn max_frame_len(&self) -> usize;

    /// Longest frame in bytes that the empty ring can take from every position.
    fn guaranteed_frame_len(&self) -> usize;

    /// What this writer has done so far.
    fn stats(&self) -> WriterStats;

    /// The shared state at this moment.
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
