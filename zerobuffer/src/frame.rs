//! One frame in the ring without copying it: to read, and to write.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::error::Result;
use crate::reader::Reader;
use crate::ring_math::{ReadPlan, WritePlan};
use crate::writer::Writer;

/// A received frame, read in place. Dropping it returns its space to the writer.
///
/// # Trust
///
/// The bytes are shared with the process that wrote them. By protocol it leaves a published frame
/// alone, but nothing can force it to. A slice that changes while it is read is undefined behavior:
/// a `str` made from it, for example, may become invalid after the check. So dereference a frame
/// only if you trust the other process as you trust your own code, and use
/// [`to_bytes`](Self::to_bytes) or [`copy_to`](Self::copy_to) otherwise: these are sound whatever the
/// other process does.
///
/// ```no_run
/// # let mut reader = zerobuffer::Reader::create("camera", Default::default())?;
/// if let Some(frame) = reader.try_read()? {
///     match String::from_utf8(frame.to_bytes()) {
///         Ok(text) => println!("{text}"),
///         Err(error) => println!("not text: {error}"),
///     }
/// }
/// # Ok::<(), zerobuffer::Error>(())
/// ```
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

    /// Sequence number of the frame; a writer numbers its frames from 1.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Copies the data out of the ring. The copy is sound even if the other process changes the
    /// frame meanwhile.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.plan.len as usize];
        self.copy_to(&mut bytes);
        bytes
    }

    /// Copies the data to `target`, as [`to_bytes`](Self::to_bytes) does.
    ///
    /// # Panics
    /// If the length of `target` is not that of the frame.
    pub fn copy_to(&self, target: &mut [u8]) {
        self.reader.mapping().copy_payload(self.plan.data_at, self.plan.len, target);
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
/// As with a [`Frame`], the other process is trusted to leave these bytes alone.
///
/// Dropping it instead leaves no trace: it uses no sequence number and no space. Its bytes are
/// those of an earlier frame until they are overwritten.
pub struct FrameSlot<'a> {
    writer: &'a mut Writer,
    plan: WritePlan,
}

impl<'a> FrameSlot<'a> {
    #[inline]
    pub(crate) fn new(writer: &'a mut Writer, plan: WritePlan) -> Self {
        Self { writer, plan }
    }

    /// Publishes the frame to the reader and returns its sequence number.
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
