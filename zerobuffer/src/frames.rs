//! A stream of frames as a standard iterator, each frame copied out of the ring.

use std::iter::FusedIterator;

use crate::error::Result;
use crate::reader::Reader;

/// Iterator over copies of the frames, created by [`Reader::frames`].
///
/// Each step waits for the next frame without a timeout. The iterator ends with the stream, or
/// after the first error; the reader can be used again then.
#[derive(Debug)]
pub struct Frames<'a> {
    reader: Option<&'a mut Reader>,
}

impl<'a> Frames<'a> {
    pub(crate) fn new(reader: &'a mut Reader) -> Self {
        Self { reader: Some(reader) }
    }
}

impl Iterator for Frames<'_> {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = match self.reader.as_mut()?.next_frame() {
            Ok(Some(frame)) => return Some(Ok(frame.to_bytes())),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        };
        self.reader = None;
        item
    }
}

impl FusedIterator for Frames<'_> {}
