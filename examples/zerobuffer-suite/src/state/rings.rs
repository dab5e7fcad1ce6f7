//! The factory for readers and writers of rings.
//!
//! Steps use the traits [`BufferReader`] and [`BufferWriter`] and get instances from here, so that
//! a test can replace them by test doubles.

use std::fmt::Debug;
use std::time::Duration;

use zerobuffer::{BufferConfig, BufferReader, BufferWriter, Reader, Result, Writer};

use super::bounded_writer::BoundedWriter;
use crate::settings::SuiteSettings;

/// Creates readers and writers.
pub trait Rings: Debug + Send + Sync {
    /// Creates the ring `name` and its reader.
    ///
    /// # Errors
    /// Returns the ring's error.
    fn create(&self, name: &str, config: BufferConfig) -> Result<Box<dyn BufferReader>>;

    /// Attaches a writer to the ring `name`, waiting up to `timeout` for its creation.
    ///
    /// # Errors
    /// Returns the ring's error.
    fn open(&self, name: &str, timeout: Duration) -> Result<Box<dyn BufferWriter>>;

    /// Attaches a writer that follows an earlier one; its first frame has the number `sequence`.
    ///
    /// # Errors
    /// Returns the ring's error.
    fn follow(&self, name: &str, sequence: u64) -> Result<Box<dyn BufferWriter>>;
}

/// Rings in shared memory. Frames above the limit of the settings are not written.
#[derive(Debug, Clone, Copy, Default)]
pub struct SharedMemory;

impl Rings for SharedMemory {
    fn create(&self, name: &str, config: BufferConfig) -> Result<Box<dyn BufferReader>> {
        Ok(Box::new(Reader::create(name, config)?))
    }

    fn open(&self, name: &str, timeout: Duration) -> Result<Box<dyn BufferWriter>> {
        Ok(bounded(Writer::open_timeout(name, timeout)?))
    }

    fn follow(&self, name: &str, sequence: u64) -> Result<Box<dyn BufferWriter>> {
        Ok(bounded(Writer::options().start_sequence(sequence).open(name)?))
    }
}

fn bounded(end: Writer) -> Box<dyn BufferWriter> {
    Box::new(BoundedWriter::new(end, SuiteSettings::frame_limit()))
}
