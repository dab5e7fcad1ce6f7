//! A reader whose writer is followed by another one.

use std::process::{Command, Stdio};

use zerobuffer::{BufferConfig, Error, Reader, Writer, WriterHandover};

use crate::python_environment::python;
use crate::support::{TEST_TIMEOUT, TestName, pattern};

fn create(name: &TestName, policy: WriterHandover) -> Reader {
    let config = BufferConfig::new(1024, 10240).unwrap().on_writer_handover(policy);
    Reader::create(name, config).unwrap()
}

#[test]
fn second_stream_is_refused_by_default() {
    let name = TestName::new("change-error");
    let mut reader = create(&name, WriterHandover::default());
    for data in [b"first", b"again"] {
        // Number 1 twice, as every library counts.
        Writer::options().start_sequence(1).open(&name).unwrap().write(data).unwrap();
    }
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"first");
    for _ in 0..2 {
        assert!(matches!(reader.try_read(), Err(Error::Sequence { expected: 2, got: 1, .. })));
    }
    assert_eq!(reader.stats().resyncs, 0);
}

#[test]
fn reader_resyncs_at_every_position() {
    let name = TestName::new("change-resync");
    let mut reader = create(&name, WriterHandover::Resync);
    for stream in 0..40 {
        let mut writer = Writer::options().start_sequence(1).open(&name).unwrap();
        // Frames of the writers before are still unread when the next one begins.
        for number in 1..=3 {
            writer.write(&pattern(stream + number, 700 + 13 * number as usize)).unwrap();
        }
        writer.close();
        if stream == 0 {
            continue;
        }
        read_stream(&mut reader, stream - 1);
    }
    read_stream(&mut reader, 39);
    assert!(matches!(reader.try_read(), Err(Error::WriterClosed { .. })));
    assert_eq!(reader.stats().resyncs, 39);
    assert!(reader.stats().wraps > 5, "{:?}", reader.stats());
    assert_eq!(reader.state().control.payload_free_bytes, 10240);
}

fn read_stream(reader: &mut Reader, stream: u64) {
    for number in 1..=3 {
        let frame = reader.try_read().unwrap().unwrap();
        assert_eq!(frame.sequence(), number, "stream {stream}");
        assert!(*frame == pattern(stream + number, 700 + 13 * number as usize));
    }
}

#[test]
fn gap_is_an_error_under_every_policy() {
    let name = TestName::new("change-gap");
    let mut reader = create(&name, WriterHandover::Resync);
    Writer::open(&name).unwrap().write(b"one").unwrap();
    Writer::options().start_sequence(3).open(&name).unwrap().write(b"three").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"one");
    assert!(matches!(reader.try_read(), Err(Error::Sequence { expected: 2, got: 3, .. })));
}

#[test]
fn continued_numbering_needs_no_policy() {
    let name = TestName::new("change-continue");
    let mut reader = create(&name, WriterHandover::default());
    let mut first = Writer::open(&name).unwrap();
    first.write(b"one").unwrap();
    let next = first.next_sequence();
    first.close();
    assert!(matches!(Writer::open(&name), Err(Error::SequenceUnknown { written: 1, .. })));
    Writer::options().start_sequence(next).open(&name).unwrap().write(b"two").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"one");
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"two");
}

#[test]
fn python_writers_can_follow_each_other() {
    const SCRIPT: &str = "import sys, zerobuffer\n\
        with zerobuffer.Writer(sys.argv[1]) as writer:\n\
        \x20   for number in range(1, 4):\n\
        \x20       writer.write_frame(bytes([int(sys.argv[2]), number]) * 500)\n";
    let Some(python) = python("writers of the Python library in turn") else { return };
    let name = TestName::new("change-python");
    let mut reader = create(&name, WriterHandover::Resync);
    for turn in 1..=3_u8 {
        let status = Command::new(&python)
            .args(["-c", SCRIPT, &name, &turn.to_string()])
            .stdin(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        for number in 1..=3 {
            let frame = reader.read(TEST_TIMEOUT).unwrap().unwrap();
            assert_eq!(frame.sequence(), u64::from(number));
            assert!(*frame == [turn, number].repeat(500), "turn {turn}, frame {number}");
        }
    }
    assert_eq!(reader.stats().resyncs, 2);
}
