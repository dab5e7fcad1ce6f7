//! Listing and removing what killed processes left.
//!
//! Other tests run at the same time and leave stale buffers on purpose, so every test here looks at
//! names of its own only, and removes nothing else.

use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, SystemTime};

use zerobuffer::{BufferConfig, Reader, StaleBuffer, Writer, clean, stale, stale_in};

use crate::support::{PATIENCE, Peer, TestName, TestPath, await_parent, child_role, tell_parent};

fn config() -> BufferConfig {
    BufferConfig::new(1024, 10240).unwrap()
}

fn find(name: &str) -> Option<StaleBuffer> {
    stale().unwrap().into_iter().find(|stale| stale.name() == name)
}

/// Kills a reader of `name` that was created by the test `test`.
fn leave_dead_reader(test: &str, name: &TestName) -> u64 {
    let mut child = Peer::start(test, "reader", name);
    child.expect("created");
    child.kill();
    child.pid()
}

fn play_reader(buffer: &str) {
    let _reader = Reader::create(buffer, config()).unwrap();
    tell_parent("created");
    await_parent();
}

#[test]
fn a_killed_reader_is_listed_and_removed() {
    const TEST: &str = "stale::a_killed_reader_is_listed_and_removed";
    if let Some((_, buffer)) = child_role() {
        return play_reader(&buffer);
    }
    let name = TestName::new("stale");
    assert_eq!(find(&name), None);
    let pid = leave_dead_reader(TEST, &name);
    let listed = find(&name).expect("it is listed");
    assert_eq!(listed.reader_pid(), Some(pid));
    assert_eq!(listed.bytes(), 11392 + 2 * 32);
    assert_eq!(listed.paths(), name.paths());
    assert_eq!(name.remains().len(), 4, "listing removes nothing");
    assert!(clean(&listed).unwrap());
    name.assert_gone();
    assert!(!clean(&listed).unwrap(), "there is nothing left to remove");
    name.assert_gone();
}

#[test]
fn a_name_that_came_to_life_again_is_left_alone() {
    const TEST: &str = "stale::a_name_that_came_to_life_again_is_left_alone";
    if let Some((_, buffer)) = child_role() {
        return play_reader(&buffer);
    }
    let name = TestName::new("stale-revived");
    leave_dead_reader(TEST, &name);
    let listed = find(&name).unwrap();
    let mut reader = Reader::create(&name, config()).unwrap();
    assert!(!clean(&listed).unwrap());
    assert_eq!(find(&name), None);
    Writer::open(&name).unwrap().write(b"alive").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"alive");
    // Without the lock, as after the scan of another implementation, the process decides.
    fs::remove_file(name.lock_path()).unwrap();
    assert_eq!(find(&name), None);
    assert!(!clean(&listed).unwrap());
    assert_eq!(name.remains().len(), 3, "nor did looking leave a lock");
}

#[test]
fn a_held_lock_protects_a_buffer_whose_process_looks_dead() {
    let name = TestName::new("stale-locked");
    let reader = Reader::create(&name, config()).unwrap();
    let bytes = u64::MAX.to_le_bytes();
    let object = File::options().write(true).open(name.shm_path()).unwrap();
    // As the id of a process in another container looks from here.
    std::os::unix::fs::FileExt::write_all_at(&object, &bytes, 0x58).unwrap();
    assert_eq!(find(&name), None);
    drop(reader);
}

#[test]
fn a_living_writer_keeps_what_its_reader_left() {
    const TEST: &str = "stale::a_living_writer_keeps_what_its_reader_left";
    if let Some((_, buffer)) = child_role() {
        return play_reader(&buffer);
    }
    let name = TestName::new("stale-writer");
    let mut child = Peer::start(TEST, "reader", &name);
    child.expect("created");
    let writer = Writer::open_wait(&name, PATIENCE).unwrap();
    child.kill();
    drop(child);
    assert_eq!(find(&name), None);
    drop(writer);
    assert!(clean(&find(&name).unwrap()).unwrap());
    name.assert_gone();
}

#[test]
fn single_remains_are_removed_and_foreign_files_are_not() {
    let name = TestName::new("stale-parts");
    File::create(name.shm_path()).unwrap().set_len(4096).unwrap();
    assert_eq!(find(&name), None, "zeros of anybody");
    fs::remove_file(name.shm_path()).unwrap();

    // What readers of the Python library leave.
    for letter in ['w', 'r'] {
        fs::write(name.semaphore_path(letter), [0; 32]).unwrap();
    }
    let listed = find(&name).unwrap();
    assert_eq!((listed.reader_pid(), listed.bytes(), listed.paths().len()), (None, 64, 2));
    assert!(clean(&listed).unwrap());
    name.assert_gone();

    // A lock that was just made may belong to a reader that is being created.
    let lock = File::create(name.lock_path()).unwrap();
    assert_eq!(find(&name), None);
    lock.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    let listed = find(&name).unwrap();
    assert_eq!(listed.paths(), [name.lock_path()]);
    lock.lock().unwrap();
    assert_eq!(find(&name), None, "held");
    assert!(!clean(&listed).unwrap());
    lock.unlock().unwrap();
    assert!(clean(&listed).unwrap());
    name.assert_gone();
}

#[test]
fn another_lock_directory_is_looked_at_on_request() {
    const TEST: &str = "stale::another_lock_directory_is_looked_at_on_request";
    if let Some((_, buffer)) = child_role() {
        let (buffer, directory) = buffer.split_once(':').unwrap();
        let _reader = Reader::create(buffer, config().lock_dir(directory)).unwrap();
        tell_parent("created");
        return await_parent();
    }
    let name = TestName::new("stale-elsewhere");
    let directory = TestPath::new("stale-locks");
    let both = format!("{}:{}", &*name, directory.display());
    let exe = std::env::current_exe().unwrap();
    let mut command = Command::new(exe);
    command.args(["--exact", TEST, "--nocapture", "--test-threads=1"]);
    let mut child = Peer::spawn(&mut command, "reader", &both);
    child.expect("created");
    drop(child);
    let lock = directory.join(format!("{}.lock", &*name));
    let listed = stale_in(&*directory).unwrap();
    let listed = listed.iter().find(|stale| stale.name() == &*name).unwrap();
    assert!(listed.paths().contains(&lock));
    assert!(clean(listed).unwrap());
    name.assert_gone();
    assert!(!lock.exists());
}
