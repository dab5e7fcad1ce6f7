//! One frame in the ring without copying it: to read, and to write.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::error::Result;
use crate::reader::Reader;
use crate::ring_math::{ReadPlan, WritePlan};
use crate::writer::Writer;

/// A received frame, read in place. Dropping it gives its space back to the writer.
///
/// It borrows the reader, so there is one at a time.
pub struct Frame<'a> {
    reader: &'a mut Reader,
    plan: ReadPlan,
    sequence: u64,
}

impl<'a> Frame<'a> {
    #[inline]
    pub(crate) fn new(reader: &'a mut Reader, plan: ReadPlan, sequence: u64) -> Self {
        Self { reader, plan, sequence }
    }

    /// Number of the frame; a writer numbers its frames from 1.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }
}

impl Deref for Frame<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.reader.mapping().payload(self.plan.data_at, self.plan.len)
    }
}

impl AsRef<[u8]> for Frame<'_> {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Drop for Frame<'_> {
    #[inline]
    fn drop(&mut self) {
        self.reader.give_back();
    }
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("sequence", &self.sequence)
            .field("len", &self.plan.len)
            .finish_non_exhaustive()
    }
}

/// Space for one frame, to be filled in place and then [committed](FrameSlot::commit).
///
/// Dropping it instead leaves no trace: no number is used up, no space taken. Its bytes are what an
/// earlier frame left there until they are overwritten.
pub struct FrameSlot<'a> {
    writer: &'a mut Writer,
    plan: WritePlan,
}

impl<'a> FrameSlot<'a> {
    #[inline]
    pub(crate) fn new(writer: &'a mut Writer, plan: WritePlan) -> Self {
        Self { writer, plan }
    }

    /// Announces the frame to the reader and gives its number.
    ///
    /// # Errors
    /// [`Error::Corrupt`](crate::Error::Corrupt) if shared memory was damaged meanwhile.
    #[inline]
    pub fn commit(self) -> Result<u64> {
        self.writer.publish(self.plan)
    }

    pub(crate) fn into_plan(self) -> WritePlan {
        self.plan
    }
}

impl Deref for FrameSlot<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.writer.mapping().payload(self.plan.data_at(), self.plan.data_len())
    }
}

impl DerefMut for FrameSlot<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        self.writer.mapping_mut().payload_mut(self.plan.data_at(), self.plan.data_len())
    }
}

impl fmt::Debug for FrameSlot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameSlot").field("len", &self.plan.data_len()).finish_non_exhaustive()
    }
}
