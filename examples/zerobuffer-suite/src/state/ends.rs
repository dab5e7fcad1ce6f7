//! The two ends of a ring as steps see them, and the factory that makes them.
//!
//! Steps know the traits of the ring only, so that a test can hand them a double.

use std::fmt::Debug;
use std::time::Duration;

use zerobuffer::{BufferConfig, Reader, Result, Writer};
pub use zerobuffer::{BufferReader as ReaderEnd, BufferWriter as WriterEnd};

/// Makes the ends of rings.
pub trait Rings: Debug {
    /// Creates the ring `name` and its reading end.
    ///
    /// # Errors
    /// Whatever the ring says.
    fn create(&self, name: &str, config: BufferConfig) -> Result<Box<dyn ReaderEnd>>;

    /// Attaches a writing end to the ring `name`, waiting up to `timeout` for it to be created.
    ///
    /// # Errors
    /// Whatever the ring says.
    fn open(&self, name: &str, timeout: Duration) -> Result<Box<dyn WriterEnd>>;

    /// Attaches a writing end that follows an earlier one; its first frame gets the number `sequence`.
    ///
    /// # Errors
    /// Whatever the ring says.
    fn follow(&self, name: &str, sequence: u64) -> Result<Box<dyn WriterEnd>>;
}

/// The rings in shared memory.
#[derive(Debug, Clone, Copy, Default)]
pub struct SharedMemory;

impl Rings for SharedMemory {
    fn create(&self, name: &str, config: BufferConfig) -> Result<Box<dyn ReaderEnd>> {
        Ok(Box::new(Reader::create(name, config)?))
    }

    fn open(&self, name: &str, timeout: Duration) -> Result<Box<dyn WriterEnd>> {
        Ok(Box::new(Writer::open_wait(name, timeout)?))
    }

    fn follow(&self, name: &str, sequence: u64) -> Result<Box<dyn WriterEnd>> {
        Ok(Box::new(Writer::options().start_sequence(sequence).open(name)?))
    }
}
