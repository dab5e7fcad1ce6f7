//! Streams that our own writer never makes: those of other implementations, and broken ones.
//!
//! The objects are files, so a test can write into them what it wants.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{TestName, pattern};

const CAPACITY: u64 = 1024;
const METADATA: u64 = 64;

/// A writer that leaves a rest of 1 to 15 bytes at the end without a marker, as the C++ library
/// does, and does anything else a test wants.
struct ForeignWriter {
    memory: File,
    ready: File,
    released: File,
    position: u64,
    sequence: u64,
    count: u64,
}

impl ForeignWriter {
    fn attach(name: &TestName) -> Self {
        let open = |path| File::options().read(true).write(true).open(path).unwrap();
        let writer = Self {
            memory: open(name.shm_path()),
            ready: open(name.semaphore_path('w')),
            released: open(name.semaphore_path('r')),
            position: 0,
            sequence: 1,
            count: 0,
        };
        writer.set_field(0x50, std::process::id().into());
        writer
    }

    fn field(&self, offset: u64) -> u64 {
        let mut bytes = [0; 8];
        self.memory.read_exact_at(&mut bytes, offset).unwrap();
        u64::from_le_bytes(bytes)
    }

    fn set_field(&self, offset: u64, value: u64) {
        self.memory.write_all_at(&value.to_le_bytes(), offset).unwrap();
    }

    fn free(&self) -> u64 {
        self.field(0x28)
    }

    fn put(&self, position: u64, bytes: &[u8]) {
        self.memory.write_all_at(bytes, 128 + METADATA + position).unwrap();
    }

    fn header(size: u64, sequence: u64) -> Vec<u8> {
        [size.to_le_bytes(), sequence.to_le_bytes()].concat()
    }

    fn set_count(semaphore: &File, count: u32) {
        semaphore.write_all_at(&count.to_le_bytes(), 0).unwrap();
    }

    fn count(semaphore: &File) -> u32 {
        let mut bytes = [0; 4];
        semaphore.read_exact_at(&mut bytes, 0).unwrap();
        u32::from_le_bytes(bytes)
    }

    /// Announces a frame, whether there is one or not.
    fn announce(&self) {
        Self::set_count(&self.ready, Self::count(&self.ready) + 1);
    }

    fn write(&mut self, data: &[u8]) {
        let total = 16 + data.len() as u64;
        let rest = CAPACITY - self.position;
        if rest < total {
            if rest >= 16 {
                self.put(self.position, &[0; 16]);
                self.count += 1;
            }
            self.set_field(0x28, self.free() - rest);
            self.position = 0;
        }
        self.put(self.position, &Self::header(data.len() as u64, self.sequence));
        self.put(self.position + 16, data);
        self.position += total;
        self.sequence += 1;
        self.count += 1;
        self.set_field(0x30, self.position);
        self.set_field(0x28, self.free() - total);
        self.set_field(0x40, self.count);
        self.announce();
    }
}

fn pair(name: &TestName) -> (Reader, ForeignWriter) {
    let config = BufferConfig::new(METADATA as usize, CAPACITY as usize).unwrap();
    (Reader::create(name, config).unwrap(), ForeignWriter::attach(name))
}

#[test]
fn unmarked_waste_is_skipped() {
    for rest in 0..=16 {
        let name = TestName::new("foreign-rest");
        let (mut reader, mut writer) = pair(&name);
        for (number, len) in
            [(1, 500), (2, (CAPACITY - 516 - 16 - rest) as usize), (3, 300), (4, 600), (5, 90)]
        {
            writer.write(&pattern(number, len));
            let frame = reader.try_read().unwrap().unwrap();
            assert!(*frame == pattern(number, len), "rest {rest}, frame {number}");
            drop(frame);
            assert_eq!(writer.free(), CAPACITY, "rest {rest}, after frame {number}");
        }
        let control = reader.state().control;
        assert_eq!(control.payload_read_count, control.payload_written_count, "rest {rest}");
    }
}

#[test]
fn writer_continues_from_positions_of_other_writers() {
    for rest in 0..16 {
        let name = TestName::new("take-over");
        let (mut reader, mut foreign) = pair(&name);
        foreign.write(&pattern(1, (CAPACITY - 16 - rest) as usize));
        assert_eq!(foreign.field(0x30), CAPACITY - rest);
        drop(reader.try_read().unwrap().unwrap());
        foreign.set_field(0x50, 0);
        let mut writer = Writer::options().start_sequence(2).open(&name).unwrap();
        for number in 2..10 {
            writer.write(&pattern(number, 200)).unwrap();
            assert!(*reader.try_read().unwrap().unwrap() == pattern(number, 200), "rest {rest}");
            assert_eq!(foreign.free(), CAPACITY);
        }
    }
}

#[test]
fn posts_without_a_frame_are_ignored() {
    let name = TestName::new("stray");
    let (mut reader, mut writer) = pair(&name);
    for number in 1..=20 {
        let before = name.control_block();
        for _ in 0..3 {
            writer.announce();
        }
        let announced = ForeignWriter::count(&writer.ready);
        assert!(reader.try_read().unwrap().is_none());
        assert_eq!(ForeignWriter::count(&writer.ready), announced - 1, "one for each look");
        assert!(reader.read(Duration::from_millis(1)).unwrap().is_none());
        assert_eq!(ForeignWriter::count(&writer.ready), 0);
        assert_eq!(name.control_block(), before);
        writer.announce();
        writer.write(&pattern(number, 300));
        assert!(*reader.try_read().unwrap().unwrap() == pattern(number, 300));
    }
    assert!(reader.stats().stray_announcements >= 60);
}

#[test]
fn wrong_sequence_number_changes_nothing() {
    let name = TestName::new("sequence");
    let (mut reader, mut writer) = pair(&name);
    writer.write(b"one");
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"one");
    writer.sequence = 7;
    let at = writer.position;
    writer.write(b"seven");
    let before = name.control_block();
    for _ in 0..3 {
        match reader.try_read() {
            Err(Error::Sequence { expected: 2, got: 7, .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(name.control_block(), before);
    // The announcement was kept: once the frame is right it is read.
    writer.put(at, &ForeignWriter::header(5, 2));
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"seven");
}

#[test]
fn invalid_headers_are_errors() {
    for size in [0, CAPACITY - 15, CAPACITY, 1 << 40, u64::MAX - 15, u64::MAX] {
        let name = TestName::new("lying-header");
        let (mut reader, mut writer) = pair(&name);
        writer.write(b"first");
        writer.put(0, &ForeignWriter::header(size, 1));
        let before = name.control_block();
        match reader.try_read() {
            Err(Error::Corrupt { field: "frame size", value, .. }) => assert_eq!(value, size),
            other => panic!("{other:?}"),
        }
        assert_eq!(name.control_block(), before);
    }
}

#[test]
fn a_marker_needs_a_frame_behind_it() {
    let name = TestName::new("lone-marker");
    let (mut reader, mut writer) = pair(&name);
    writer.write(&pattern(1, 100));
    drop(reader.try_read().unwrap().unwrap());
    let before_position = writer.position;
    writer.write(&pattern(2, 100));
    writer.put(before_position, &[0; 16]);
    let before = name.control_block();
    assert!(matches!(reader.try_read(), Err(Error::Sequence { expected: 2, got: 1, .. })));
    assert_eq!(name.control_block(), before);
}

#[test]
fn externally_changed_control_block_is_an_error() {
    for (offset, value) in [(0x38, 8), (0x38, 1 << 40)] {
        let name = TestName::new("moved");
        let (mut reader, mut writer) = pair(&name);
        writer.write(b"x");
        writer.set_field(offset, value);
        let found = reader.try_read();
        assert!(
            matches!(found, Err(Error::Corrupt { field: "payload_read_pos", value: v, .. }) if v == value)
        );
    }
    let name = TestName::new("too-free");
    let (mut reader, mut writer) = pair(&name);
    writer.write(b"x");
    writer.set_field(0x28, CAPACITY);
    drop(reader.try_read().unwrap().unwrap());
    let found = reader.try_read();
    assert!(
        matches!(found, Err(Error::Corrupt { field: "payload_free_bytes", value, .. }) if value == CAPACITY + 17)
    );
}

#[test]
fn sizes_are_not_read_again() {
    let name = TestName::new("resized");
    let config = BufferConfig::new(METADATA as usize, CAPACITY as usize).unwrap();
    let mut reader = Reader::create(&name, config).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    let memory = File::options().write(true).open(name.shm_path()).unwrap();
    for offset in [0x08, 0x20] {
        memory.write_all_at(&(1_u64 << 40).to_le_bytes(), offset).unwrap();
    }
    writer.set_metadata(b"still here").unwrap();
    assert_eq!(reader.metadata().unwrap().as_deref(), Some(&b"still here"[..]));
    for number in 1..50 {
        writer.write(&pattern(number, 400)).unwrap();
        assert!(*reader.try_read().unwrap().unwrap() == pattern(number, 400));
    }
}

#[test]
fn invalid_metadata_lengths_are_errors() {
    for (written, length) in
        [(1, 0), (7, 0), (65, 57), (1 << 60, 8), (u64::MAX, 8), (16, 9), (16, 1 << 60)]
    {
        let name = TestName::new("lying-metadata");
        let (reader, writer) = pair(&name);
        writer.set_field(128, length);
        writer.set_field(0x18, written);
        let found = reader.metadata();
        assert!(matches!(found, Err(Error::Corrupt { .. })), "{written} {length}: {found:?}");
    }
}

#[test]
fn the_release_count_never_overflows() {
    const MOST: u32 = i32::MAX as u32;
    const CAP: u32 = 1 << 20;
    let name = TestName::new("overflow");
    let (mut reader, mut writer) = pair(&name);
    for (preset, expected) in [(MOST, MOST), (CAP, CAP), (CAP - 1, CAP), (0, 1)] {
        ForeignWriter::set_count(&writer.released, preset);
        writer.write(b"x");
        drop(reader.try_read().unwrap().unwrap());
        assert_eq!(ForeignWriter::count(&writer.released), expected);
        assert_eq!(writer.free(), CAPACITY);
    }
}

#[test]
fn old_releases_do_not_keep_a_writer_from_waiting() {
    let name = TestName::new("old-releases");
    let config = BufferConfig::new(METADATA as usize, CAPACITY as usize).unwrap();
    let _reader = Reader::create(&name, config).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    writer.write(&[1; 500]).unwrap();
    writer.write(&[1; 400]).unwrap();
    let released = File::options().write(true).open(name.semaphore_path('r')).unwrap();
    ForeignWriter::set_count(&released, 100_000);
    writer.set_write_timeout(Duration::from_secs(1));
    assert!(matches!(writer.write(&[1; 500]), Err(Error::BufferFull { .. })));
    assert_eq!(writer.state().releases_pending, 0, "all of them were taken and found wanting");
}
