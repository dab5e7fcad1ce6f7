//! Guards against the known hazards of the protocol that no other module tests, and the table of
//! all of them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{TEST_TIMEOUT, TestName, announce_skip, pattern};

const CAPACITY: usize = 1024;

fn small() -> BufferConfig {
    BufferConfig::new(64, CAPACITY).unwrap()
}

/// The shared memory of a buffer as a file.
fn memory(name: &TestName) -> File {
    File::options().read(true).write(true).open(name.shm_path()).unwrap()
}

fn set_field(name: &TestName, offset: u64, value: u64) {
    memory(name).write_all_at(&value.to_le_bytes(), offset).unwrap();
}

fn set_count(name: &TestName, semaphore: char, count: u32) {
    let file = File::options().write(true).open(name.semaphore_path(semaphore)).unwrap();
    file.write_all_at(&count.to_le_bytes(), 0).unwrap();
}

#[test]
fn creating_a_buffer_touches_no_other_name() {
    let stale = TestName::new("bystander-stale");
    let live = TestName::new("bystander-live");
    // Objects of a dead reader, as a sweep over all names would find them.
    let mut block = vec![0; 128 + 64];
    block[..5].copy_from_slice(&[128, 0, 0, 0, 1]);
    block[0x20] = 64;
    block[0x58..0x60].copy_from_slice(&u64::from(u32::MAX).to_le_bytes());
    fs::write(stale.shm_path(), &block).unwrap();
    let _live = Reader::create(&live, small()).unwrap();
    fs::write(stale.semaphore_path('w'), [0; 32]).unwrap();
    fs::write(stale.lock_path(), b"").unwrap();
    let before = (stale.remains(), live.remains());
    let name = TestName::new("newcomer");
    drop(Reader::create(&name, small()).unwrap());
    assert_eq!((stale.remains(), live.remains()), before);
    assert_eq!(fs::read(stale.shm_path()).unwrap(), block);
}

#[test]
fn leftover_semaphores_are_replaced() {
    let name = TestName::new("left-semaphores");
    let left = Reader::create(&name, small()).unwrap();
    let [shm, ready, released, lock] = name.paths();
    let kept = [&ready, &released].map(|path| fs::read(path).unwrap());
    drop(left);
    for (path, bytes) in [&ready, &released].into_iter().zip(kept) {
        fs::write(path, bytes).unwrap();
    }
    set_count(&name, 'w', 3);
    set_count(&name, 'r', 9);
    let mut reader = Reader::create(&name, small()).unwrap();
    assert!(reader.replaced_stale());
    let state = reader.state();
    assert_eq!((state.frames_ready, state.releases_pending), (0, 0));
    Writer::open(&name).unwrap().write(b"x").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"x");
    drop(reader);
    assert_eq!([shm, ready, released, lock].map(|path| path.exists()), [false; 4]);
}

#[test]
fn failed_creation_is_undone() {
    for blocked in ['w', 'r'] {
        let name = TestName::new("half-way");
        // A semaphore of this name can neither be removed nor made.
        let obstacle = name.semaphore_path(blocked);
        fs::create_dir(&obstacle).unwrap();
        let refused = Reader::create(&name, small());
        assert!(matches!(refused, Err(Error::Os { .. })), "{refused:?}");
        assert_eq!(name.remains(), std::slice::from_ref(&obstacle), "{blocked}");
        fs::remove_dir(obstacle).unwrap();
        Reader::create(&name, small()).unwrap();
    }
}

#[test]
fn free_bytes_out_of_range_stop_the_writer() {
    let beyond = CAPACITY as u64 + 1;
    for (free, refused) in [(beyond, true), (u64::MAX, true), (CAPACITY as u64, false)] {
        let name = TestName::new("free-range");
        let _reader = Reader::create(&name, small()).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        writer.set_write_timeout(Duration::ZERO);
        set_field(&name, 0x28, free);
        let written = writer.write(b"x");
        match written {
            Err(Error::Corrupt { field: "payload_free_bytes", value, .. }) if refused => {
                assert_eq!(value, free);
            }
            Ok(1) if !refused => {}
            other => panic!("{free}: {other:?}"),
        }
    }
    // Gone between finding the space and taking it: less than nothing would be left.
    let name = TestName::new("free-vanished");
    let _reader = Reader::create(&name, small()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    let slot = writer.reserve(100).unwrap();
    set_field(&name, 0x28, 100);
    let refused = slot.commit();
    assert!(
        matches!(refused, Err(Error::Corrupt { field: "payload_free_bytes", value: 100, .. })),
        "{refused:?}"
    );
}

/// Frames that leave 24 bytes of the ring, or none.
const FILLINGS: [&[usize]; 2] = [&[400, 300, 252], &[400, 300, 276]];

#[test]
fn frame_is_not_overwritten_because_of_wrong_free_bytes() {
    for lengths in FILLINGS {
        let name = TestName::new("free-unread");
        let mut reader = Reader::create(&name, small()).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        writer.set_write_timeout(Duration::ZERO);
        for &len in lengths {
            writer.write(&pattern(len as u64, len)).unwrap();
        }
        let free = u64::from_le_bytes(name.control_block()[0x28..0x30].try_into().unwrap());
        set_field(&name, 0x28, CAPACITY as u64);
        let refused = writer.write(&[0xEE; 100]);
        let Err(Error::BufferFull { free: known, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(known, free, "without the bytes that the reader has still to read");
        set_field(&name, 0x28, free);
        drop(writer);
        let mut writer = Writer::options().start_sequence(4).open(&name).unwrap();
        writer.set_write_timeout(Duration::ZERO);
        set_field(&name, 0x28, CAPACITY as u64);
        assert!(matches!(writer.write(&[0xEE; 100]), Err(Error::BufferFull { .. })));
        set_field(&name, 0x28, free);
        for &len in lengths {
            assert!(*reader.try_read().unwrap().unwrap() == pattern(len as u64, len), "{len}");
        }
        writer.write(&pattern(4, 900)).unwrap();
        assert!(*reader.try_read().unwrap().unwrap() == pattern(4, 900));
    }
}

#[test]
fn writer_waits_while_the_position_of_the_reader_is_impossible() {
    let name = TestName::new("reader-moved");
    let mut reader = Reader::create(&name, small()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    writer.set_write_timeout(Duration::ZERO);
    writer.write(&pattern(1, 600)).unwrap();
    for impossible in [617, CAPACITY as u64 - 1, CAPACITY as u64 + 1, u64::MAX] {
        set_field(&name, 0x28, CAPACITY as u64);
        set_field(&name, 0x38, impossible);
        assert!(matches!(writer.write(&[0xEE; 600]), Err(Error::BufferFull { .. })));
    }
    set_field(&name, 0x28, CAPACITY as u64 - 616);
    set_field(&name, 0x38, 0);
    assert!(*reader.try_read().unwrap().unwrap() == pattern(1, 600));
    writer.write(&pattern(2, 600)).unwrap();
    assert!(*reader.try_read().unwrap().unwrap() == pattern(2, 600));
}

#[test]
fn writer_detects_moved_position() {
    for moved in [1, 64, 1 << 40, u64::MAX] {
        let name = TestName::new("moved-writer");
        let _reader = Reader::create(&name, small()).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        set_field(&name, 0x30, moved);
        match writer.write(b"x") {
            Err(Error::Corrupt { field: "payload_write_pos", value, .. }) => {
                assert_eq!(value, moved);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn name_of_dead_reader_can_be_created_despite_living_writer() {
    let name = TestName::new("no-lock");
    let reader = Reader::create(&name, small()).unwrap();
    let mut old = Writer::open(&name).unwrap();
    // The object as a reader that died leaves it, its lock already swept away by another.
    let bytes = fs::read(name.shm_path()).unwrap();
    drop(reader);
    fs::write(name.shm_path(), bytes).unwrap();
    set_field(&name, 0x58, u64::from(u32::MAX));
    assert_eq!(name.remains(), [name.shm_path()]);
    let mut reader = Reader::create(&name, small()).unwrap();
    assert!(reader.replaced_stale());
    assert!(matches!(old.write(b"x"), Err(Error::ReaderDead { .. })));
    Writer::open(&name).unwrap().write(b"new").unwrap();
    assert_eq!(&*reader.try_read().unwrap().unwrap(), b"new");
}

#[test]
fn a_writer_that_never_waits_drains_old_releases() {
    const PRESET: u32 = 1 << 21;
    const FRAMES: u64 = 1 << 16;
    let name = TestName::new("drain");
    let mut reader = Reader::create(&name, small()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    set_count(&name, 'r', PRESET);
    for _ in 0..FRAMES {
        writer.write(b"x").unwrap();
        reader.try_read().unwrap().unwrap();
    }
    assert_eq!(writer.stats().sleeps, 0);
    let left = writer.state().releases_pending;
    assert!(left <= PRESET - FRAMES as u32, "{left} of {PRESET}, fewer than would be added");
}

#[test]
fn frame_count_at_its_maximum_is_an_error() {
    let name = TestName::new("announced-maximum");
    let _reader = Reader::create(&name, small()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    set_count(&name, 'w', i32::MAX as u32);
    match writer.write(b"x") {
        Err(Error::Corrupt { field: "value of sem-w", value, .. }) => {
            assert_eq!(value, i32::MAX as u64);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_buffer_with_a_reader_has_its_semaphores() {
    const ROUNDS: u32 = 400;
    let name = TestName::new("window");
    std::thread::scope(|scope| {
        let creator = scope.spawn(|| {
            for _ in 0..ROUNDS {
                drop(Reader::create(&name, small()).unwrap());
            }
        });
        let pid_of = |file: &File| {
            let mut pid = [0; 8];
            file.read_exact_at(&mut pid, 0x58).map_or(0, |()| u64::from_le_bytes(pid))
        };
        while !creator.is_finished() {
            let Ok(file) = File::open(name.shm_path()) else { continue };
            if pid_of(&file) == 0 {
                continue;
            }
            let complete = ['w', 'r'].iter().all(|&letter| name.semaphore_path(letter).exists());
            assert!(complete || pid_of(&file) == 0, "a reader is announced before its semaphores");
        }
    });
}

#[test]
fn opening_during_creation_claims_nothing() {
    const ROUNDS: u32 = 400;
    let name = TestName::new("open-race");
    std::thread::scope(|scope| {
        let creator = scope.spawn(|| {
            for _ in 0..ROUNDS {
                let reader = Reader::create(&name, small()).unwrap();
                std::thread::yield_now();
                drop(reader);
            }
        });
        while !creator.is_finished() {
            match Writer::open(&name) {
                Ok(_) | Err(Error::NotFound { .. } | Error::NotReady { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
    });
    let reader = Reader::create(&name, small()).unwrap();
    fs::remove_file(name.semaphore_path('r')).unwrap();
    assert!(matches!(Writer::open(&name), Err(Error::NotReady { .. })));
    assert_eq!(reader.state().control.writer_pid, 0);
}

#[test]
fn counts_do_not_decide_whether_a_stream_has_ended() {
    for (written, read) in [(1, 5), (5, 1), (0, u64::MAX), (u64::MAX, 0)] {
        let name = TestName::new("counts");
        let mut reader = Reader::create(&name, small()).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        writer.write(b"one").unwrap();
        writer.write(b"two").unwrap();
        writer.close();
        set_field(&name, 0x40, written);
        set_field(&name, 0x48, read);
        for expected in [b"one", b"two"] {
            assert_eq!(&*reader.read(TEST_TIMEOUT).unwrap().unwrap(), expected);
        }
        let began = Instant::now();
        assert!(matches!(reader.read(TEST_TIMEOUT), Err(Error::WriterClosed { .. })));
        assert!(began.elapsed() < TEST_TIMEOUT, "the end is known at once");
    }
}

#[test]
fn waits_are_measured_by_the_monotonic_clock() {
    // Of `futex(address, operation, …)`: a wait until an absolute time, by the wall clock if the
    // bit is set and by the monotonic one if it is not.
    const WAIT_UNTIL: u64 = 9;
    const BY_WALL_CLOCK: u64 = 256;
    let name = TestName::new("clock");
    let mut reader = Reader::create(&name, small().spin_budget(Duration::ZERO)).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::channel();
        let waiting = scope.spawn(move || {
            sender.send(nix::unistd::gettid()).unwrap();
            reader.read(TEST_TIMEOUT).map(|frame| frame.is_some())
        });
        let thread = receiver.recv().unwrap();
        let path = format!("/proc/self/task/{thread}/syscall");
        let operation = loop {
            let Ok(line) = fs::read_to_string(&path) else {
                announce_skip("the clock that waits use", "no /proc/…/syscall");
                break None;
            };
            // "running" between system calls; otherwise number, then six arguments.
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            let futex = words.first().is_some_and(|number| *number == libc_futex());
            let operation = words.get(2).and_then(|word| word.strip_prefix("0x"));
            let operation = operation.and_then(|word| u64::from_str_radix(word, 16).ok());
            if let Some(operation) = operation.filter(|op| futex && op & 0x7F == WAIT_UNTIL) {
                break Some(operation);
            }
            std::thread::yield_now();
        };
        writer.write(b"x").unwrap();
        assert!(waiting.join().unwrap().unwrap());
        assert!(operation.is_none_or(|operation| operation & BY_WALL_CLOCK == 0), "{operation:?}");
    });
}

/// Number of the system call that semaphores sleep in.
fn libc_futex() -> &'static str {
    if cfg!(target_arch = "x86_64") { "202" } else { "98" }
}

#[test]
fn frame_returns_its_own_bytes_on_release() {
    let name = TestName::new("own-bytes");
    let mut reader = Reader::create(&name, small()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    writer.set_write_timeout(Duration::ZERO);
    let mut free = CAPACITY as u64;
    let lengths = [10, 200, 33, 150, 1];
    for (number, len) in (1..).zip(lengths) {
        writer.write(&pattern(number, len)).unwrap();
        free -= 16 + len as u64;
    }
    for (number, len) in (1..).zip(lengths) {
        let frame = reader.try_read().unwrap().unwrap();
        // While the frame is held the writer cannot overwrite it.
        assert_eq!(name.control_block()[0x28..0x30], free.to_le_bytes());
        while writer.reserve(CAPACITY / 8).is_ok_and(|slot| slot.commit().is_ok()) {}
        assert!(*frame == pattern(number, len), "frame {number}");
        let before = name.control_block();
        drop(frame);
        let given = 16 + len as u64;
        let field = |block: &[u8; 128]| u64::from_le_bytes(block[0x28..0x30].try_into().unwrap());
        assert_eq!(field(&name.control_block()), field(&before) + given, "frame {number}");
        free = field(&name.control_block());
    }
}

#[test]
fn hazard_table_is_complete_and_its_tests_exist() {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(crate_dir.join("src/hazards.md")).unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| B"));
    let mut numbers = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [hazard, rule, tests] = cells[..] else { panic!("three cells: {row}") };
        let number = hazard[1..].split(' ').next().unwrap().parse::<u32>().unwrap();
        assert!(numbers.insert(number), "twice: {row}");
        assert!(!rule.is_empty(), "{row}");
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test: {row}");
        for name in names {
            assert!(test_exists(crate_dir, &table, name), "no test {name}: {row}");
        }
    }
    assert!(numbers.into_iter().eq(1..=27));
}

/// Returns whether `module::function` is a test of `tests/it`, `src module::tests::function` one
/// beside the code, or `doc: CODE` a documented program that does not compile.
fn test_exists(crate_dir: &Path, table: &str, name: &str) -> bool {
    if let Some(code) = name.strip_prefix("doc: ") {
        return table.contains(&format!("```compile_fail,{code}"));
    }
    let (file, function) = match name.strip_prefix("src ") {
        Some(unit) => {
            let (module, function) = unit.split_once("::tests::").unwrap();
            (crate_dir.join(format!("src/{module}.rs")), function)
        }
        None => {
            let (module, function) = name.split_once("::").unwrap();
            (crate_dir.join(format!("tests/it/{module}.rs")), function)
        }
    };
    let source = fs::read_to_string(file).unwrap_or_default();
    let declared = source.find(&format!("fn {function}()"));
    declared.is_some_and(|at| source[..at].trim_end().ends_with("#[test]"))
}
