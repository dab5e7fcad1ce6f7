//! The two ends of a ring as steps see them, and the factory that makes them.
//!
//! Steps know these traits only, so that a test can hand them a double. They add to the traits of
//! the ring what steps look at besides frames.

use std::fmt::Debug;
use std::time::Duration;

use zerobuffer::{
    BufferConfig, BufferReader, BufferState, BufferWriter, Reader, ReaderStats, Result, Writer,
    WriterStats,
};

/// The reading end of a ring.
pub trait ReaderEnd: BufferReader + Debug + Send {
    /// The metadata, `None` as long as there is none.
    ///
    /// # Errors
    /// When shared memory contradicts itself.
    fn metadata(&self) -> Result<Option<Vec<u8>>>;

    /// The shared state at this moment.
    fn state(&self) -> BufferState;

    /// What this end has done so far.
    fn stats(&self) -> ReaderStats;

    /// Whether the remains of an earlier reader were removed at creation.
    fn replaced_stale(&self) -> bool;
}

/// The writing end of a ring.
pub trait WriterEnd: BufferWriter + Debug + Send {
    /// Writes the metadata.
    ///
    /// # Errors
    /// When it is too long or was written before, or the reader is gone.
    fn set_metadata(&mut self, metadata: &[u8]) -> Result<()>;

    /// How long a write waits for space.
    fn set_write_timeout(&mut self, timeout: Duration);

    /// The shared state at this moment.
    fn state(&self) -> BufferState;

    /// What this end has done so far.
    fn stats(&self) -> WriterStats;

    /// Whether the reader is there and alive.
    fn is_reader_connected(&self) -> bool;
}

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

impl ReaderEnd for Reader {
    fn metadata(&self) -> Result<Option<Vec<u8>>> {
        Self::metadata(self)
    }

    fn state(&self) -> BufferState {
        Self::state(self)
    }

    fn stats(&self) -> ReaderStats {
        Self::stats(self)
    }

    fn replaced_stale(&self) -> bool {
        Self::replaced_stale(self)
    }
}

impl WriterEnd for Writer {
    fn set_metadata(&mut self, metadata: &[u8]) -> Result<()> {
        Self::set_metadata(self, metadata)
    }

    fn set_write_timeout(&mut self, timeout: Duration) {
        Self::set_write_timeout(self, timeout);
    }

    fn state(&self) -> BufferState {
        Self::state(self)
    }

    fn stats(&self) -> WriterStats {
        Self::stats(self)
    }

    fn is_reader_connected(&self) -> bool {
        Self::is_reader_connected(self)
    }
}
