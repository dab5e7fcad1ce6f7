//! A writing end that keeps frames within what the settings allow.

use std::io::{self, Write};
use std::time::Duration;

use zerobuffer::{BufferState, BufferWriter, Error, Result, WriterStats};

use crate::settings::FrameLimit;

/// Passes everything on but frames that are too long.
#[derive(Debug)]
pub(super) struct BoundedWriter<W> {
    end: W,
    limit: FrameLimit,
    told: bool,
}

impl<W: BufferWriter> BoundedWriter<W> {
    pub(super) fn new(end: W, limit: FrameLimit) -> Self {
        Self { end, limit, told: false }
    }

    fn check(&mut self, len: usize) -> Result<()> {
        // What no setting could get into the ring is for the ring to refuse.
        if len > self.end.max_frame_len() {
            return Ok(());
        }
        check(self.end.name(), len, self.limit, &mut self.told)
    }
}

/// That the settings allow frames of `len` bytes. One that is merely longer than advised is told once
/// on standard error, which is part of what a step prints.
///
/// # Errors
/// The lengths, and what to raise.
pub(super) fn check(buffer: &str, len: usize, limit: FrameLimit, told: &mut bool) -> Result<()> {
    let FrameLimit { bytes, refuses } = limit;
    if len as u64 <= bytes {
        return Ok(());
    }
    let raise = "zerobuffer.largest_frame_bytes, the variable ZEROBUFFER_TEST_LARGEST_FRAME_BYTES";
    if refuses {
        return Err(Error::Os {
            action: "write the frame",
            object: format!("buffer '{buffer}'"),
            source: io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!(
                    "{len} bytes are more than the {bytes} that the suite's settings allow; raise {raise}"
                ),
            ),
        });
    }
    if !*told {
        *told = true;
        // Nobody is left to tell when it is gone.
        let _ = writeln!(
            io::stderr(),
            "buffer '{buffer}': frames of {len} bytes, more than {bytes}; a limit is set by {raise}"
        );
    }
    Ok(())
}

impl<W: BufferWriter> BufferWriter for BoundedWriter<W> {
    fn set_metadata(&mut self, metadata: &[u8]) -> Result<()> {
        self.end.set_metadata(metadata)
    }

    fn write(&mut self, data: &[u8]) -> Result<u64> {
        self.check(data.len())?;
        self.end.write(data)
    }

    fn prepare(&mut self, len: usize) -> Result<()> {
        self.check(len)?;
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
