//! When a reader publishes its counters: at once, unless it is fast, more frames are announced and the
//! ring has plenty of space; and how far they lag then.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{Numbers, TEST_TIMEOUT, TestName, pattern};

/// Frames that a batch has at most.
const BATCH: u64 = 64;

/// Bytes that a frame of the tests takes.
const TOTAL: u64 = 128;

const LEN: usize = TOTAL as usize - 16;

fn pair(name: &TestName, ring: u64) -> (Reader, Writer) {
    let reader = Reader::create(name, BufferConfig::new(64, ring as usize).unwrap()).unwrap();
    let mut writer = Writer::open(name).unwrap();
    writer.set_write_timeout(Duration::ZERO);
    (reader, writer)
}

/// What other processes see.
#[derive(Debug, PartialEq, Eq)]
struct Visible {
    free: u64,
    read_pos: u64,
    read_count: u64,
    frames_ready: u64,
}

struct Files {
    object: File,
    frames_ready: File,
}

impl Files {
    fn open(name: &TestName) -> Self {
        let open = |path| File::open(path).unwrap();
        Self { object: open(name.shm_path()), frames_ready: open(name.semaphore_path('w')) }
    }

    fn look(&self) -> Visible {
        let word = |file: &File, at| {
            let mut bytes = [0; 8];
            file.read_exact_at(&mut bytes, at).unwrap();
            u64::from_le_bytes(bytes)
        };
        Visible {
            free: word(&self.object, 0x28),
            read_pos: word(&self.object, 0x38),
            read_count: word(&self.object, 0x48),
            frames_ready: word(&self.frames_ready, 0) & u64::from(u32::MAX),
        }
    }
}

fn read_one(reader: &mut Reader, number: u64) {
    assert!(*reader.try_read().unwrap().unwrap() == pattern(number, LEN), "{number}");
}

#[test]
fn few_frames_are_published_at_once() {
    const RING: u64 = 64 * TOTAL;
    let name = TestName::new("exact-few");
    let (mut reader, mut writer) = pair(&name, RING);
    let files = Files::open(&name);
    for number in 1..=12 {
        writer.write(&pattern(number, LEN)).unwrap();
    }
    for number in 1..=12 {
        read_one(&mut reader, number);
        let left = 12 - number;
        let free = RING - left * TOTAL;
        let read_pos = number * TOTAL;
        let exact = Visible { free, read_pos, read_count: number, frames_ready: left };
        assert_eq!(files.look(), exact);
    }
}

#[test]
fn ring_with_little_space_is_published_at_once() {
    const RING: u64 = 32 * TOTAL;
    const FILLED: u64 = 20;
    let name = TestName::new("exact-full");
    let (mut reader, mut writer) = pair(&name, RING);
    let files = Files::open(&name);
    for number in 1..=FILLED {
        writer.write(&pattern(number, LEN)).unwrap();
    }
    for number in 1..=1000 {
        read_one(&mut reader, number);
        let seen = files.look();
        assert_eq!(seen.free, RING - (FILLED - 1) * TOTAL, "{number}");
        assert_eq!((seen.read_count, seen.frames_ready), (number, FILLED - 1));
        writer.write(&pattern(FILLED + number, LEN)).unwrap();
    }
}

#[test]
fn fast_reader_of_a_ring_with_little_space_does_not_lag() {
    const RING: u64 = 256 * TOTAL;
    const FILLED: u64 = 200;
    for read in [17, 20, 30, 40, 50, 60, 70] {
        let name = TestName::new("exact-fast");
        let (mut reader, mut writer) = pair(&name, RING);
        let files = Files::open(&name);
        for _ in 0..FILLED {
            writer.write(&[0; LEN]).unwrap();
        }
        // Nothing else, so that the reader is fast enough for batches.
        (0..read).for_each(|_| assert!(reader.try_read().unwrap().is_some()));
        let seen = files.look();
        assert_eq!(seen.free, RING - (FILLED - read) * TOTAL);
        assert_eq!((seen.read_count, seen.frames_ready), (read, FILLED - read));
    }
}

#[test]
fn fast_reader_lags_by_a_batch_at_most_and_its_own_state_is_exact() {
    const RING: u64 = 512 * TOTAL;
    const FRAMES: u64 = 200;
    let name = TestName::new("lag");
    let (mut reader, mut writer) = pair(&name, RING);
    let files = Files::open(&name);
    for number in 1..=FRAMES {
        writer.write(&pattern(number, LEN)).unwrap();
    }
    for number in 1..=FRAMES {
        read_one(&mut reader, number);
        let (seen, left) = (files.look(), FRAMES - number);
        let lag = number - seen.read_count;
        assert!(lag < BATCH && seen.free == RING - (left + lag) * TOTAL, "{number}: {seen:?}");
        assert!(
            seen.frames_ready <= left && seen.frames_ready + BATCH > left,
            "{number}: {seen:?}"
        );
        let state = reader.state();
        assert_eq!(state.control.payload_free_bytes, RING - left * TOTAL);
        assert_eq!(state.control.payload_read_count, number);
        assert_eq!(u64::from(state.frames_ready), left);
    }
    let free = Visible {
        free: RING,
        read_pos: files.look().read_pos,
        read_count: FRAMES,
        frames_ready: 0,
    };
    assert_eq!(files.look(), free, "the last frame of a batch publishes all");
}

#[test]
fn position_moved_during_a_batch_is_an_error_and_stays() {
    const RING: u64 = 512 * TOTAL;
    const WRONG: u64 = 300 * TOTAL;
    for read in [20, 40, 60, 80] {
        let name = TestName::new("lag-moved");
        let (mut reader, mut writer) = pair(&name, RING);
        let files = Files::open(&name);
        for _ in 0..200 {
            writer.write(&[0; LEN]).unwrap();
        }
        // Nothing else, so that the reader is fast enough for batches.
        (0..read).for_each(|_| assert!(reader.try_read().unwrap().is_some()));
        let object = File::options().write(true).open(name.shm_path()).unwrap();
        object.write_all_at(&WRONG.to_le_bytes(), 0x38).unwrap();
        let error = (0..BATCH).find_map(|_| reader.try_read().err());
        assert!(
            matches!(error, Some(Error::Corrupt { field: "payload_read_pos", value: WRONG, .. })),
            "{error:?}"
        );
        assert_eq!(files.look().read_pos, WRONG);
        assert!(reader.try_read().is_err());
    }
}

#[test]
fn dropped_reader_leaves_exact_counters() {
    const RING: u64 = 512 * TOTAL;
    let name = TestName::new("exact-drop");
    let (mut reader, mut writer) = pair(&name, RING);
    let files = Files::open(&name);
    for number in 1..=100 {
        writer.write(&pattern(number, LEN)).unwrap();
    }
    for number in 1..=50 {
        read_one(&mut reader, number);
    }
    drop(reader);
    let seen = files.look();
    assert_eq!((seen.free, seen.read_count), (RING - 50 * TOTAL, 50));
}

#[test]
fn finding_no_frame_publishes_counters() {
    let name = TestName::new("exact-end");
    let (mut reader, mut writer) = pair(&name, 1024);
    for number in 1..=200 {
        writer.write(&pattern(number, 100)).unwrap();
        assert!(*reader.try_read().unwrap().unwrap() == pattern(number, 100));
        assert!(reader.try_read().unwrap().is_none());
        let seen = Files::open(&name).look();
        assert_eq!((seen.free, seen.frames_ready), (1024, 0));
    }
}

#[test]
fn held_frame_is_not_released() {
    let name = TestName::new("lazy-held");
    let (mut reader, mut writer) = pair(&name, 1024);
    writer.write(&pattern(1, 900)).unwrap();
    let frame = reader.try_read().unwrap().unwrap();
    assert!(matches!(writer.write(&[0; 400]), Err(Error::BufferFull { .. })));
    assert!(*frame == pattern(1, 900));
    drop(frame);
    writer.write(&pattern(2, 400)).unwrap();
    assert!(*reader.try_read().unwrap().unwrap() == pattern(2, 400));
}

#[test]
fn fast_streams_arrive_whole() {
    for (longest, ring) in [(20, 1024), (300, 1024), (480, 1024), (20, 1 << 16), (900, 1 << 18)] {
        let name = TestName::new("fast-stream");
        let (mut reader, mut writer) = pair(&name, ring);
        writer.set_write_timeout(TEST_TIMEOUT);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut sizes = Numbers::new(longest);
                for number in 1..=20_000 {
                    writer.write(&pattern(number, sizes.up_to(longest) as usize)).unwrap();
                }
            });
            let mut sizes = Numbers::new(longest);
            for number in 1..=20_000 {
                let frame = reader.read(TEST_TIMEOUT).unwrap().unwrap();
                assert_eq!(frame.sequence(), number);
                assert!(*frame == pattern(number, sizes.up_to(longest) as usize), "{number}");
            }
        });
        assert!(matches!(reader.read(TEST_TIMEOUT), Err(Error::WriterClosed { .. })));
        assert_eq!(Files::open(&name).look().free, ring);
    }
}
