//! A writer that enforces the frame limit of the settings.

use std::io::{self, Write};
use std::time::Duration;

use zerobuffer::{BufferState, BufferWriter, Error, Result, WriterStats};

use crate::settings::FrameLimit;

/// Forwards everything except frames that are too long.
#[derive(Debug)]
pub(super) struct BoundedWriter<W> {
    end: W,
    limit: FrameLimit,
    warned: bool,
}

impl<W: BufferWriter> BoundedWriter<W> {
    pub(super) fn new(end: W, limit: FrameLimit) -> Self {
        Self { end, limit, warned: false }
    }

    fn check(&mut self, len: usize) -> Result<()> {
        // The ring itself refuses frames that can never fit.
        if len > self.end.max_frame_len() {
            return Ok(());
        }
        check(self.end.name(), len, self.limit, &mut self.warned)
    }
}

/// Checks that the settings allow frames of `len` bytes. A frame above the default limit causes one
/// warning on standard error, which is captured with the step's output.
///
/// # Errors
/// Returns the lengths and the setting to raise.
pub(super) fn check(buffer: &str, len: usize, limit: FrameLimit, warned: &mut bool) -> Result<()> {
    let FrameLimit { bytes, refuses } = limit;
    if len as u64 <= bytes {
        return Ok(());
    }
    let raise = "zerobuffer.max_frame_size, the variable ZEROBUFFER_TEST_MAX_FRAME_SIZE";
    if refuses {
        return Err(Error::Os {
            action: "write the frame",
            object: format!("buffer '{buffer}'"),
            source: io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!(
                    "{len} bytes exceed the limit of {bytes} in the suite's settings; raise {raise}"
                ),
            ),
        });
    }
    if !*warned {
        *warned = true;
        // stderr may be closed, and there is no other place for the warning.
        let _ = writeln!(
            io::stderr(),
            "buffer '{buffer}': frames of {len} bytes, more than {bytes}; to enforce a limit, set {raise}"
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
