//! The readers of this process and what they have read.

use std::time::Duration;

use zerobuffer::{BufferConfig, BufferReader, Error, Reader};

use super::BufferNames;

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
    errors: Vec<Error>,
}

/// What is remembered of a frame once its bytes went back to the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedFrame {
    /// The sequence number in its header.
    pub sequence: u64,
    /// Its length in bytes.
    pub len: usize,
}

/// What a read came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// A frame, held now.
    Frame(ReceivedFrame),
    /// The end of the stream.
    End,
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
        match self.receive_or_end(timeout)? {
            Received::Frame(frame) => Ok(frame),
            Received::End => Err(format!("buffer '{}': the writer is gone", self.base)),
        }
    }

    /// Reads the next frame and holds it, or meets the end of the stream: the writer has closed its
    /// end or has died.
    ///
    /// # Errors
    /// When neither comes within `timeout`, or whatever else the ring says; it is remembered too.
    pub fn receive_or_end(&mut self, timeout: Duration) -> Result<Received, String> {
        match self.reader.receive(timeout) {
            Ok(Some(frame)) => {
                let frame = ReceivedFrame { sequence: frame.sequence, len: frame.len };
                self.received.push(frame);
                Ok(Received::Frame(frame))
            }
            Ok(None) => Err(format!("buffer '{}': no frame came within {timeout:?}", self.base)),
            Err(Error::WriterClosed { .. } | Error::WriterDead { .. }) => Ok(Received::End),
            Err(error) => {
                let text = error.to_string();
                self.errors.push(error);
                Err(text)
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
    /// When none is held.
    pub fn release(&mut self) -> Result<(), String> {
        if self.reader.release() {
            Ok(())
        } else {
            Err(format!("buffer '{}': no frame is held to be released", self.base))
        }
    }

    /// Every frame read so far, in order.
    pub fn received(&self) -> &[ReceivedFrame] {
        &self.received
    }

    /// Every error a read has met; the end of the stream is none.
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }
}
