//! The producer: films into shared memory.

use std::time::Duration;

use zerobuffer::{Result, Writer};

use crate::video::{Format, Scene};

/// How long a frame waits for room; the consumer may be busy with those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A camera whose frames go into a ring.
#[derive(Debug)]
pub struct Camera {
    writer: Writer,
    format: Format,
}

impl Camera {
    /// Connects to `ring`, which a consumer creates, and says there what the frames are like.
    ///
    /// # Errors
    /// When the ring does not come to be, or has a writer or a format already.
    pub fn open(ring: &str, format: Format) -> Result<Self> {
        let mut writer = Writer::open_wait(ring, PATIENCE)?;
        writer.set_write_timeout(PATIENCE);
        let metadata = serde_json::json!(format).to_string();
        writer.set_metadata(metadata.as_bytes())?;
        Ok(Self { writer, format })
    }

    /// What its frames are like.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Films one frame where the consumer will read it, and gives its number. `look` sees it there
    /// before it is handed over.
    ///
    /// # Errors
    /// When no room comes in time, or the consumer is gone.
    pub fn film(&mut self, scene: Scene, look: impl FnOnce(u64, &[u8])) -> Result<u64> {
        let number = self.writer.next_sequence();
        let mut frame = self.writer.reserve(self.format.frame_bytes())?;
        self.format.film(scene, number, &mut frame);
        look(number, &frame);
        frame.commit()
    }

    /// Sends `bytes` bytes that are no whole frame, as a camera with a fault does.
    ///
    /// # Errors
    /// As [`film`](Self::film).
    pub fn stutter(&mut self, bytes: usize) -> Result<u64> {
        self.writer.write(&vec![0; bytes])
    }
}
