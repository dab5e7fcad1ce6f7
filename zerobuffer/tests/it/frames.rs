//! Placing, reserving and waiting: what happens in the ring itself.

use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{Numbers, TEST_TIMEOUT, TestName, pattern};

fn pair(name: &TestName, payload: usize) -> (Reader, Writer) {
    let reader = Reader::create(name, BufferConfig::new(64, payload).unwrap()).unwrap();
    let mut writer = Writer::open(name).unwrap();
    writer.set_write_timeout(Duration::ZERO);
    (reader, writer)
}

/// Writes frame `number` of `len` bytes, reads it back and releases it.
fn cycle(reader: &mut Reader, writer: &mut Writer, number: u64, len: usize) {
    assert_eq!(writer.write(&pattern(number, len)).unwrap(), number);
    let frame = reader.try_read().unwrap().expect("the frame just written");
    assert_eq!(frame.sequence(), number);
    assert!(*frame == pattern(number, len), "content of frame {number} of {len} bytes");
}

#[test]
fn readers_writers_and_frames_are_send() {
    fn movable<T: Send>() {}
    movable::<Reader>();
    movable::<Writer>();
    movable::<zerobuffer::Frame<'_>>();
    movable::<zerobuffer::FrameSlot<'_>>();
    movable::<Error>();
}

#[test]
fn a_dropped_slot_leaves_no_trace() {
    let name = TestName::new("slot");
    let (mut reader, mut writer) = pair(&name, 1024);
    cycle(&mut reader, &mut writer, 1, 800);
    let before = (name.control_block(), writer.state());
    for wraps in [false, true] {
        {
            let mut slot = writer.reserve(if wraps { 300 } else { 100 }).unwrap();
            slot.fill(0xEE);
        }
        assert_eq!((name.control_block(), writer.state()), before, "wraps: {wraps}");
    }
    assert!(reader.try_read().unwrap().is_none());
    for number in 2..20 {
        cycle(&mut reader, &mut writer, number, 300);
    }
}

#[test]
fn a_committed_slot_is_a_frame() {
    let name = TestName::new("commit");
    let (mut reader, mut writer) = pair(&name, 1024);
    let mut slot = writer.reserve(5).unwrap();
    assert_eq!(slot.len(), 5);
    slot.copy_from_slice(b"hello");
    assert_eq!(slot.commit().unwrap(), 1);
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"hello");
}

#[test]
fn frames_fill_the_ring_exactly() {
    let name = TestName::new("exact");
    let (mut reader, mut writer) = pair(&name, 1024);
    for number in 1..=5 {
        cycle(&mut reader, &mut writer, number, 1024 - 16);
        let control = reader.state().control;
        // Ours store 0 as the next write, the ring size as the next read: the values that the
        // Python library can continue from.
        assert_eq!((control.payload_write_pos, control.payload_read_pos), (0, 1024));
        assert_eq!(control.payload_free_bytes, 1024);
        assert_eq!(control.payload_written_count, number, "an exact fill needs no marker");
    }
    for number in 6..=13 {
        cycle(&mut reader, &mut writer, number, 512 - 16);
    }
}

#[test]
fn no_frame_ends_where_no_marker_fits() {
    for rest in 0..=17_usize {
        let name = TestName::new("rest");
        let (mut reader, mut writer) = pair(&name, 1024);
        cycle(&mut reader, &mut writer, 1, 400);
        let len = 1024 - 416 - 16 - rest;
        if (1..16).contains(&rest) && 608 + (len + 16) > 1024 {
            let refused = writer.write(&pattern(2, len));
            assert!(matches!(refused, Err(Error::FrameNeverFits { position: 416, .. })), "{rest}");
        } else {
            cycle(&mut reader, &mut writer, 2, len);
        }
        for (number, len) in (writer.stats().frames_written + 1..).zip([1, 100, 250, 300, 17, 333])
        {
            cycle(&mut reader, &mut writer, number, len);
            let control = reader.state().control;
            assert!(!(1..16).contains(&(1024 - control.payload_write_pos)), "{control:?}");
            assert_eq!(control.payload_free_bytes, 1024);
            assert_eq!(control.payload_written_count, control.payload_read_count);
        }
    }
}

#[test]
fn short_frame_wraps_early() {
    for rest in 1..16_usize {
        let name = TestName::new("early");
        let (mut reader, mut writer) = pair(&name, 1024);
        cycle(&mut reader, &mut writer, 1, 800);
        cycle(&mut reader, &mut writer, 2, 1024 - 816 - 16 - rest);
        let control = reader.state().control;
        assert_eq!(control.payload_written_count, 3, "the marker that an early wrap needs");
        assert_eq!(control.payload_write_pos as usize, 1024 - 816 - rest);
        cycle(&mut reader, &mut writer, 3, 100);
    }
}

#[test]
fn wraps_are_counted_as_they_happen() {
    let name = TestName::new("wraps");
    let (mut reader, mut writer) = pair(&name, 1024);
    cycle(&mut reader, &mut writer, 1, 400);
    drop(writer);
    let mut writer = Writer::options().start_sequence(2).open(&name).unwrap();
    cycle(&mut reader, &mut writer, 2, 400);
    assert_eq!((writer.stats().wraps, reader.stats().wraps), (0, 0), "behind the first");
    cycle(&mut reader, &mut writer, 3, 400);
    assert_eq!((writer.stats().wraps, reader.stats().wraps), (1, 1));
    cycle(&mut reader, &mut writer, 4, 1024 - 416 - 16);
    cycle(&mut reader, &mut writer, 5, 400);
    assert_eq!((writer.stats().wraps, reader.stats().wraps), (2, 2), "after an exact fill");
}

#[test]
fn frames_that_can_never_fit_are_refused_at_once() {
    let name = TestName::new("never");
    let (mut reader, mut writer) = pair(&name, 10240);
    writer.set_write_timeout(Duration::MAX);
    assert_eq!((writer.max_frame_len(), writer.guaranteed_frame_len()), (10224, 5088));
    assert_eq!((reader.max_frame_len(), reader.guaranteed_frame_len()), (10224, 5088));
    let control = name.control_block();
    assert!(matches!(writer.write(b""), Err(Error::EmptyFrame { .. })));
    match writer.reserve(10225) {
        Err(Error::FrameTooLarge { len: 10225, max: 10224, .. }) => {}
        other => panic!("{other:?}"),
    }
    for rest in 1..16 {
        let refused = writer.reserve(10224 - rest);
        assert!(matches!(refused, Err(Error::FrameNeverFits { .. })), "{rest}: {refused:?}");
    }
    assert_eq!(name.control_block(), control);

    cycle(&mut reader, &mut writer, 1, 5000);
    match writer.write(&[0; 6000]) {
        Err(Error::FrameNeverFits {
            len: 6000,
            position: 5016,
            capacity: 10240,
            guaranteed: 5088,
            ..
        }) => {}
        other => panic!("{other:?}"),
    }
    cycle(&mut reader, &mut writer, 2, 5088);
}

#[test]
fn full_ring_times_out_and_recovers() {
    let name = TestName::new("full");
    let (mut reader, mut writer) = pair(&name, 1024);
    for number in 1..=2 {
        writer.write(&pattern(number, 496)).unwrap();
    }
    let control = name.control_block();
    let timeout = Duration::from_millis(30);
    writer.set_write_timeout(timeout);
    match writer.write(&[1; 100]) {
        Err(Error::BufferFull { needed: 116, free: 0, waited, .. }) => assert!(waited >= timeout),
        other => panic!("{other:?}"),
    }
    assert_eq!(name.control_block(), control);
    let frame = reader.try_read().unwrap().unwrap();
    assert!(writer.write(&[1; 100]).is_err(), "a frame being read is not free yet");
    drop(frame);
    writer.write(&pattern(3, 100)).unwrap();
    for number in 2..=3 {
        assert_eq!(reader.try_read().unwrap().unwrap().sequence(), number);
    }
}

#[test]
fn a_leaked_frame_is_released_by_the_next_read() {
    let name = TestName::new("leak");
    let (mut reader, mut writer) = pair(&name, 128);
    for number in 1..=10 {
        assert_eq!(writer.write(&pattern(number, 112)).unwrap(), number);
        std::mem::forget(reader.try_read().unwrap().unwrap());
        assert!(reader.try_read().unwrap().is_none());
    }
    assert_eq!(reader.state().control.payload_free_bytes, 128);
}

#[test]
fn read_waits_for_frame_or_timeout() {
    let name = TestName::new("wait");
    let (mut reader, mut writer) = pair(&name, 1024);
    let timeout = Duration::from_millis(30);
    let began = Instant::now();
    assert!(reader.read(timeout).unwrap().is_none());
    assert!(began.elapsed() >= timeout);
    std::thread::scope(|scope| {
        let read = scope.spawn(|| reader.read(Duration::MAX).unwrap().unwrap().to_vec());
        writer.write(b"late").unwrap();
        assert_eq!(read.join().unwrap(), b"late");
    });
}

#[test]
fn blocked_write_continues_after_release() {
    let name = TestName::new("blocked");
    let (mut reader, mut writer) = pair(&name, 1024);
    writer.set_write_timeout(TEST_TIMEOUT);
    // Two do not fit at once, and each needs all the space it can get.
    let len = writer.guaranteed_frame_len();
    let frames = 1000;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for number in 1..=frames {
                writer.write(&pattern(number, len)).unwrap();
            }
        });
        for number in 1..=frames {
            assert!(*reader.read(TEST_TIMEOUT).unwrap().unwrap() == pattern(number, len));
        }
    });
}

#[test]
fn ten_thousand_mixed_frames_arrive_whole() {
    let name = TestName::new("mixed");
    let seed = 20261123;
    let (mut reader, mut writer) = pair(&name, 64 * 1024);
    writer.set_write_timeout(TEST_TIMEOUT);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut sizes = Numbers::new(seed);
            for number in 1..=10_000 {
                writer.write(&pattern(number, sizes.up_to(3000) as usize)).unwrap();
            }
        });
        let mut sizes = Numbers::new(seed);
        for number in 1..=10_000 {
            let frame = reader.read(TEST_TIMEOUT).unwrap().unwrap();
            assert_eq!(frame.sequence(), number);
            assert!(*frame == pattern(number, sizes.up_to(3000) as usize), "frame {number}");
        }
    });
    let control = reader.state().control;
    assert_eq!(control.payload_free_bytes, 64 * 1024);
    assert_eq!(control.payload_written_count, control.payload_read_count);
    assert!(reader.stats().wraps > 200, "{:?}", reader.stats());
    assert!(matches!(reader.try_read(), Err(Error::WriterClosed { .. })));
}
