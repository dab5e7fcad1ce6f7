//! A writing end that keeps frames within what the settings allow.

use std::io;
use std::time::Duration;

use zerobuffer::{BufferState, BufferWriter, Error, Result, WriterStats};

/// Passes everything on but frames that are too long.
#[derive(Debug)]
pub(super) struct BoundedWriter<W> {
    pub(super) end: W,
    /// The longest frame in bytes.
    pub(super) largest: u64,
}

/// That the settings allow frames of `len` bytes, up to `largest`.
///
/// # Errors
/// The lengths, and what to raise.
pub(super) fn check(buffer: &str, len: usize, largest: u64) -> Result<()> {
    if len as u64 <= largest {
        return Ok(());
    }
    let reason = format!(
        "{len} bytes are more than the {largest} that the suite's settings allow; raise \
         zerobuffer.largest_frame_bytes, the variable ZEROBUFFER_TEST_LARGEST_FRAME_BYTES"
    );
    Err(Error::Os {
        action: "write the frame",
        object: format!("buffer '{buffer}'"),
        source: io::Error::new(io::ErrorKind::FileTooLarge, reason),
    })
}

impl<W: BufferWriter> BufferWriter for BoundedWriter<W> {
    fn set_metadata(&mut self, metadata: &[u8]) -> Result<()> {
        self.end.set_metadata(metadata)
    }

    fn write(&mut self, data: &[u8]) -> Result<u64> {
        check(self.end.name(), data.len(), self.largest)?;
        self.end.write(data)
    }

    fn prepare(&mut self, len: usize) -> Result<()> {
        check(self.end.name(), len, self.largest)?;
        self.end.prepare(len)
    }

    fn prepared(&mut self) -> Option<&mut [u8]> {
        self.end.prepared()
    }

    fn commit(&mut self) -> Result<Option<u64>> {
        self.end.commit()
    }

    fn discard(&mut self) -> bool {
        self.end.discard()
    }

    fn set_write_timeout(&mut self, timeout: Duration) {
        self.end.set_write_timeout(timeout);
    }

    fn write_timeout(&self) -> Duration {
        self.end.write_timeout()
    }

    fn is_reader_connected(&self) -> bool {
        self.end.is_reader_connected()
    }

    fn next_sequence(&self) -> u64 {
        self.end.next_sequence()
    }

    fn name(&self) -> &str {
        self.end.name()
    }

    fn max_frame_len(&self) -> usize {
        self.end.max_frame_len()
    }

    fn guaranteed_frame_len(&self) -> usize {
        self.end.guaranteed_frame_len()
    }

    fn stats(&self) -> WriterStats {
        self.end.stats()
    }

    fn state(&self) -> BufferState {
        self.end.state()
    }
}
