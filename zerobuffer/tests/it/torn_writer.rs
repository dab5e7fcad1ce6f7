//! Writers killed between storing a frame and posting it: nothing is lost, shifted or overwritten.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, Error, Reader, Writer, WriterHandover};

use crate::support::{TEST_TIMEOUT, TestName, pattern};

const RING: u64 = 1024;
const LEN: usize = 84;
const TOTAL: u64 = LEN as u64 + 16;
const DEAD: u64 = u32::MAX as u64;

fn config(policy: WriterHandover) -> BufferConfig {
    BufferConfig::new(64, RING as usize).unwrap().on_writer_handover(policy)
}

struct Memory(File);

impl Memory {
    fn open(name: &TestName) -> Self {
        Self(File::options().read(true).write(true).open(name.shm_path()).unwrap())
    }

    fn field(&self, offset: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.read_exact_at(&mut bytes, offset).unwrap();
        u64::from_le_bytes(bytes)
    }

    fn set_field(&self, offset: u64, value: u64) {
        self.0.write_all_at(&value.to_le_bytes(), offset).unwrap();
    }

    /// Frame `sequence` as a writer leaves it that was killed before the post; with `taken` after it
    /// had taken the free bytes.
    fn tear(&self, sequence: u64, taken: bool) {
        let (at, payload) = (self.field(0x30), 128 + 64);
        self.0.write_all_at(&pattern(sequence, LEN), payload + at + 16).unwrap();
        self.0.write_all_at(&(LEN as u64).to_le_bytes(), payload + at).unwrap();
        self.0.write_all_at(&sequence.to_le_bytes(), payload + at + 8).unwrap();
        self.set_field(0x30, at + TOTAL);
        self.set_field(0x40, self.field(0x40) + 1);
        if taken {
            self.set_field(0x28, self.field(0x28) - TOTAL);
        }
        self.set_field(0x50, DEAD);
    }
}

/// Reads with `timeout` until a frame comes.
fn next(reader: &mut Reader, timeout: Duration) -> zerobuffer::Result<(u64, Vec<u8>)> {
    let began = Instant::now();
    while began.elapsed() < TEST_TIMEOUT {
        if let Some(frame) = reader.read(timeout)? {
            return Ok((frame.sequence(), frame.to_vec()));
        }
    }
    panic!("no frame");
}

#[test]
fn frame_of_a_killed_writer_is_delivered_before_its_death() {
    for (taken, timeout) in [(true, TEST_TIMEOUT), (false, TEST_TIMEOUT), (false, Duration::ZERO)] {
        let name = TestName::new("torn");
        let mut reader = Reader::create(&name, config(WriterHandover::Error)).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        for number in 1..=3 {
            writer.write(&pattern(number, LEN)).unwrap();
            assert_eq!(next(&mut reader, timeout).unwrap().0, number);
        }
        drop(writer);
        Memory::open(&name).tear(4, taken);
        assert_eq!(next(&mut reader, timeout).unwrap(), (4, pattern(4, LEN)));
        assert!(matches!(next(&mut reader, timeout), Err(Error::WriterDead { pid: DEAD, .. })));
        // A successor goes on as if nothing had happened, several times around the ring.
        let next_sequence = reader.next_sequence();
        let mut writer = Writer::options().start_sequence(next_sequence).open(&name).unwrap();
        for number in 5..50 {
            writer.write(&pattern(number, LEN)).unwrap();
            assert_eq!(next(&mut reader, timeout).unwrap(), (number, pattern(number, LEN)));
        }
        writer.close();
        assert!(matches!(next(&mut reader, timeout), Err(Error::WriterClosed { .. })));
        assert_eq!(reader.state().control.payload_free_bytes, RING);
    }
}

#[test]
fn successor_of_a_killed_writer_loses_and_overwrites_nothing() {
    for (taken, timeout) in [(true, TEST_TIMEOUT), (false, TEST_TIMEOUT), (false, Duration::ZERO)] {
        let name = TestName::new("torn-successor");
        let mut reader = Reader::create(&name, config(WriterHandover::Resync)).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        for number in 1..=3 {
            writer.write(&pattern(number, LEN)).unwrap();
        }
        drop(writer);
        Memory::open(&name).tear(4, taken);
        let mut writer = Writer::options().start_sequence(1).open(&name).unwrap();
        writer.set_write_timeout(Duration::ZERO);
        let mut written = 0;
        while writer.write(&pattern(written + 1, LEN)).is_ok() {
            written += 1;
        }
        assert_eq!(written, (RING / TOTAL) - 4, "as many as there is space for");
        for number in (1..=4).chain(1..=written) {
            assert_eq!(next(&mut reader, timeout).unwrap(), (number, pattern(number, LEN)));
        }
        assert_eq!(reader.state().control.payload_free_bytes, RING);
        writer.write(&pattern(written + 1, LEN)).unwrap();
        assert_eq!(next(&mut reader, timeout).unwrap().0, written + 1);
        writer.close();
        assert!(matches!(next(&mut reader, timeout), Err(Error::WriterClosed { .. })));
    }
}

#[test]
fn end_of_a_stream_before_its_write_position_is_an_error() {
    let name = TestName::new("torn-end");
    let mut reader = Reader::create(&name, config(WriterHandover::Error)).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    writer.write(b"one").unwrap();
    drop(writer);
    assert!(reader.try_read().unwrap().is_some());
    let memory = Memory::open(&name);
    let position = memory.field(0x30);
    memory.set_field(0x30, position + 64);
    for _ in 0..2 {
        let error = reader.try_read().map(drop).unwrap_err();
        assert!(
            matches!(error, Error::Sequence { expected: 2, .. } | Error::Corrupt { .. }),
            "{error}"
        );
    }
    memory.set_field(0x30, position);
    assert!(matches!(reader.try_read(), Err(Error::WriterClosed { .. })));
}

#[test]
fn abandoned_wrap_of_another_library_is_ignored() {
    let name = TestName::new("torn-wrap");
    let mut reader = Reader::create(&name, config(WriterHandover::Error)).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    for number in 1..=9 {
        writer.write(&pattern(number, LEN)).unwrap();
        assert!(reader.try_read().unwrap().is_some());
    }
    drop(writer);
    // The C++ library publishes a wrap before it commits the frame behind it.
    let memory = Memory::open(&name);
    let position = memory.field(0x30);
    memory.0.write_all_at(&[0; 16], 128 + 64 + position).unwrap();
    memory.set_field(0x28, position);
    memory.set_field(0x30, 0);
    assert!(matches!(reader.try_read(), Err(Error::WriterClosed { .. })));
}

#[test]
fn frame_that_a_slow_writer_has_not_posted_is_left_alone() {
    let name = TestName::new("slow-writer");
    let mut reader = Reader::create(&name, config(WriterHandover::Resync)).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    writer.write(&pattern(1, LEN)).unwrap();
    assert_eq!(next(&mut reader, TEST_TIMEOUT).unwrap().0, 1);
    let memory = Memory::open(&name);
    let connected = memory.field(0x50);
    memory.tear(2, true);
    memory.set_field(0x50, connected);
    // Much longer than the frame of a successor may be without its post.
    assert!(reader.read(Duration::from_millis(1200)).unwrap().is_none());
    assert_eq!(reader.state().control.payload_free_bytes, RING - TOTAL);
}
