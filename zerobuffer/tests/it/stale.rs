//! Listing and removing what killed processes left.
//!
//! Other tests run at the same time and leave stale buffers on purpose, so every test here checks
//! only its own names, and removes nothing else.

use std::fs::{self, File};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use zerobuffer::{
    BufferConfig, Reader, StaleBuffer, Writer, list_stale, list_stale_in, remove_stale,
};

use crate::support::{
    Peer, TEST_TIMEOUT, TestName, TestPath, await_parent, child_role, report_to_parent,
};

fn config() -> BufferConfig {
    BufferConfig::new(1024, 10240).unwrap()
}

fn find(name: &str) -> Option<StaleBuffer> {
    list_stale().unwrap().into_iter().find(|stale| stale.name() == name)
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
    report_to_parent("created");
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
    assert!(remove_stale(&listed).unwrap());
    name.assert_gone();
    assert!(!remove_stale(&listed).unwrap(), "there is nothing left to remove");
    name.assert_gone();
}

#[test]
fn listings_at_the_same_time_do_not_hide_a_buffer() {
    const TEST: &str = "stale::listings_at_the_same_time_do_not_hide_a_buffer";
    if let Some((_, buffer)) = child_role() {
        return play_reader(&buffer);
    }
    let name = TestName::new("listed-by-many");
    leave_dead_reader(TEST, &name);
    let done = AtomicBool::new(false);
    let (found, removed) = std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                // Relaxed: no other data depends on it.
                while !done.load(Ordering::Relaxed) {
                    find(&name);
                }
            });
        }
        let found: Vec<_> = (0..200).map(|_| find(&name)).collect();
        let removed = found[0].as_ref().map(remove_stale);
        done.store(true, Ordering::Relaxed);
        (found, removed)
    });
    let hidden = found.iter().filter(|found| found.is_none()).count();
    assert_eq!(hidden, 0, "of {} listings", found.len());
    assert!(removed.expect("it was listed").unwrap(), "a listing does not prevent a removal");
    name.assert_gone();
}

#[test]
fn reused_name_is_left_alone() {
    const TEST: &str = "stale::reused_name_is_left_alone";
    if let Some((_, buffer)) = child_role() {
        return play_reader(&buffer);
    }
    let name = TestName::new("stale-revived");
    leave_dead_reader(TEST, &name);
    let listed = find(&name).unwrap();
    let mut reader = Reader::create(&name, config()).unwrap();
    assert!(!remove_stale(&listed).unwrap());
    assert_eq!(find(&name), None);
    Writer::open(&name).unwrap().write(b"alive").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"alive");
    // Without the lock, as after the scan of another implementation, the process decides.
    fs::remove_file(name.lock_path()).unwrap();
    assert_eq!(find(&name), None);
    assert!(!remove_stale(&listed).unwrap());
    assert_eq!(name.remains().len(), 3, "nor did looking leave a lock");
}

#[test]
fn held_lock_protects_buffer() {
    let name = TestName::new("stale-locked");
    let reader = Reader::create(&name, config()).unwrap();
    let bytes = u64::MAX.to_le_bytes();
    let object = File::options().write(true).open(name.shm_path()).unwrap();
    // Like the id of a process in another container.
    std::os::unix::fs::FileExt::write_all_at(&object, &bytes, 0x58).unwrap();
    assert_eq!(find(&name), None);
    drop(reader);
}

#[test]
fn living_writer_protects_buffer() {
    const TEST: &str = "stale::living_writer_protects_buffer";
    if let Some((_, buffer)) = child_role() {
        return play_reader(&buffer);
    }
    let name = TestName::new("stale-writer");
    let mut child = Peer::start(TEST, "reader", &name);
    child.expect("created");
    let writer = Writer::open_timeout(&name, TEST_TIMEOUT).unwrap();
    child.kill();
    drop(child);
    assert_eq!(find(&name), None);
    drop(writer);
    assert!(remove_stale(&find(&name).unwrap()).unwrap());
    name.assert_gone();
}

#[test]
fn leftover_objects_are_removed_individually() {
    let name = TestName::new("stale-parts");
    File::create(name.shm_path()).unwrap().set_len(4096).unwrap();
    assert_eq!(find(&name), None, "zeros of anybody");
    fs::remove_file(name.shm_path()).unwrap();

    // Objects that readers of the Python library leave.
    for letter in ['w', 'r'] {
        fs::write(name.semaphore_path(letter), [0; 32]).unwrap();
    }
    let listed = find(&name).unwrap();
    assert_eq!((listed.reader_pid(), listed.bytes(), listed.paths().len()), (None, 64, 2));
    assert!(remove_stale(&listed).unwrap());
    name.assert_gone();

    // A lock that was just made may belong to a reader that is being created.
    let lock = File::create(name.lock_path()).unwrap();
    assert_eq!(find(&name), None);
    lock.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    let listed = find(&name).unwrap();
    assert_eq!(listed.paths(), [name.lock_path()]);
    lock.lock().unwrap();
    assert_eq!(find(&name), None, "held");
    assert!(!remove_stale(&listed).unwrap());
    lock.unlock().unwrap();
    assert!(remove_stale(&listed).unwrap());
    name.assert_gone();
}

#[test]
fn custom_lock_directory_is_searched() {
    const TEST: &str = "stale::custom_lock_directory_is_searched";
    if let Some((_, buffer)) = child_role() {
        let (buffer, directory) = buffer.split_once(':').unwrap();
        let _reader = Reader::create(buffer, config().lock_dir(directory)).unwrap();
        report_to_parent("created");
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
    let listed = list_stale_in(&*directory).unwrap();
    let listed = listed.iter().find(|stale| stale.name() == &*name).unwrap();
    assert!(listed.paths().contains(&lock));
    assert!(remove_stale(listed).unwrap());
    name.assert_gone();
    assert!(!lock.exists());
}
