//! The readers of this process and what they have read.

use std::time::Duration;

use zerobuffer::{BufferConfig, Reader};

use super::BufferNames;

/// How long a step waits for a frame that it expects.
pub const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// The readers of this process. Steps that name no buffer mean the one made last.
#[derive(Debug, Default)]
pub struct Readers {
    readers: Vec<OpenReader>,
}

/// A reader with its history.
#[derive(Debug)]
pub struct OpenReader {
    base: String,
    reader: Reader,
    received: Vec<ReceivedFrame>,
    errors: Vec<zerobuffer::Error>,
}

/// What is remembered of a frame once its bytes went back to the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedFrame {
    /// The sequence number in its header.
    pub sequence: u64,
    /// Its length in bytes.
    pub len: usize,
}

impl Readers {
    /// Creates the ring that the scenario calls `base`.
    ///
    /// # Errors
    /// Whatever the ring says.
    pub fn create(
        &mut self,
        base: &str,
        names: &mut BufferNames,
        config: BufferConfig,
    ) -> zerobuffer::Result<()> {
        let reader = Reader::create(names.unique(base), config)?;
        self.readers.push(OpenReader {
            base: base.to_owned(),
            reader,
            received: Vec::new(),
            errors: Vec::new(),
        });
        Ok(())
    }

    /// The reader made last.
    ///
    /// # Errors
    /// When this process has none.
    pub fn current(&mut self) -> Result<&mut OpenReader, String> {
        self.readers
            .last_mut()
            .ok_or_else(|| "this process has created no buffer in this scenario".to_owned())
    }
}

impl OpenReader {
    /// Reads the next frame and holds it; a frame still held is released first.
    ///
    /// # Errors
    /// When no frame comes within `timeout`, or whatever the ring says.
    pub fn receive(&mut self, timeout: Duration) -> Result<ReceivedFrame, String> {
        match self.try_receive(timeout).map_err(|e| format!("buffer '{}': {e}", self.base))? {
            Some(frame) => Ok(frame),
            None => Err(format!("buffer '{}': no frame came within {timeout:?}", self.base)),
        }
    }

    /// Reads the next frame and holds it, if one comes within `timeout`.
    ///
    /// # Errors
    /// Whatever the ring says; it is remembered too.
    pub fn try_receive(&mut self, timeout: Duration) -> zerobuffer::Result<Option<ReceivedFrame>> {
        match self.reader.receive(timeout) {
            Ok(Some(frame)) => {
                let frame = ReceivedFrame { sequence: frame.sequence(), len: frame.len() };
                self.received.push(frame);
                Ok(Some(frame))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                self.errors.push(error.clone());
                Err(error)
            }
        }
    }

    /// The frame that is held, with its bytes where the writer put them.
    ///
    /// # Errors
    /// When none is held.
    pub fn held(&self) -> Result<(ReceivedFrame, &[u8]), String> {
        match (self.reader.held(), self.received.last()) {
            (Some(bytes), Some(frame)) => Ok((*frame, bytes)),
            _ => Err(format!("buffer '{}': no frame is held", self.base)),
        }
    }

    /// Gives the held frame's space back to the writer.
    ///
    /// # Errors
    /// When none is held, or whatever the ring says.
    pub fn release(&mut self) -> Result<(), String> {
        match self.reader.release() {
            true => Ok(()),
            false => Err(format!("buffer '{}': no frame is held to be released", self.base)),
        }
    }

    /// Every frame read so far, in order.
    pub fn received(&self) -> &[ReceivedFrame] {
        &self.received
    }

    /// Every error a read has met.
    pub fn errors(&self) -> &[zerobuffer::Error] {
        &self.errors
    }
}
