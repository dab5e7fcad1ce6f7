//! A reader that updates its counters in batches: which of them lag, and when it catches up.

use std::time::Duration;

use zerobuffer::{BufferConfig, CounterUpdates, Error, Reader, Writer};

use crate::support::{Numbers, TEST_TIMEOUT, TestName, pattern};

const RING: usize = 1024;

fn pair(name: &TestName) -> (Reader, Writer) {
    let config = BufferConfig::new(64, RING).unwrap().counter_updates(CounterUpdates::Batched);
    let reader = Reader::create(name, config).unwrap();
    let mut writer = Writer::open(name).unwrap();
    writer.set_write_timeout(Duration::ZERO);
    (reader, writer)
}

/// Free bytes, read position, read count, frames ready, releases pending.
fn visible(reader: &Reader) -> [u64; 5] {
    let state = reader.state();
    let control = state.control;
    [
        control.payload_free_bytes,
        control.payload_read_pos,
        control.payload_read_count,
        state.frames_ready.into(),
        state.releases_pending.into(),
    ]
}

#[test]
fn counters_lag_by_at_most_a_quarter() {
    let name = TestName::new("lazy-quarter");
    let (mut reader, mut writer) = pair(&name);
    for number in 1..=6 {
        writer.write(&pattern(number, 112)).unwrap();
    }
    let free = RING as u64 - 6 * 128;
    assert_eq!(visible(&reader), [free, 0, 0, 6, 0]);
    assert!(*reader.try_read().unwrap().unwrap() == pattern(1, 112));
    assert_eq!(visible(&reader), [free, 0, 0, 0, 0], "all announcements were taken at once");
    assert!(*reader.try_read().unwrap().unwrap() == pattern(2, 112));
    assert_eq!(visible(&reader), [free + 256, 256, 2, 0, 1]);
    for number in 3..=4 {
        assert!(*reader.try_read().unwrap().unwrap() == pattern(number, 112));
    }
    assert_eq!(visible(&reader), [free + 512, 512, 4, 0, 1], "one release is enough");
}

#[test]
fn finding_no_frame_publishes_counters() {
    let name = TestName::new("lazy-end");
    let (mut reader, mut writer) = pair(&name);
    for number in 1..=200 {
        writer.write(&pattern(number, 100)).unwrap();
        assert!(*reader.try_read().unwrap().unwrap() == pattern(number, 100));
        assert!(reader.try_read().unwrap().is_none());
        let control = reader.state().control;
        assert_eq!(control.payload_free_bytes, RING as u64);
        assert_eq!(control.payload_read_pos, control.payload_write_pos);
        assert_eq!(control.payload_read_count, control.payload_written_count);
    }
}

#[test]
fn held_frame_is_not_released() {
    let name = TestName::new("lazy-held");
    let (mut reader, mut writer) = pair(&name);
    writer.write(&pattern(1, 900)).unwrap();
    let frame = reader.try_read().unwrap().unwrap();
    assert!(matches!(writer.write(&[0; 400]), Err(Error::BufferFull { .. })));
    assert!(*frame == pattern(1, 900));
    drop(frame);
    writer.write(&pattern(2, 400)).unwrap();
    assert!(*reader.try_read().unwrap().unwrap() == pattern(2, 400));
}

#[test]
fn batched_streams_arrive_whole() {
    for longest in [20, 300, 480] {
        let name = TestName::new("lazy-stream");
        let (mut reader, mut writer) = pair(&name);
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
        assert_eq!(reader.state().control.payload_free_bytes, RING as u64);
    }
}
