//! The ways to read and write beside the plain ones: until a moment, to the end, as an iterator,
//! without taking, from parts.

use std::io::IoSlice;
use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{TEST_TIMEOUT, TestName, pattern};

fn pair(name: &TestName) -> (Reader, Writer) {
    let reader = Reader::create(name, BufferConfig::new(1024, 10240).unwrap()).unwrap();
    let writer = Writer::open(name).unwrap();
    (reader, writer)
}

#[test]
fn read_deadline_takes_available_frame_even_after_deadline() {
    let name = TestName::new("until");
    let (mut reader, mut writer) = pair(&name);
    let moment = Instant::now() + Duration::from_millis(30);
    assert!(reader.read_deadline(moment).unwrap().is_none());
    assert!(Instant::now() >= moment);
    assert!(reader.read_deadline(moment).unwrap().is_none(), "long past, so at once");
    writer.write(b"late").unwrap();
    assert_eq!(&*reader.read_deadline(moment).unwrap().unwrap(), b"late");
}

#[test]
fn stream_ends_after_last_frame() {
    for copied in [false, true] {
        let name = TestName::new("stream");
        let (mut reader, mut writer) = pair(&name);
        let producer = std::thread::spawn(move || {
            for number in 1..=50 {
                writer.write(&pattern(number, 900)).unwrap();
            }
        });
        let mut count = 0;
        if copied {
            for data in reader.frames() {
                count += 1;
                assert!(data.unwrap() == pattern(count, 900), "frame {count}");
            }
        } else {
            while let Some(frame) = reader.next_frame().unwrap() {
                count += 1;
                assert_eq!(frame.sequence(), count);
                assert!(*frame == pattern(count, 900), "frame {count}");
            }
        }
        assert_eq!(count, 50);
        producer.join().unwrap();
        assert!(reader.next_frame().unwrap().is_none(), "the end stays the end");
    }
}

#[test]
fn iterator_ends_after_one_error() {
    let name = TestName::new("iterator-error");
    let (mut reader, mut writer) = pair(&name);
    writer.write(b"one").unwrap();
    writer.close();
    let mut successor = Writer::options().start_sequence(7).open(&name).unwrap();
    successor.write(b"seven").unwrap();
    let mut frames = reader.frames();
    assert_eq!(frames.next().unwrap().unwrap(), b"one");
    assert!(matches!(frames.next(), Some(Err(Error::Sequence { expected: 2, got: 7, .. }))));
    assert!(frames.next().is_none() && frames.next().is_none());
}

#[test]
fn waiting_for_a_frame_does_not_take_it() {
    let name = TestName::new("wait-frame");
    let (mut reader, mut writer) = pair(&name);
    assert!(!reader.wait_for_frame(Duration::from_millis(5)).unwrap());
    writer.write(b"here").unwrap();
    for _ in 0..3 {
        assert!(reader.wait_for_frame(TEST_TIMEOUT).unwrap());
    }
    assert_eq!(reader.stats().frames_read, 0);
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"here");
    assert!(!reader.wait_for_frame(Duration::ZERO).unwrap());
    writer.close();
    assert!(matches!(reader.wait_for_frame(TEST_TIMEOUT), Err(Error::WriterClosed { .. })));
}

#[test]
fn waiting_for_space_reserves_none() {
    let name = TestName::new("wait-room");
    let (mut reader, mut writer) = pair(&name);
    while writer.wait_for_space(1024, Duration::ZERO).unwrap() {
        writer.write(&[7; 1024]).unwrap();
    }
    let before = writer.state();
    assert!(!writer.wait_for_space(1024, Duration::from_millis(5)).unwrap());
    assert_eq!(writer.state(), before);
    let releasing = std::thread::spawn(move || {
        drop(reader.try_read().unwrap().unwrap());
        reader
    });
    assert!(writer.wait_for_space(1024, TEST_TIMEOUT).unwrap());
    let reader = releasing.join().unwrap();
    assert!(matches!(
        writer.wait_for_space(20_000, TEST_TIMEOUT),
        Err(Error::FrameTooLarge { .. })
    ));
    assert!(matches!(writer.wait_for_space(0, TEST_TIMEOUT), Err(Error::EmptyFrame { .. })));
    drop(reader);
    assert!(matches!(writer.wait_for_space(1024, TEST_TIMEOUT), Err(Error::ReaderDead { .. })));
}

#[test]
fn vectored_write_makes_one_frame() {
    let name = TestName::new("parts");
    let (mut reader, mut writer) = pair(&name);
    let (head, tail) = (pattern(1, 10), pattern(2, 3000));
    let parts = [IoSlice::new(&head), IoSlice::new(&[]), IoSlice::new(&tail)];
    // Often enough to pass the end of the ring.
    for number in 1..=20 {
        assert_eq!(writer.write_vectored(&parts).unwrap(), number);
        assert!(*reader.try_read().unwrap().unwrap() == [&*head, &*tail].concat());
    }
    for nothing in [&[][..], &[IoSlice::new(&[])]] {
        assert!(matches!(writer.write_vectored(nothing), Err(Error::EmptyFrame { .. })));
    }
    let long = vec![0; 6000];
    let parts = [IoSlice::new(&long), IoSlice::new(&long)];
    assert!(matches!(writer.write_vectored(&parts), Err(Error::FrameTooLarge { len: 12_000, .. })));
}
