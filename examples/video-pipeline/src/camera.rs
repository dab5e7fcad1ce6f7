//! The producer: writes frames into shared memory.

use std::time::Duration;

use zerobuffer::{Result, Writer};

use crate::video::{Format, Scene};

/// Timeout for space in the ring; the consumer may be busy with earlier frames.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A camera that writes frames into a ring.
#[derive(Debug)]
pub struct Camera {
    writer: Writer,
    format: Format,
}

impl Camera {
    /// Connects to `ring`, which a consumer creates, and writes the format as its metadata.
    ///
    /// # Errors
    /// Returns an error if the ring is not created in time, or already has a writer or a format.
    pub fn open(ring: &str, format: Format) -> Result<Self> {
        let mut writer = Writer::open_timeout(ring, TIMEOUT)?;
        writer.set_write_timeout(TIMEOUT);
        let metadata = serde_json::json!(format).to_string();
        writer.set_metadata(metadata.as_bytes())?;
        Ok(Self { writer, format })
    }

    /// Returns the format of the frames.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Fills one frame in place, passes it to `inspect`, commits it and returns its number.
    ///
    /// # Errors
    /// Returns an error if the ring stays full, or the consumer has ended.
    pub fn film(&mut self, scene: Scene, inspect: impl FnOnce(u64, &[u8])) -> Result<u64> {
        let number = self.writer.next_sequence();
        let mut frame = self.writer.reserve(self.format.frame_bytes())?;
        self.format.film(scene, number, &mut frame);
        inspect(number, &frame);
        frame.commit()
    }

    /// Writes `bytes` bytes instead of a whole frame, as a faulty camera would.
    ///
    /// # Errors
    /// Returns the errors of [`film`](Self::film).
    pub fn stutter(&mut self, bytes: usize) -> Result<u64> {
        self.writer.write(&vec![0; bytes])
    }
}
