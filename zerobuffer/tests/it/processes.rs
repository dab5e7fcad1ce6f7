//! Two real processes: what the survivor sees when the other one dies, exits or hangs.

use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, Error, Reader, Writer, WriterState};

use crate::support::{
    Peer, TEST_TIMEOUT, TestName, await_parent, child_role, pattern, report_to_parent,
};

fn config() -> BufferConfig {
    BufferConfig::new(1024, 10240).unwrap()
}

#[test]
fn frames_cross_processes() {
    const TEST: &str = "processes::frames_cross_processes";
    const FRAMES: u64 = 2000;
    if let Some((_, buffer)) = child_role() {
        let mut writer = Writer::open(&buffer).unwrap();
        for number in 1..=FRAMES {
            writer.write(&pattern(number, (number * 7 % 3000 + 1) as usize)).unwrap();
        }
        return;
    }
    let name = TestName::new("cross");
    let mut reader = Reader::create(&name, config()).unwrap();
    let writer = Peer::start(TEST, "writer", &name);
    for number in 1..=FRAMES {
        let frame = reader.read(TEST_TIMEOUT).unwrap().unwrap();
        assert!(*frame == pattern(number, (number * 7 % 3000 + 1) as usize), "frame {number}");
    }
    assert!(matches!(reader.read(TEST_TIMEOUT), Err(Error::WriterClosed { .. })));
    writer.join();
}

#[test]
fn killed_writer_is_detected_after_its_last_frame() {
    const TEST: &str = "processes::killed_writer_is_detected_after_its_last_frame";
    if let Some((_, buffer)) = child_role() {
        let mut writer = Writer::open(&buffer).unwrap();
        writer.write(b"last words").unwrap();
        report_to_parent("written");
        return await_parent();
    }
    let name = TestName::new("killed-writer");
    let mut reader = Reader::create(&name, config()).unwrap();
    let mut writer = Peer::start(TEST, "writer", &name);
    writer.expect("written");
    let pid = writer.pid();
    assert_eq!(reader.writer_state(), WriterState::Connected { pid });
    // The child stays a zombie, since it is not waited for.
    writer.kill();
    assert_eq!(&*reader.read(TEST_TIMEOUT).unwrap().unwrap(), b"last words");
    let began = Instant::now();
    match reader.read(TEST_TIMEOUT) {
        Err(Error::WriterDead { pid: of, .. }) => assert_eq!(of, pid),
        other => panic!("{other:?}"),
    }
    assert!(began.elapsed() < TEST_TIMEOUT / 2, "the timeout was not waited for");
    assert_eq!(reader.writer_state(), WriterState::Dead { pid });
    assert!(matches!(reader.try_read(), Err(Error::WriterDead { .. })), "and again");
}

#[test]
fn killed_reader_is_detected_and_replaced() {
    const TEST: &str = "processes::killed_reader_is_detected_and_replaced";
    if let Some((_, buffer)) = child_role() {
        let _reader = Reader::create(&buffer, config()).unwrap();
        report_to_parent("created");
        return await_parent();
    }
    let name = TestName::new("killed-reader");
    let mut child = Peer::start(TEST, "reader", &name);
    child.expect("created");
    let mut writer = Writer::open(&name).unwrap();
    while writer.state().control.payload_free_bytes > 1040 {
        writer.write(&[7; 1024]).unwrap();
    }
    child.kill();
    let pid = child.pid();
    writer.set_write_timeout(TEST_TIMEOUT);
    let began = Instant::now();
    match writer.write(&[7; 1024]) {
        Err(Error::ReaderDead { pid: of, .. }) => assert_eq!(of, Some(pid)),
        other => panic!("{other:?}"),
    }
    assert!(began.elapsed() < TEST_TIMEOUT / 2, "the timeout was not waited for");
    assert!(!writer.is_reader_connected());
    assert!(matches!(Writer::open(&name), Err(Error::ReaderDead { .. })));

    // The old writer is still connected to what is left: a new reader can replace it at once.
    let mut reader = Reader::create(&name, config()).unwrap();
    assert!(reader.replaced_stale());
    let mut successor = Writer::open(&name).unwrap();
    successor.write(b"fresh").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"fresh");
    assert!(matches!(writer.write(&[7; 1024]), Err(Error::ReaderDead { .. })));
    drop(writer);
    assert!(successor.is_reader_connected() && reader.is_writer_connected());
    drop(reader);
    name.assert_gone();
}

#[test]
fn exit_leaves_nothing_behind() {
    const TEST: &str = "processes::exit_leaves_nothing_behind";
    if let Some((role, buffer)) = child_role() {
        let mut reader = Reader::create(&buffer, config()).unwrap();
        let inner = Reader::create(&format!("{buffer}-inner"), config()).unwrap();
        let writer = Writer::open_timeout(&format!("{buffer}-parent"), TEST_TIMEOUT).unwrap();
        std::mem::forget((inner, writer));
        std::thread::spawn(move || {
            report_to_parent("hanging");
            reader.read(Duration::MAX).unwrap();
        });
        await_parent();
        match role.as_str() {
            "exit" => std::process::exit(7),
            // The harness returns from `main` when its only test has.
            _ => return,
        }
    }
    for role in ["exit", "return"] {
        let name = TestName::new("exit");
        let inner = name.with("inner");
        let parents = name.with("parent");
        let mut reader = Reader::create(&parents, config()).unwrap();
        let mut child = Peer::start(TEST, role, &name);
        child.expect("hanging");
        let mut writer = Writer::open(&name).unwrap();
        assert!(writer.is_reader_connected() && reader.is_writer_connected());
        assert_eq!(name.remains().len(), 4);
        child.proceed();
        assert_eq!(child.exit_code(), if role == "exit" { 7 } else { 0 });
        name.assert_gone();
        inner.assert_gone();
        assert!(matches!(writer.write(b"x"), Err(Error::ReaderDead { pid: None, .. })), "{role}");
        assert_eq!(reader.state().control.writer_pid, 0, "{role}");
        assert!(reader.try_read().unwrap().is_none(), "it never wrote");
    }
}

#[test]
fn name_can_be_reused_by_process_after_process() {
    const TEST: &str = "processes::name_can_be_reused_by_process_after_process";
    const ROUNDS: usize = 300;
    let hand_over = |buffer: &str| {
        let mut created = 0;
        while created < ROUNDS {
            match Reader::create(buffer, config()) {
                Ok(mut reader) => {
                    created += 1;
                    // The owner of the name has a complete buffer.
                    let mut writer = Writer::open(buffer).unwrap();
                    writer.write(&pattern(created as u64, 100)).unwrap();
                    let frame = reader.try_read().unwrap().unwrap();
                    assert!(*frame == pattern(created as u64, 100));
                }
                Err(Error::ReaderExists { .. }) => std::thread::yield_now(),
                Err(other) => panic!("{other}"),
            }
        }
    };
    if let Some((_, buffer)) = child_role() {
        return hand_over(&buffer);
    }
    let name = TestName::new("hand-over");
    let children = [0, 1].map(|_| Peer::start(TEST, "contender", &name));
    hand_over(&name);
    for child in children {
        child.join();
    }
    name.assert_gone();
}
