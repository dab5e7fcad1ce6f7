//! The time until a waiting reader or writer detects that the other side has closed or died.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::process::Command;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{Peer, TEST_TIMEOUT, TestName, await_parent, child_role, report_to_parent};

/// Bound of the median for a close or death, which wake the waiting side: less than half the time
/// between two checks of a long wait.
const BOUND: Duration = Duration::from_millis(80);

/// Milliseconds from which on a wait is long.
const LONG: u64 = 260;

const TURNS: u64 = 9;

fn config() -> BufferConfig {
    BufferConfig::new(64, 1024).unwrap()
}

fn assert_median_below(bound: Duration, mut times: Vec<Duration>) {
    times.sort_unstable();
    assert!(times[times.len() / 2] < bound, "{times:?}");
}

/// Sleeps for a time that differs from turn to turn, since the wait under test goes in steps.
fn let_wait(least: u64, turn: u64) {
    std::thread::sleep(Duration::from_millis(least + 17 * turn));
}

#[test]
fn waiting_reader_hears_of_a_close() {
    let times = (0..TURNS).map(|turn| {
        let name = TestName::new("hear-writer");
        let mut reader = Reader::create(&name, config()).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        writer.write(b"x").unwrap();
        assert!(reader.try_read().unwrap().is_some());
        let waiting = std::thread::spawn(move || {
            let end = reader.read(TEST_TIMEOUT).map(drop);
            assert!(matches!(end, Err(Error::WriterClosed { .. })), "{end:?}");
            Instant::now()
        });
        let_wait(LONG, turn);
        let closed = Instant::now();
        writer.close();
        waiting.join().unwrap() - closed
    });
    assert_median_below(BOUND, times.collect());
}

#[test]
fn waiting_writer_hears_of_a_close() {
    let times = (0..TURNS).map(|turn| {
        let name = TestName::new("hear-reader");
        let reader = Reader::create(&name, config()).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        while writer.wait_for_space(400, Duration::ZERO).unwrap() {
            writer.write(&[0; 400]).unwrap();
        }
        writer.set_write_timeout(TEST_TIMEOUT);
        let waiting = std::thread::spawn(move || {
            let end = writer.write(&[0; 400]).map(drop);
            assert!(matches!(end, Err(Error::ReaderDead { pid: None, .. })), "{end:?}");
            Instant::now()
        });
        let_wait(LONG, turn);
        let closed = Instant::now();
        reader.close();
        waiting.join().unwrap() - closed
    });
    assert_median_below(BOUND, times.collect());
}

#[test]
fn waiting_reader_hears_that_its_name_was_removed() {
    let name = TestName::new("hear-name");
    let mut reader = Reader::create(&name, config()).unwrap();
    let removed = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| reader.read(TEST_TIMEOUT).map(drop));
        let_wait(30, 0);
        std::fs::remove_file(name.shm_path()).unwrap();
        waiting.join().unwrap()
    });
    assert!(matches!(removed, Err(Error::NameRemoved { .. })), "{removed:?}");
}

#[test]
fn removed_name_does_not_disturb_a_connected_writer() {
    let name = TestName::new("hear-name-late");
    let mut reader = Reader::create(&name, config()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    std::fs::remove_file(name.shm_path()).unwrap();
    assert!(reader.read(Duration::from_millis(60)).unwrap().is_none());
    writer.write(b"still here").unwrap();
    assert_eq!(&*reader.read(TEST_TIMEOUT).unwrap().unwrap(), b"still here");
    writer.close();
    assert!(matches!(reader.read(TEST_TIMEOUT), Err(Error::WriterClosed { .. })));
}

#[test]
fn idle_wait_wakes_seldom() {
    let name = TestName::new("idle");
    let mut reader = Reader::create(&name, config()).unwrap();
    let _writer = Writer::open(&name).unwrap();
    assert!(reader.read(Duration::from_secs(2)).unwrap().is_none());
    let sleeps = reader.stats().sleeps;
    assert!(sleeps <= 3, "{sleeps} sleeps in two seconds");
}

/// Starts a thread that reads until the writer is dead, and returns the time at which it hears of that.
fn wait_for_death(mut reader: Reader) -> JoinHandle<Instant> {
    std::thread::spawn(move || {
        let end = reader.read(TEST_TIMEOUT).map(drop);
        assert!(matches!(end, Err(Error::WriterDead { .. })), "{end:?}");
        Instant::now()
    })
}

#[test]
fn waiting_reader_hears_of_a_death() {
    const TEST: &str = "waiting::waiting_reader_hears_of_a_death";
    if let Some((_, buffer)) = child_role() {
        let _writer = Writer::open(&buffer).unwrap();
        report_to_parent("open");
        return await_parent();
    }
    let times = (0..TURNS).map(|turn| {
        let name = TestName::new("hear-death");
        let reader = Reader::create(&name, config()).unwrap();
        let mut child = Peer::start(TEST, "writer", &name);
        child.expect("open");
        let waiting = wait_for_death(reader);
        let_wait(LONG, turn);
        let killed = Instant::now();
        child.kill();
        waiting.join().unwrap() - killed
    });
    assert_median_below(BOUND, times.collect());
}

/// A process that uses the object as libraries without locks do. The program that it starts keeps the
/// object open, so that only the end of the process itself can be noticed.
fn write_without_lock(buffer: &str) {
    let shm = format!("/dev/shm/{buffer}");
    let object = File::options().read(true).write(true).open(shm).unwrap();
    let map = memmap2::MmapOptions::new().map_raw(&object).unwrap();
    let pid = u64::from(std::process::id());
    object.write_all_at(&pid.to_le_bytes(), 0x50).unwrap();
    let mut keeper = Command::new("sleep").arg("600").stdin(object).spawn().unwrap();
    report_to_parent(&keeper.id().to_string());
    await_parent();
    drop(map);
    keeper.kill().unwrap();
    keeper.wait().unwrap();
}

#[test]
fn waiting_reader_hears_of_a_death_although_another_process_keeps_the_object() {
    const TEST: &str =
        "waiting::waiting_reader_hears_of_a_death_although_another_process_keeps_the_object";
    if let Some((_, buffer)) = child_role() {
        return write_without_lock(&buffer);
    }
    let times = (0..TURNS).map(|turn| {
        let name = TestName::new("hear-kept");
        let reader = Reader::create(&name, config()).unwrap();
        let mut child = Peer::start(TEST, "writer", &name);
        let keeper: i32 = child.word().parse().unwrap();
        let waiting = wait_for_death(reader);
        let_wait(LONG, turn);
        let killed = Instant::now();
        child.kill();
        let heard = waiting.join();
        // First, so that no process is left if the reader has failed.
        kill(Pid::from_raw(keeper), Signal::SIGKILL).unwrap();
        heard.unwrap() - killed
    });
    assert_median_below(BOUND, times.collect());
}
