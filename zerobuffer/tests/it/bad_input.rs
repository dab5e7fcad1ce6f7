//! Wrong names, sizes, objects and moments: each a clear answer, and nothing left behind.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};
use std::process::Command;

use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{
    Peer, TestName, TestPath, announce_skip, child_role, program, report_to_parent,
};

fn small() -> BufferConfig {
    BufferConfig::new(64, 1024).unwrap()
}

#[test]
fn reader_and_writer_refuse_unusable_names() {
    let long = "n".repeat(246);
    for bad in ["", ".", "..", "a/b", "/lead", "../up", "nul\0", &long] {
        for refused in [Reader::create(bad, small()).err(), Writer::open(bad).err()] {
            assert!(matches!(refused, Some(Error::InvalidName { .. })), "{bad:?}: {refused:?}");
        }
    }
    assert!(!fs::exists("/dev/shm/lead").unwrap() && !fs::exists("/tmp/zerobuffer/a").unwrap());
}

#[test]
fn longest_and_unusual_names_work() {
    let unique = TestName::new("näme 100% .v1");
    let long = format!("{}{}", &*unique, "x".repeat(245 - unique.len()));
    for name in [&*unique, &long] {
        let mut reader = Reader::create(name, small()).unwrap();
        Writer::open(name).unwrap().write(b"x").unwrap();
        assert_eq!(&*reader.try_read().unwrap().unwrap(), b"x");
    }
    assert!(!fs::exists(format!("/dev/shm/{long}")).unwrap());
}

#[test]
fn sizes_that_overflow_are_refused() {
    for (metadata, payload) in
        [(1024, usize::MAX), (usize::MAX, 0), (1 << 63, (1 << 63) + 4096), (0, i64::MAX as usize)]
    {
        let refused = BufferConfig::new(metadata, payload);
        let (metadata, payload) = (metadata as u64, payload as u64);
        match refused {
            Err(Error::SizeOverflow { metadata: m, payload: p }) => {
                assert_eq!((m, p), (metadata, payload));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn oversized_buffer_is_an_error() {
    let total = nix::sys::statvfs::statvfs("/dev/shm").unwrap();
    let total = total.blocks() * total.fragment_size();
    if total == 0 {
        return announce_skip("a buffer larger than /dev/shm", "/dev/shm has no limit");
    }
    let name = TestName::new("larger");
    let bytes = 2 * total as usize;
    // Without prefault a failure of this test costs no memory.
    let config = BufferConfig::new(0, bytes).unwrap().prefault(false);
    match Reader::create(&name, config) {
        Err(Error::NoSpace { name: named, bytes: needed }) => {
            assert_eq!((&*named, needed), (&*name, bytes + 128));
        }
        other => panic!("{other:?}"),
    }
    name.assert_gone();
}

#[test]
fn full_shared_memory_is_an_error() {
    const TEST: &str = "bad_input::full_shared_memory_is_an_error";
    if let Some((_, buffer)) = child_role() {
        // 1 MiB in all, and 700 KiB of it taken: the object itself can be made.
        let _first =
            Reader::create(&format!("{buffer}-1"), BufferConfig::new(0, 700 << 10).unwrap())
                .unwrap();
        let refused = Reader::create(&buffer, BufferConfig::new(0, 700 << 10).unwrap());
        assert!(matches!(refused, Err(Error::NoSpace { .. })), "{refused:?}");
        assert!(!fs::exists(format!("/dev/shm/{buffer}")).unwrap());
        assert!(!fs::exists(format!("/tmp/zerobuffer/{buffer}.lock")).unwrap());
        let small = Reader::create(&buffer, BufferConfig::new(0, 100 << 10).unwrap()).unwrap();
        assert!(!small.replaced_stale(), "the failure left nothing behind");
        return report_to_parent("refused");
    }
    let Some(unshare) = program("unshare") else {
        return announce_skip("a full /dev/shm", "no `unshare` program");
    };
    let isolated = |script: &str| {
        let mut command = Command::new(&unshare);
        let script = format!("mount -t tmpfs -o size=1m tmpfs /dev/shm && {script}");
        command.args(["--mount", "--propagation", "private", "sh", "-c", &script, "sh"]);
        command
    };
    if !isolated("true").output().is_ok_and(|output| output.status.success()) {
        return announce_skip("a full /dev/shm", "no right to mount a small one (run as root)");
    }
    let name = TestName::new("full-shm");
    let mut command = isolated("exec \"$@\"");
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", TEST, "--nocapture", "--test-threads=1"]);
    let mut child = Peer::spawn(&mut command, "fill", &name);
    child.expect("refused");
    child.join();
}

#[test]
fn second_reader_is_refused() {
    let name = TestName::new("second-reader");
    let mut reader = Reader::create(&name, small()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    let before = name.control_block();
    let pid = Some(u64::from(std::process::id()));
    match Reader::create(&name, small()) {
        Err(Error::ReaderExists { pid: of, .. }) => assert_eq!(of, pid),
        other => panic!("{other:?}"),
    }
    // Another lock directory does not help: the buffer itself shows that its reader is alive.
    let elsewhere = TestPath::new("locks");
    let refused = Reader::create(&name, small().lock_dir(&*elsewhere));
    assert!(matches!(refused, Err(Error::ReaderExists { .. })), "{refused:?}");
    assert_eq!(fs::read_dir(&*elsewhere).unwrap().count(), 0, "its own lock is gone again");
    assert_eq!(name.control_block(), before);
    writer.write(b"still").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"still");
}

#[test]
fn second_writer_is_refused() {
    let name = TestName::new("second-writer");
    let mut reader = Reader::create(&name, small()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    let before = name.control_block();
    match Writer::open(&name) {
        Err(Error::WriterExists { pid, .. }) => assert_eq!(pid, u64::from(std::process::id())),
        other => panic!("{other:?}"),
    }
    assert_eq!(name.control_block(), before);
    writer.write(b"still").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"still");
}

#[test]
fn one_of_many_concurrent_writers_connects() {
    for round in 0..50 {
        let name = TestName::new("race");
        let _reader = Reader::create(&name, small()).unwrap();
        let start = std::sync::Barrier::new(4);
        let writers: Vec<_> = std::thread::scope(|scope| {
            let open = || {
                start.wait();
                Writer::open(&name)
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(writers.iter().filter(|writer| writer.is_ok()).count(), 1, "round {round}");
        let mut refused = writers.iter().filter_map(|writer| writer.as_ref().err());
        assert!(refused.all(|error| matches!(error, Error::WriterExists { .. })));
    }
}

#[test]
fn a_replaced_writer_stops() {
    let name = TestName::new("replaced");
    let _reader = Reader::create(&name, small()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    let file = File::options().write(true).open(name.shm_path()).unwrap();
    file.write_all_at(&1_u64.to_le_bytes(), 0x50).unwrap();
    let before = name.control_block();
    assert!(matches!(writer.write(b"x"), Err(Error::WriterReplaced { pid: 1, .. })));
    drop(writer);
    assert_eq!(name.control_block(), before, "the slot of another writer is not released");
}

#[test]
fn later_writer_needs_a_start_sequence() {
    let name = TestName::new("follow");
    let mut reader = Reader::create(&name, small()).unwrap();
    Writer::open(&name).unwrap().write(b"one").unwrap();
    match Writer::open(&name) {
        Err(Error::SequenceUnknown { written: 1, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(reader.state().control.writer_pid, 0);
    let mut writer = Writer::options().start_sequence(2).open(&name).unwrap();
    assert_eq!(writer.write(b"two").unwrap(), 2);
    for expected in [b"one", b"two"] {
        assert_eq!(&*reader.try_read().unwrap().unwrap(), expected);
    }
}

/// A file in shared memory that no reader of this crate has created.
fn plant(name: &TestName, bytes: &[u8]) {
    fs::write(name.shm_path(), bytes).unwrap();
}

/// A control block with the given fields, as a peer would leave it.
fn control_block(size: u32, major: u8, metadata: u64, payload: u64, reader: u64) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes[..4].copy_from_slice(&size.to_le_bytes());
    bytes[4] = major;
    bytes[0x08..0x10].copy_from_slice(&metadata.to_le_bytes());
    bytes[0x20..0x28].copy_from_slice(&payload.to_le_bytes());
    bytes[0x28..0x30].copy_from_slice(&payload.to_le_bytes());
    bytes[0x58..0x60].copy_from_slice(&reader.to_le_bytes());
    bytes
}

#[test]
fn foreign_objects_are_left_alone() {
    for bytes in [&b"ten bytes!"[..], &[0xAA; 4096], &control_block(128, 2, 0, 64, 0)] {
        let name = TestName::new("foreign");
        plant(&name, bytes);
        let refused = Reader::create(&name, small());
        assert!(matches!(refused, Err(Error::ForeignObject { .. })), "{refused:?}");
        assert_eq!(fs::read(name.shm_path()).unwrap(), bytes);
        assert_eq!(name.remains(), [name.shm_path()]);
    }
}

#[test]
fn objects_of_dead_reader_are_replaced() {
    let dead = u64::from(u32::MAX);
    for bytes in [
        Vec::new(),
        vec![0; 128],
        control_block(128, 1, 64, 64, 0),
        control_block(128, 1, 64, 64, dead),
        // Our own id, left by an earlier process that had it.
        control_block(128, 1, 64, 64, std::process::id().into()),
    ] {
        let name = TestName::new("stale");
        plant(&name, &bytes);
        fs::write(name.semaphore_path('w'), [0xFF; 32]).unwrap();
        let mut reader = Reader::create(&name, small()).unwrap();
        assert!(reader.replaced_stale());
        Writer::open(&name).unwrap().write(b"fresh").unwrap();
        assert_eq!(&*reader.try_read().unwrap().unwrap(), b"fresh");
        drop(reader);
        name.assert_gone();
    }
}

#[test]
fn writer_refuses_invalid_objects() {
    let me = u64::from(std::process::id());
    let full = |mut block: Vec<u8>| {
        block.resize(128 + 64 + 64, 0);
        block
    };
    type Check = fn(&Error) -> bool;
    let cases: [(Vec<u8>, Check); 9] = [
        (Vec::new(), |e| matches!(e, Error::NotReady { .. })),
        (vec![0; 256], |e| matches!(e, Error::NotReady { .. })),
        (b"ten bytes!".to_vec(), |e| matches!(e, Error::InvalidLayout { object: 10, .. })),
        (full(control_block(64, 1, 64, 64, me)), |e| {
            matches!(e, Error::IncompatibleVersion { control_block: 64, major: 1, .. })
        }),
        (full(control_block(128, 2, 64, 64, me)), |e| {
            matches!(e, Error::IncompatibleVersion { control_block: 128, major: 2, .. })
        }),
        (full(control_block(128, 1, 64, 128, me)), |e| {
            matches!(e, Error::InvalidLayout { object: 256, metadata: 64, payload: 128, .. })
        }),
        (full(control_block(128, 1, u64::MAX - 64, 64, me)), |e| {
            matches!(e, Error::InvalidLayout { .. })
        }),
        (full(control_block(128, 1, 64, 64, 0)), |e| matches!(e, Error::NotReady { .. })),
        // The semaphores are missing.
        (full(control_block(128, 1, 64, 64, me)), |e| matches!(e, Error::NotReady { .. })),
    ];
    for (bytes, expected) in cases {
        let name = TestName::new("untrusted");
        plant(&name, &bytes);
        let error = Writer::open(&name).expect_err("nothing to write to");
        assert!(expected(&error), "{error}");
        assert_eq!(fs::read(name.shm_path()).unwrap(), bytes, "nothing was changed");
    }
}

#[test]
fn writer_refuses_positions_outside_the_ring() {
    for (offset, field) in
        [(0x30, "payload_write_pos"), (0x38, "payload_read_pos"), (0x28, "payload_free_bytes")]
    {
        let name = TestName::new("positions");
        let _reader = Reader::create(&name, small()).unwrap();
        let file = File::options().write(true).open(name.shm_path()).unwrap();
        file.write_all_at(&1025_u64.to_le_bytes(), offset).unwrap();
        match Writer::open(&name) {
            Err(Error::Corrupt { field: found, value: 1025, .. }) => assert_eq!(found, field),
            other => panic!("{other:?}"),
        }
        assert_eq!(name.control_block()[0x50..0x58], [0; 8], "no claim is left");
    }
}

#[test]
fn short_semaphore_file_is_refused() {
    let name = TestName::new("short-semaphore");
    let _reader = Reader::create(&name, small()).unwrap();
    File::options().write(true).open(name.semaphore_path('r')).unwrap().set_len(8).unwrap();
    let refused = Writer::open(&name);
    assert!(matches!(refused, Err(Error::Corrupt { value: 8, .. })), "{refused:?}");
}

#[test]
fn symlinked_lock_is_not_followed() {
    let victim = TestPath::new("victim");
    let name = TestName::new("linked-lock");
    let locks = TestPath::new("lock-dir");
    drop(Reader::create(&name, small().lock_dir(&*locks)).unwrap());
    assert_eq!(fs::metadata(&*locks).unwrap().permissions().mode() & 0o7777, 0o1777);

    let linked = |result: zerobuffer::Result<Reader>| match result {
        Err(error @ Error::UnsafeLock { .. }) => error.to_string().contains("symbolic link"),
        _ => false,
    };
    let link = locks.join(format!("{}.lock", &*name));
    symlink(&*victim, &link).unwrap();
    assert!(linked(Reader::create(&name, small().lock_dir(&*locks))));
    assert!(!victim.exists(), "a link to nothing creates nothing");
    fs::write(&*victim, b"mine").unwrap();
    assert!(linked(Reader::create(&name, small().lock_dir(&*locks))));
    assert_eq!(fs::read(&*victim).unwrap(), b"mine");
    fs::remove_file(link).unwrap();

    let directory = TestPath::new("linked-dir");
    symlink(&*locks, &*directory).unwrap();
    assert!(linked(Reader::create(&name, small().lock_dir(&*directory))));
    name.assert_gone();
}

#[test]
fn lock_that_is_not_a_file_is_refused() {
    let name = TestName::new("odd-lock");
    let locks = TestPath::new("odd-locks");
    fs::create_dir_all(locks.join(format!("{}.lock", &*name))).unwrap();
    let refused = Reader::create(&name, small().lock_dir(&*locks));
    assert!(matches!(refused, Err(Error::UnsafeLock { .. })), "{refused:?}");

    let nowhere = locks.join("missing").join("deeper");
    let refused = Reader::create(&name, small().lock_dir(nowhere));
    assert!(matches!(refused, Err(Error::Os { .. })), "{refused:?}");
    name.assert_gone();
}

#[test]
fn lock_removed_by_others_is_harmless() {
    let name = TestName::new("stolen-lock");
    let mut reader = Reader::create(&name, small()).unwrap();
    fs::remove_file(name.lock_path()).unwrap();
    let refused = Reader::create(&name, small());
    assert!(matches!(refused, Err(Error::ReaderExists { .. })), "{refused:?}");
    Writer::open(&name).unwrap().write(b"fine").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"fine");
    // The name leads to something else by the time the reader goes: that stays.
    fs::remove_file(name.shm_path()).unwrap();
    fs::write(name.shm_path(), b"not ours").unwrap();
    drop(reader);
    assert_eq!(name.remains(), [name.shm_path()]);
}

#[test]
fn every_error_names_object_and_sizes() {
    let name = TestName::new("texts");
    let _reader = Reader::create(&name, small()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    let text = writer.write(&[0; 2000]).unwrap_err().to_string();
    for part in [&*name, "2000", "1008"] {
        assert!(text.contains(part), "{text}");
    }
    let text = Reader::create("a/b", small()).unwrap_err().to_string();
    assert!(text.contains("a/b") && text.contains('\''), "{text}");
    assert!(!text.contains('\n'));
}

#[test]
fn foreign_zeros_and_special_files_are_left_alone() {
    let name = TestName::new("foreign-zeros");
    let mut bytes = vec![0; 4096];
    plant(&name, &bytes);
    let refused = Reader::create(&name, small());
    assert!(
        matches!(refused, Err(Error::ForeignObject { .. })),
        "no trace of a reader: {refused:?}"
    );
    // Even beside such a trace.
    bytes[200..208].copy_from_slice(b"precious");
    plant(&name, &bytes);
    fs::write(name.semaphore_path('w'), [0xFF; 32]).unwrap();
    let refused = Reader::create(&name, small());
    assert!(matches!(refused, Err(Error::ForeignObject { .. })), "{refused:?}");
    assert_eq!(fs::read(name.shm_path()).unwrap(), bytes);

    let name = TestName::new("foreign-fifo");
    nix::unistd::mkfifo(&name.shm_path(), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let refused = Reader::create(&name, small());
    assert!(matches!(refused, Err(Error::ForeignObject { .. })), "{refused:?}");
    assert!(name.shm_path().exists());
}

#[test]
fn names_of_semaphore_files_are_refused() {
    for name in ["sem.sem-w-x", "sem.anything"] {
        let refused = Reader::create(name, small());
        assert!(matches!(refused, Err(Error::InvalidName { .. })), "{refused:?}");
    }
}

#[test]
fn highest_sequence_number_is_refused() {
    let name = TestName::new("sequence-max");
    let _reader = Reader::create(&name, small()).unwrap();
    let refused = Writer::options().start_sequence(u64::MAX).open(&name);
    assert!(matches!(refused, Err(Error::SequenceTooHigh { .. })), "{refused:?}");
    let mut writer = Writer::options().start_sequence(u64::MAX - 1).open(&name).unwrap();
    assert_eq!(writer.write(b"x").unwrap(), u64::MAX - 1);
}

#[test]
fn file_size_limit_is_an_error() {
    const TEST: &str = "bad_input::file_size_limit_is_an_error";
    if let Some((_, buffer)) = child_role() {
        // In a child process: the limit belongs to the whole process.
        let limit = nix::sys::resource::Resource::RLIMIT_FSIZE;
        nix::sys::resource::setrlimit(limit, 64 << 10, 64 << 10).unwrap();
        let refused = Reader::create(&buffer, BufferConfig::new(64, 1 << 20).unwrap());
        assert!(matches!(refused, Err(Error::NoSpace { .. })), "{refused:?}");
        return report_to_parent("refused");
    }
    let name = TestName::new("file-size");
    let mut child = Peer::start(TEST, "create", &name);
    child.expect("refused");
    child.join();
    name.assert_gone();
}
