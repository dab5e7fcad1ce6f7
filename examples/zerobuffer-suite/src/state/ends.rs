//! The factory that makes the two ends of a ring.
//!
//! Steps know the ends as [`BufferReader`] and [`BufferWriter`] and get them from here, so that a test
//! can hand them doubles.

use std::fmt::Debug;
use std::time::Duration;

use zerobuffer::{BufferConfig, BufferReader, BufferWriter, Reader, Result, Writer};

use super::bounded_writer::BoundedWriter;
use crate::settings::SuiteSettings;

/// Makes the ends of rings.
pub trait Rings: Debug + Send + Sync {
    /// Creates the ring `name` and its reading end.
    ///
    /// # Errors
    /// Whatever the ring says.
    fn create(&self, name: &str, config: BufferConfig) -> Result<Box<dyn BufferReader>>;

    /// Attaches a writing end to the ring `name`, waiting up to `timeout` for it to be created.
    ///
    /// # Errors
    /// Whatever the ring says.
    fn open(&self, name: &str, timeout: Duration) -> Result<Box<dyn BufferWriter>>;

    /// Attaches a writing end that follows an earlier one; its first frame gets the number `sequence`.
    ///
    /// # Errors
    /// Whatever the ring says.
    fn follow(&self, name: &str, sequence: u64) -> Result<Box<dyn BufferWriter>>;
}

/// The rings in shared memory. Frames longer than the settings allow are not written.
#[derive(Debug, Clone, Copy, Default)]
pub struct SharedMemory;

impl Rings for SharedMemory {
    fn create(&self, name: &str, config: BufferConfig) -> Result<Box<dyn BufferReader>> {
        Ok(Box::new(Reader::create(name, config)?))
    }

    fn open(&self, name: &str, timeout: Duration) -> Result<Box<dyn BufferWriter>> {
        Ok(bounded(Writer::open_wait(name, timeout)?))
    }

    fn follow(&self, name: &str, sequence: u64) -> Result<Box<dyn BufferWriter>> {
        Ok(bounded(Writer::options().start_sequence(sequence).open(name)?))
    }
}

fn bounded(end: Writer) -> Box<dyn BufferWriter> {
    Box::new(BoundedWriter::new(end, SuiteSettings::frame_limit()))
}
