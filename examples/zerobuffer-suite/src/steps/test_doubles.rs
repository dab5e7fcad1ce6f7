//! Unit tests of steps with test doubles instead of rings: a step asserts what its text claims.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use zerobuffer::{
    BufferConfig, BufferReader, BufferState, BufferWriter, Error, HeldFrame, ReaderStats, Result,
    WriterState, WriterStats,
};

use super::bench_costs::{
    Costs, Utilization, compare_barriers, faster_writer, integrity_maintained, measure_signals,
    measure_straight, measure_wrapping, monitor_utilization, test_rates, tight_ring,
};
use super::free_space::{RING_BYTES, Trials, calculations_match, try_positions};
use super::header_variations::{try_corruptions, write_valid};
use super::lifecycle::should_miss_the_writer;
use crate::state::{BufferNames, Readers, Rings, Scale, SharedMemory, Writers};

/// Creates readers that give the same result for every read.
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
        unreachable!("the steps under test only read")
    }
}

fn readers(answer: fn() -> Result<Option<HeldFrame>>) -> Readers {
    let mut readers = Readers::with_rings(Arc::new(Scripted(answer)));
    let config = BufferConfig::new(64, 64).unwrap();
    readers.create("reader", "scripted", &mut BufferNames::default(), config).unwrap();
    readers
}

fn dead_writer() -> Result<Option<HeldFrame>> {
    Err(Error::WriterDead { name: "scripted".to_owned(), pid: 7 })
}

#[test]
fn writer_is_missed_only_if_the_read_reports_its_death() {
    let step = |answer| should_miss_the_writer(&mut readers(answer), "reader".to_owned());
    // A timeout alone is not a death: the files have to name a writer, and this reader has none.
    assert!(step(|| Ok(None)).is_err());
    assert_eq!(step(dead_writer), Ok(()));
    let frame = step(|| Ok(Some(HeldFrame::new(5, 10)))).unwrap_err();
    assert!(frame.contains("frame 5"), "{frame}");
    let other = step(|| Err(Error::EmptyFrame { name: "scripted".to_owned() })).unwrap_err();
    assert!(other.contains("another reason"), "{other}");
}

#[test]
fn step_that_releases_nothing_fails() {
    let mut readers = readers(|| Ok(Some(HeldFrame::new(1, 1))));
    let reader = readers.current().unwrap();
    reader.receive(Duration::ZERO).unwrap();
    assert!(reader.release().unwrap_err().contains("no frame is held"));
    assert!(reader.held().is_err());
}

/// Rings in shared memory with faulty writers.
#[derive(Debug)]
struct Bent(Fault);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The last byte of a frame is corrupted.
    ChangesBytes,
    /// Space is reported for any request.
    PromisesSpace,
}

#[derive(Debug)]
struct BentWriter {
    writer: Box<dyn BufferWriter>,
    fault: Fault,
}

impl Rings for Bent {
    fn create(&self, name: &str, config: BufferConfig) -> Result<Box<dyn BufferReader>> {
        SharedMemory.create(name, config)
    }

    fn open(&self, name: &str, timeout: Duration) -> Result<Box<dyn BufferWriter>> {
        let writer = SharedMemory.open(name, timeout)?;
        Ok(Box::new(BentWriter { writer, fault: self.0 }))
    }

    fn follow(&self, name: &str, sequence: u64) -> Result<Box<dyn BufferWriter>> {
        SharedMemory.follow(name, sequence)
    }
}

impl BufferWriter for BentWriter {
    fn set_metadata(&mut self, metadata: &[u8]) -> Result<()> {
        self.writer.set_metadata(metadata)
    }

    fn write(&mut self, data: &[u8]) -> Result<u64> {
        let mut data = data.to_vec();
        if self.fault == Fault::ChangesBytes
            && let Some(last) = data.last_mut()
        {
            *last ^= 1;
        }
        self.writer.write(&data)
    }

    fn prepare(&mut self, len: usize) -> Result<()> {
        if self.fault == Fault::PromisesSpace { Ok(()) } else { self.writer.prepare(len) }
    }

    fn prepared(&mut self) -> Option<&mut [u8]> {
        self.writer.prepared()
    }

    fn commit(&mut self) -> Result<Option<u64>> {
        self.writer.commit()
    }

    fn discard(&mut self) -> bool {
        self.writer.discard()
    }

    fn set_write_timeout(&mut self, timeout: Duration) {
        self.writer.set_write_timeout(timeout);
    }

    fn write_timeout(&self) -> Duration {
        self.writer.write_timeout()
    }

    fn is_reader_connected(&self) -> bool {
        self.writer.is_reader_connected()
    }

    fn next_sequence(&self) -> u64 {
        self.writer.next_sequence()
    }

    fn name(&self) -> &str {
        self.writer.name()
    }

    fn max_frame_len(&self) -> usize {
        self.writer.max_frame_len()
    }

    fn guaranteed_frame_len(&self) -> usize {
        self.writer.guaranteed_frame_len()
    }

    fn stats(&self) -> WriterStats {
        self.writer.stats()
    }

    fn state(&self) -> BufferState {
        self.writer.state()
    }
}

/// Rings in shared memory whose readers accept every frame as valid.
#[derive(Debug, Default)]
struct Blind(Mutex<Vec<Box<dyn BufferReader>>>);

impl Rings for Blind {
    fn create(&self, name: &str, config: BufferConfig) -> Result<Box<dyn BufferReader>> {
        self.0.lock().unwrap().push(SharedMemory.create(name, config)?);
        Ok(Box::new(ScriptedReader(|| Ok(Some(HeldFrame::new(1, 42))))))
    }

    fn open(&self, name: &str, timeout: Duration) -> Result<Box<dyn BufferWriter>> {
        SharedMemory.open(name, timeout)
    }

    fn follow(&self, name: &str, sequence: u64) -> Result<Box<dyn BufferWriter>> {
        SharedMemory.follow(name, sequence)
    }
}

fn ends(rings: impl Rings + 'static) -> (Readers, Writers) {
    let rings: Arc<dyn Rings> = Arc::new(rings);
    (Readers::with_rings(Arc::clone(&rings)), Writers::with_rings(rings))
}

#[test]
fn free_space_is_what_a_writer_can_reserve() {
    let calculated = |rings: Arc<dyn Rings>| {
        let mut names = BufferNames::default();
        let mut readers = Readers::with_rings(Arc::clone(&rings));
        let config = BufferConfig::new(0, RING_BYTES).unwrap();
        readers.create("reader", "free-space", &mut names, config).unwrap();
        let mut trials = Trials::default();
        try_positions(&names, &Writers::with_rings(rings), &mut trials, None)?;
        calculations_match(&trials, "reader".to_owned())
    };
    assert_eq!(calculated(Arc::new(SharedMemory)), Ok(()));
    let wrong = calculated(Arc::new(Bent(Fault::PromisesSpace))).unwrap_err();
    assert!(wrong.contains("bytes in a row, writer at 5000, reader at 2000"), "{wrong}");
}

#[test]
fn reader_that_accepts_every_header_is_detected() {
    let tried = |(mut readers, mut writers): (Readers, Writers)| {
        let mut names = BufferNames::default();
        let config = BufferConfig::new(0, RING_BYTES).unwrap();
        readers.create("reader", "valid-frame", &mut names, config).unwrap();
        writers.connect("writer", "valid-frame", &mut names).unwrap();
        write_valid(&mut writers, "writer".to_owned()).unwrap();
        try_corruptions(&mut names, &mut readers, &writers, None)
    };
    assert_eq!(tried(ends(SharedMemory)), Ok(()));
    let wrong = tried(ends(Blind::default())).unwrap_err();
    assert!(wrong.contains("payload_size > remaining: the read returned"), "{wrong}");
}

#[test]
fn benchmarks_detect_corrupted_frames() {
    let (readers, writers) = ends(Bent(Fault::ChangesBytes));
    let mut names = BufferNames::default();
    let mut costs = Costs::default();
    tight_ring(&mut costs, "1.5x".to_owned()).unwrap();
    let mut utilization = Utilization::default();
    faster_writer(&mut utilization, "writer".to_owned());
    compare_barriers(&mut costs);
    let mut failures = vec![
        ("wrapping", measure_wrapping(&mut costs, &mut names, &readers, &writers)),
        ("straight", measure_straight(&mut costs, &mut names, &readers, &writers)),
        ("barriers", integrity_maintained(&costs, &mut names, &readers, &writers)),
        ("signals", measure_signals(&mut costs, &mut names, &readers, &writers)),
    ];
    let scale = Scale::default();
    let rates = test_rates(&mut costs, &mut names, &readers, &writers, &scale, None);
    failures.push(("rates", rates));
    let watched = monitor_utilization(&mut utilization, &mut names, &readers, &writers);
    failures.push(("utilization", watched));
    for (what, result) in failures {
        let wrong = result.expect_err(what);
        assert!(
            wrong.contains("arrived as") || wrong.contains("not read unchanged"),
            "{what}: {wrong}"
        );
    }
}
