//! Steps with doubles in place of rings: what a step asserts is what its words claim.

use std::time::Duration;

use zerobuffer::{
    BufferConfig, BufferReader, BufferState, BufferWriter, Error, HeldFrame, ReaderStats, Result,
    WriterState,
};

use super::lifecycle::should_miss_the_writer;
use crate::state::{BufferNames, Readers, Rings};

/// Makes readers that give the same answer to every read.
#[derive(Debug)]
struct Scripted(fn() -> Result<Option<HeldFrame>>);

/// A reader without a ring.
#[derive(Debug)]
struct ScriptedReader(fn() -> Result<Option<HeldFrame>>);

impl Rings for Scripted {
    fn create(&self, _name: &str, _config: BufferConfig) -> Result<Box<dyn BufferReader>> {
        Ok(Box::new(ScriptedReader(self.0)))
    }

    fn open(&self, name: &str, _timeout: Duration) -> Result<Box<dyn BufferWriter>> {
        Err(Error::NotFound { name: name.to_owned() })
    }

    fn follow(&self, name: &str, _sequence: u64) -> Result<Box<dyn BufferWriter>> {
        Err(Error::NotFound { name: name.to_owned() })
    }
}

impl BufferReader for ScriptedReader {
    fn receive(&mut self, _timeout: Duration) -> Result<Option<HeldFrame>> {
        (self.0)()
    }

    fn held(&self) -> Option<&[u8]> {
        None
    }

    fn release(&mut self) -> bool {
        false
    }

    fn metadata(&self) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn wait_for_writer(&mut self, _timeout: Duration) -> bool {
        false
    }

    fn writer_state(&self) -> WriterState {
        WriterState::NeverConnected
    }

    fn next_sequence(&self) -> u64 {
        1
    }

    fn name(&self) -> &str {
        "scripted"
    }

    fn max_frame_len(&self) -> usize {
        0
    }

    fn guaranteed_frame_len(&self) -> usize {
        0
    }

    fn replaced_stale(&self) -> bool {
        false
    }

    fn stats(&self) -> ReaderStats {
        ReaderStats::default()
    }

    fn state(&self) -> BufferState {
        unreachable!("the steps under test look at reads only")
    }
}

fn readers(answer: fn() -> Result<Option<HeldFrame>>) -> Readers {
    let mut readers = Readers::with_rings(Box::new(Scripted(answer)));
    let config = BufferConfig::new(64, 64).unwrap();
    readers.create("reader", "scripted", &mut BufferNames::default(), config).unwrap();
    readers
}

fn dead_writer() -> Result<Option<HeldFrame>> {
    Err(Error::WriterDead { name: "scripted".to_owned(), pid: 7 })
}

#[test]
fn a_writer_counts_as_missed_only_if_the_read_says_so() {
    let step = |answer| should_miss_the_writer(&mut readers(answer), "reader".to_owned());
    assert_eq!(step(|| Ok(None)), Ok(()));
    assert_eq!(step(dead_writer), Ok(()));
    let frame = step(|| Ok(Some(HeldFrame::new(5, 10)))).unwrap_err();
    assert!(frame.contains("frame 5"), "{frame}");
    let other = step(|| Err(Error::EmptyFrame { name: "scripted".to_owned() })).unwrap_err();
    assert!(other.contains("another reason"), "{other}");
}

#[test]
fn a_step_that_releases_nothing_fails() {
    let mut readers = readers(|| Ok(Some(HeldFrame::new(1, 1))));
    let reader = readers.current().unwrap();
    reader.receive(Duration::ZERO).unwrap();
    assert!(reader.release().unwrap_err().contains("no frame is held"));
    assert!(reader.held().is_err());
}
