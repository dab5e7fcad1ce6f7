//! One writer of this process.

use std::time::Duration;

use zerobuffer::{BufferWriter, Error};

use super::{BufferFiles, FRAME_HEADER_BYTES};
use crate::settings::SuiteSettings;

/// A writer with the scenario's name of its ring.
#[derive(Debug)]
pub struct OpenWriter {
    pub(super) base: String,
    pub(super) files: BufferFiles,
    pub(super) process: String,
    pub(super) end: Box<dyn BufferWriter>,
}

impl OpenWriter {
    /// Writes a frame, waiting for space up to the timeout of the settings.
    ///
    /// # Errors
    /// Returns the ring's error.
    pub fn write(&mut self, data: &[u8]) -> zerobuffer::Result<u64> {
        self.write_within(SuiteSettings::current().buffer_timeout(), data)
    }

    /// Writes a frame, waiting up to `timeout` for space.
    ///
    /// # Errors
    /// Returns the ring's error.
    pub fn write_within(&mut self, timeout: Duration, data: &[u8]) -> zerobuffer::Result<u64> {
        self.end.set_write_timeout(timeout);
        self.end.write(data)
    }

    /// Returns the number of the next frame.
    pub fn next_sequence(&self) -> u64 {
        self.end.next_sequence()
    }

    /// Returns the size of the ring in bytes.
    pub fn capacity(&self) -> u64 {
        self.end.state().control.payload_size
    }

    /// Returns the longest frame in bytes of which `count` fit into the free space, wherever the ring
    /// wraps.
    ///
    /// # Errors
    /// Returns an error if the ring is too small for frames of one byte.
    pub fn frame_len_for(&self, count: u64) -> Result<usize, String> {
        let control = self.end.state().control;
        // The end of the ring may be too short for a frame, which wastes up to the length of one.
        let share = control.payload_free_bytes / (count + 1);
        let len = share.checked_sub(FRAME_HEADER_BYTES).filter(|len| *len > 0);
        len.and_then(|len| usize::try_from(len).ok())
            .ok_or_else(|| format!("{} does not fit {count} frames", self.describe_ring()))
    }

    /// Returns an error of this writer as text; if the ring is too small, with its size and creator.
    pub fn explain(&self, error: &Error) -> String {
        match error {
            Error::FrameTooLarge { .. } | Error::FrameNeverFits { .. } => {
                format!("{error}; {}", self.describe_ring())
            }
            other => other.to_string(),
        }
    }

    fn describe_ring(&self) -> String {
        let control = self.end.state().control;
        let pid = control.reader_pid;
        // The process may belong to another user, or have ended.
        let program = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        let program = match program.trim() {
            "" => String::new(),
            name => format!(" ({name})"),
        };
        let (base, size) = (&self.base, control.payload_size);
        format!(
            "the ring '{base}' of {size} bytes was created by its reader, process {pid}{program}"
        )
    }

    /// Returns the writer itself.
    pub fn end(&mut self) -> &mut dyn BufferWriter {
        &mut *self.end
    }

    /// Returns the files of its buffer.
    pub fn files(&self) -> &BufferFiles {
        &self.files
    }
}
