//! Waiting for many rings, and for rings beside other things, by file descriptors.

use std::collections::HashMap;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use zerobuffer::{BufferConfig, Error, PollReader, PollWriter, Reader, WaitSet, Writer};

use crate::support::{
    Peer, TEST_TIMEOUT, TestName, await_parent, child_role, pattern, report_to_parent,
};

fn reader(name: &TestName) -> Reader {
    Reader::create(name, BufferConfig::new(64, 4096).unwrap()).unwrap()
}

/// Returns which of the descriptors are readable within `timeout`.
fn readable<const N: usize>(descriptors: [&dyn AsFd; N], timeout: Duration) -> [bool; N] {
    let mut polled =
        descriptors.map(|descriptor| PollFd::new(descriptor.as_fd(), PollFlags::POLLIN));
    poll(&mut polled, PollTimeout::try_from(timeout).unwrap()).unwrap();
    polled.map(|descriptor| descriptor.any().unwrap())
}

fn await_readable(descriptor: &dyn AsFd) {
    assert_eq!(readable([descriptor], TEST_TIMEOUT), [true], "nothing came");
}

#[test]
fn one_thread_waits_for_many_rings() {
    const RINGS: usize = 20;
    const FRAMES: u64 = 300;
    let names: Vec<_> = (0..RINGS).map(|_| TestName::new("wait-set")).collect();
    let mut set = WaitSet::new().unwrap();
    let keys: Vec<_> = names.iter().map(|name| set.add(reader(name)).unwrap()).collect();
    std::thread::scope(|scope| {
        for names in names.chunks(5) {
            scope.spawn(move || {
                let mut writers: Vec<_> =
                    names.iter().map(|name| Writer::open(name).unwrap()).collect();
                for number in 1..=FRAMES {
                    for writer in &mut writers {
                        writer.write(&pattern(number, 200)).unwrap();
                    }
                }
            });
        }
        let mut counts: HashMap<_, u64> = keys.iter().map(|&key| (key, 0)).collect();
        while !set.is_empty() {
            let ready = set.wait(TEST_TIMEOUT).unwrap();
            assert!(!ready.is_empty(), "nothing came");
            for key in ready {
                let reader = set.get_mut(key).unwrap();
                let end = loop {
                    match reader.try_read() {
                        Ok(Some(frame)) => {
                            let count = counts.get_mut(&key).unwrap();
                            *count += 1;
                            assert!(*frame == pattern(*count, 200));
                        }
                        Ok(None) => break None,
                        Err(error) => break Some(error),
                    }
                };
                if let Some(end) = end {
                    assert!(matches!(end, Error::WriterClosed { .. }), "{end}");
                    assert!(set.remove(key).unwrap().is_some());
                    assert!(set.remove(key).unwrap().is_none());
                }
            }
        }
        assert!(counts.values().all(|&count| count == FRAMES), "{counts:?}");
    });
    names.iter().for_each(TestName::assert_gone);
}

#[test]
fn descriptor_is_readable_until_no_frame_is_found() {
    let name = TestName::new("poll-level");
    let mut reader = PollReader::new(reader(&name)).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    assert_eq!(readable([&reader], Duration::ZERO), [true], "not read yet");
    for number in 1..=50 {
        assert!(reader.try_read().unwrap().is_none());
        assert_eq!(readable([&reader], Duration::ZERO), [false]);
        writer.write(&pattern(number, 100)).unwrap();
        await_readable(&reader);
        let frame = reader.try_read().unwrap().unwrap();
        assert!(*frame == pattern(number, 100));
        drop(frame);
        assert_eq!(readable([&reader], Duration::ZERO), [true], "maybe more");
    }
}

#[test]
fn death_of_a_writer_is_readable() {
    const TEST: &str = "polling::death_of_a_writer_is_readable";
    if let Some((_, buffer)) = child_role() {
        let _writer = Writer::open(&buffer).unwrap();
        report_to_parent("open");
        return await_parent();
    }
    let (name, other) = (TestName::new("poll-death"), TestName::new("poll-alive"));
    let mut alive = PollReader::new(reader(&other)).unwrap();
    let mut reader = PollReader::new(reader(&name)).unwrap();
    let mut child = Peer::start(TEST, "writer", &name);
    child.expect("open");
    assert!(reader.try_read().unwrap().is_none());
    assert!(alive.try_read().unwrap().is_none());
    child.kill();
    assert_eq!(readable([&reader, &alive], TEST_TIMEOUT), [true, false]);
    let end = reader.try_read().map(drop);
    assert!(matches!(end, Err(Error::WriterDead { .. })), "{end:?}");
    assert_eq!(readable([&reader], Duration::ZERO), [true], "an end stays");
}

#[test]
fn writer_is_readable_when_space_is_free() {
    let name = TestName::new("poll-space");
    let mut reader = reader(&name);
    let mut writer = PollWriter::new(Writer::open(&name).unwrap()).unwrap();
    let mut written = 0;
    for number in 1..=100 {
        while writer.try_write(&pattern(written + 1, 1000)).unwrap().is_some() {
            written += 1;
        }
        assert_eq!(readable([&writer], Duration::ZERO), [false]);
        assert!(*reader.read(TEST_TIMEOUT).unwrap().unwrap() == pattern(number, 1000));
        await_readable(&writer);
    }
}

#[test]
fn closed_reader_makes_its_writer_readable() {
    let name = TestName::new("poll-reader-gone");
    let reader = reader(&name);
    let mut writer = PollWriter::new(Writer::open(&name).unwrap()).unwrap();
    while writer.try_write(&[1; 1000]).unwrap().is_some() {}
    reader.close();
    await_readable(&writer);
    assert!(matches!(writer.try_write(&[1; 1000]), Err(Error::ReaderDead { .. })));
}

#[test]
fn plain_reader_and_writer_can_be_taken_back_during_a_wait() {
    let name = TestName::new("poll-back");
    let mut reader = PollReader::new(reader(&name)).unwrap();
    let mut writer = PollWriter::new(Writer::open(&name).unwrap()).unwrap();
    assert!(reader.try_read().unwrap().is_none());
    while writer.try_write(&[1; 1000]).unwrap().is_some() {}
    assert_eq!(writer.writer().unwrap().stats().frames_written, 4);
    let mut reader = reader.into_reader().unwrap();
    for _ in 0..4 {
        assert!(reader.try_read().unwrap().is_some());
    }
    let mut writer = writer.into_writer().unwrap();
    assert_eq!(writer.write(b"x").unwrap(), 5);
    assert!(reader.read(TEST_TIMEOUT).unwrap().is_some());
}

#[test]
fn reader_dropped_during_a_wait_removes_its_buffer() {
    let name = TestName::new("poll-drop");
    let mut reader = PollReader::new(reader(&name)).unwrap();
    assert!(reader.try_read().unwrap().is_none());
    drop(reader);
    name.assert_gone();
}
