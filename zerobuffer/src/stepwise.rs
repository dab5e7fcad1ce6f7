//! Frames without a borrow: the same reads and writes, cut into calls that return.
//!
//! [`Frame`](crate::Frame) and [`FrameSlot`](crate::FrameSlot) borrow their end of the buffer, which
//! keeps mistakes out at compile time. Code that must come back between taking a frame and giving it
//! back (test steps, bindings to other languages) uses these traits instead. They are object-safe,
//! so that such code can be given a double.

use std::time::Duration;

use crate::error::Result;
use crate::reader::Reader;
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

/// A reader that holds a frame until it is told to release it.
pub trait BufferReader {
    /// Takes the next frame, waiting up to `timeout`, and holds it. A frame held so far is released.
    ///
    /// # Errors
    /// As [`Reader::read`].
    fn receive(&mut self, timeout: Duration) -> Result<Option<HeldFrame>>;

    /// The bytes of the frame held, where the writer put them.
    fn held(&self) -> Option<&[u8]>;

    /// Gives the held frame's space back to the writer; whether one was held.
    fn release(&mut self) -> bool;
}

/// A writer that prepares a frame and commits it in a later call.
pub trait BufferWriter {
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
}

impl BufferReader for Reader {
    fn receive(&mut self, timeout: Duration) -> Result<Option<HeldFrame>> {
        let Some(frame) = self.read(timeout)? else { return Ok(None) };
        let held = HeldFrame { sequence: frame.sequence(), len: frame.len() };
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
}

impl BufferWriter for Writer {
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
}
