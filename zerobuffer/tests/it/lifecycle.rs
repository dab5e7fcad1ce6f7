//! One buffer from creation to the end, byte for byte as the other implementations have it.
//!
//! The numbers were measured with the C++ and Python libraries: a buffer of 1024 and 10240 bytes,
//! frames of 1024 bytes of which the tenth wraps. This crate deviates nowhere.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use zerobuffer::{BufferConfig, Error, Reader, Writer, WriterState};

use crate::support::{Peer, TestName, await_parent, child_role, pattern, report_to_parent};

const METADATA: u64 = 1024;
const PAYLOAD: u64 = 10240;
const FRAME: usize = 1024;

/// Name of the step in the measurements, then: free bytes, write and read position, written and
/// read count, frames ready, releases pending.
const STEPS: [(&str, [u64; 7]); 11] = [
    ("after_create", [10240, 0, 0, 0, 0, 0, 0]),
    ("after_writer_connect", [10240, 0, 0, 0, 0, 0, 0]),
    ("after_metadata_100", [10240, 0, 0, 0, 0, 0, 0]),
    ("after_write_1024_seq1", [9200, 1040, 0, 1, 0, 1, 0]),
    ("after_read_seq1_frame_still_held", [9200, 1040, 1040, 1, 1, 0, 0]),
    ("after_release_seq1", [10240, 1040, 1040, 1, 1, 0, 1]),
    ("after_9_frames_all_released_write_pos_9360", [10240, 9360, 9360, 9, 9, 0, 9]),
    ("after_write_seq10_with_wrap_marker", [8320, 1040, 9360, 11, 9, 1, 9]),
    ("after_read_seq10_held", [9200, 1040, 1040, 11, 11, 0, 9]),
    ("after_release_seq10", [10240, 1040, 1040, 11, 11, 0, 10]),
    ("after_writer_close", [10240, 1040, 1040, 11, 11, 0, 10]),
];

/// Steps without metadata.
const METADATA_BEFORE: [&str; 2] = ["after_create", "after_writer_connect"];

/// Content of shared memory after one step, without pids.
#[derive(Debug, PartialEq, Eq)]
struct Snapshot {
    step: &'static str,
    control_block: String,
    writer_connected: bool,
    reader_connected: bool,
    metadata_start: String,
    payload_start: String,
    marker_at_9360: String,
    frames_ready: String,
    releases_pending: String,
}

impl Snapshot {
    fn take(name: &TestName, step: &'static str) -> Self {
        let bytes = fs::read(name.shm_path()).unwrap();
        assert_eq!(bytes.len() as u64, 128 + METADATA + PAYLOAD);
        let payload = &bytes[128 + METADATA as usize..];
        let pid = u64::from(std::process::id());
        let pid_at = |at: usize| {
            let found = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
            assert!([0, pid].contains(&found), "pid {found} at {at:#x} {step}");
            found != 0
        };
        Self {
            step,
            control_block: without_pids(&hex(&bytes[..128])),
            writer_connected: pid_at(0x50),
            reader_connected: pid_at(0x58),
            metadata_start: hex(&bytes[128..128 + 24]),
            payload_start: hex(&payload[..32]),
            marker_at_9360: hex(&payload[9360..9376]),
            frames_ready: hex(&fs::read(name.semaphore_path('w')).unwrap()),
            releases_pending: hex(&fs::read(name.semaphore_path('r')).unwrap()),
        }
    }
}

impl Snapshot {
    /// Returns the step and a line for each part of the memory.
    fn to_text(&self) -> String {
        let parts = [
            ("control block", &self.control_block),
            ("writer connected", &self.writer_connected.to_string()),
            ("reader connected", &self.reader_connected.to_string()),
            ("metadata", &self.metadata_start),
            ("payload", &self.payload_start),
            ("payload at 9360", &self.marker_at_9360),
            ("frames ready", &self.frames_ready),
            ("releases pending", &self.releases_pending),
        ];
        let lines: Vec<String> =
            parts.iter().map(|(part, bytes)| format!("  {part}: {bytes}\n")).collect();
        format!("{}\n{}", self.step, lines.concat())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A control block in hexadecimal without the two pids at 0x50 and 0x58.
fn without_pids(control_block: &str) -> String {
    format!("{}{}", &control_block[..0x50 * 2], &control_block[0x60 * 2..])
}

/// Goes through the measured steps and calls `at_step` after each.
fn walk_through(name: &TestName, mut at_step: impl FnMut(&'static str)) {
    let mut names = STEPS.iter().map(|(step, _)| *step);
    let mut step = || at_step(names.next().unwrap());
    let config = BufferConfig::new(METADATA as usize, PAYLOAD as usize).unwrap();
    let mut reader = Reader::create(name, config).unwrap();
    step();
    let mut writer = Writer::open(name).unwrap();
    step();
    let metadata: Vec<u8> = (0..100).collect();
    writer.set_metadata(&metadata).unwrap();
    step();
    assert_eq!(reader.metadata().unwrap(), Some(metadata));
    for number in 1..=10 {
        assert_eq!(writer.write(&pattern(number, FRAME)).unwrap(), number);
        if number == 1 || number == 10 {
            step();
        }
        let frame = reader.read(Duration::ZERO).unwrap().unwrap();
        assert_eq!((frame.sequence(), &*frame), (number, &*pattern(number, FRAME)));
        if number == 1 || number == 10 {
            step();
        }
        drop(frame);
        if number == 1 || number == 9 || number == 10 {
            step();
        }
    }
    writer.close();
    step();
    assert_eq!(names.next(), None);
    assert_eq!(reader.writer_state(), WriterState::Closed);
    assert!(matches!(reader.read(Duration::MAX), Err(Error::WriterClosed { .. })));
    reader.close();
    name.assert_gone();
}

#[test]
fn every_step_leaves_the_documented_bytes() {
    let name = TestName::new("lifecycle");
    let mut numbers = STEPS.iter();
    walk_through(&name, |step| {
        let (_, [free, write_pos, read_pos, written, read, ready, released]) =
            numbers.next().unwrap();
        let metadata_used = if METADATA_BEFORE.contains(&step) { 0 } else { 108 };
        let mut expected = Vec::new();
        expected.extend([0x80, 0, 0, 0, 1, 0, 0, 0]);
        for field in [METADATA, METADATA - metadata_used, metadata_used, PAYLOAD] {
            expected.extend(field.to_le_bytes());
        }
        for field in [free, write_pos, read_pos, written, read] {
            expected.extend(field.to_le_bytes());
        }
        let pid = u64::from(std::process::id());
        let connected = !["after_create", "after_writer_close"].contains(&step);
        expected.extend((if connected { pid } else { 0 }).to_le_bytes());
        expected.extend(pid.to_le_bytes());
        expected.extend([0; 32]);
        assert_eq!(hex(&name.control_block()), hex(&expected), "{step}");

        for (letter, count) in [('w', ready), ('r', released)] {
            let mut semaphore = [0; 32];
            semaphore[..4].copy_from_slice(&(*count as u32).to_le_bytes());
            semaphore[8] = 0x80;
            let found = fs::read(name.semaphore_path(letter)).unwrap();
            assert_eq!(hex(&found), hex(&semaphore), "sem-{letter} {step}");
        }
        assert_modes(&name);
    });
}

/// 0666 less the umask for every object, the lock empty.
fn assert_modes(name: &TestName) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let umask = status.lines().find_map(|line| line.strip_prefix("Umask:")).unwrap();
    let umask = u32::from_str_radix(umask.trim(), 8).unwrap();
    for path in name.paths() {
        let metadata = path.symlink_metadata().unwrap();
        assert_eq!(metadata.permissions().mode() & 0o7777, 0o666 & !umask, "{}", path.display());
    }
    assert_eq!(name.lock_path().metadata().unwrap().len(), 0);
}

/// The recording was made of this crate when it was equal to runs of the C++ and Python libraries in all four
/// combinations.
#[test]
fn every_step_equals_the_recorded_bytes() {
    let name = TestName::new("recorded");
    let mut ours = String::new();
    walk_through(&name, |step| ours += &Snapshot::take(&name, step).to_text());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lifecycle.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1") {
        fs::write(&path, &ours).unwrap();
    }
    assert_eq!(ours, fs::read_to_string(&path).unwrap(), "{}", path.display());
}

#[test]
fn sizes_round_up_in_the_file() {
    for (metadata, payload, stored) in [
        (1000, 10000, [1024, 10048, 11200]),
        (1, 1, [64, 64, 256]),
        (0, 0, [0, 0, 128]),
        (0, 128, [0, 128, 256]),
        (100, 0, [128, 0, 256]),
    ] {
        let name = TestName::new("rounding");
        let reader = Reader::create(&name, BufferConfig::new(metadata, payload).unwrap()).unwrap();
        let control = reader.state().control;
        let size = name.shm_path().metadata().unwrap().len();
        assert_eq!([control.metadata_size, control.payload_size, size], stored);
        assert_eq!(control.payload_free_bytes, control.payload_size);
        Writer::open(&name).unwrap();
    }
}

#[test]
fn permissions_ignore_the_umask() {
    let name = TestName::new("mode");
    let config = BufferConfig::new(64, 64).unwrap().permissions(0o622);
    let _reader = Reader::create(&name, config).unwrap();
    for path in name.paths() {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o622, "{}", path.display());
    }
}

#[test]
fn private_objects_are_never_open_to_others() {
    const TEST: &str = "lifecycle::private_objects_are_never_open_to_others";
    if let Some((_, buffer)) = child_role() {
        // In a child process: the umask belongs to the whole process.
        nix::sys::stat::umask(nix::sys::stat::Mode::empty());
        let name = TestName::exactly(buffer);
        let ended = AtomicBool::new(false);
        let exposed = std::thread::scope(|scope| {
            let spy = scope.spawn(|| {
                let mut exposed = Vec::new();
                // Relaxed: a flag that is polled.
                while !ended.load(Ordering::Relaxed) {
                    for path in name.paths() {
                        let mode = path.metadata().map_or(0, |m| m.permissions().mode() & 0o7777);
                        if mode & !0o600 != 0 {
                            exposed.push((path, mode));
                        }
                    }
                }
                exposed
            });
            for _ in 0..2000 {
                let config = BufferConfig::new(64, 64).unwrap().permissions(0o600);
                Reader::create(&name, config).unwrap();
            }
            ended.store(true, Ordering::Relaxed);
            spy.join().unwrap()
        });
        report_to_parent(&exposed.first().map_or("private".into(), |found| format!("{found:?}")));
        return;
    }
    let name = TestName::new("private");
    let mut child = Peer::start(TEST, "creator", &name);
    child.expect("private");
    child.join();
}

#[test]
fn metadata_is_written_once() {
    let name = TestName::new("metadata");
    let reader = Reader::create(&name, BufferConfig::new(64, 64).unwrap()).unwrap();
    assert_eq!(reader.metadata().unwrap(), None);
    let mut writer = Writer::open(&name).unwrap();
    match writer.set_metadata(&[7; 57]) {
        Err(Error::MetadataTooLarge { len: 57, max: 56, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(reader.metadata().unwrap(), None);
    writer.set_metadata(&[7; 56]).unwrap();
    assert_eq!(reader.metadata().unwrap(), Some(vec![7; 56]));
    let refused = |result| matches!(result, Err(Error::MetadataAlreadyWritten { .. }));
    assert!(refused(writer.set_metadata(b"again")));
    writer.close();
    assert!(refused(Writer::open(&name).unwrap().set_metadata(b"again")));
    assert_eq!(reader.metadata().unwrap(), Some(vec![7; 56]));
}

#[test]
fn empty_metadata_is_metadata() {
    let name = TestName::new("metadata-empty");
    let reader = Reader::create(&name, BufferConfig::new(64, 64).unwrap()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    writer.set_metadata(b"").unwrap();
    assert_eq!(reader.metadata().unwrap(), Some(Vec::new()));
    assert!(matches!(writer.set_metadata(b""), Err(Error::MetadataAlreadyWritten { .. })));

    let name = TestName::new("metadata-none");
    let _reader = Reader::create(&name, BufferConfig::new(0, 64).unwrap()).unwrap();
    let refused = Writer::open(&name).unwrap().set_metadata(b"");
    assert!(matches!(refused, Err(Error::MetadataTooLarge { len: 0, max: 0, .. })));
}

#[test]
fn the_writer_state_follows_the_writer() {
    let name = TestName::new("state");
    let mut reader = Reader::create(&name, BufferConfig::default()).unwrap();
    assert_eq!(reader.writer_state(), WriterState::NeverConnected);
    assert!(!reader.wait_for_writer(Duration::ZERO));
    assert!(reader.read(Duration::ZERO).unwrap().is_none());
    let mut writer = Writer::open(&name).unwrap();
    let pid = u64::from(std::process::id());
    assert_eq!(reader.writer_state(), WriterState::Connected { pid });
    assert!(reader.wait_for_writer(Duration::ZERO));
    assert!(writer.is_reader_connected());
    writer.write(b"last").unwrap();
    writer.close();
    assert_eq!(reader.writer_state(), WriterState::Closed);
    assert!(!reader.is_writer_connected());
    assert_eq!(&*reader.read(Duration::ZERO).unwrap().unwrap(), b"last");
    for timeout in [Duration::ZERO, Duration::from_millis(1), Duration::MAX] {
        assert!(matches!(reader.read(timeout), Err(Error::WriterClosed { .. })));
    }
}

#[test]
fn writer_of_closed_buffer_gets_an_error() {
    let name = TestName::new("reader-closed");
    let reader = Reader::create(&name, BufferConfig::default()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    reader.close();
    assert!(!writer.is_reader_connected());
    assert!(matches!(writer.write(b"x"), Err(Error::ReaderDead { pid: None, .. })));
    assert!(matches!(writer.set_metadata(b"x"), Err(Error::ReaderDead { pid: None, .. })));
    assert!(matches!(Writer::open(&name), Err(Error::NotFound { .. })));
    name.assert_gone();
}

#[test]
fn a_writer_waits_for_its_buffer() {
    let name = TestName::new("open-wait");
    let missing = Writer::open_timeout(&name, Duration::from_millis(5));
    assert!(matches!(missing, Err(Error::NotFound { .. })));
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut writer = Writer::open_timeout(&name, crate::support::TEST_TIMEOUT).unwrap();
            writer.write(b"here").unwrap();
        });
        let mut reader = Reader::create(&name, BufferConfig::default()).unwrap();
        assert!(reader.wait_for_writer(crate::support::TEST_TIMEOUT));
        assert_eq!(&*reader.read(crate::support::TEST_TIMEOUT).unwrap().unwrap(), b"here");
        writer.join().unwrap();
    });
}

#[test]
fn writer_waits_for_the_successor_of_a_dead_reader() {
    const TEST: &str = "lifecycle::writer_waits_for_the_successor_of_a_dead_reader";
    if let Some((_, buffer)) = child_role() {
        let _reader = Reader::create(&buffer, BufferConfig::default()).unwrap();
        report_to_parent("created");
        return await_parent();
    }
    let name = TestName::new("open-wait-dead");
    let mut dead = Peer::start(TEST, "reader", &name);
    dead.expect("created");
    dead.kill();
    dead.wait();
    let refused = Writer::open_timeout(&name, Duration::from_millis(20));
    assert!(matches!(refused, Err(Error::ReaderDead { .. })), "{refused:?}");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut writer = Writer::open_timeout(&name, crate::support::TEST_TIMEOUT).unwrap();
            writer.write(b"here").unwrap();
        });
        // The writer meets the dead reader first.
        std::thread::sleep(Duration::from_millis(50));
        let mut reader = Reader::create(&name, BufferConfig::default()).unwrap();
        assert_eq!(&*reader.read(crate::support::TEST_TIMEOUT).unwrap().unwrap(), b"here");
        writer.join().unwrap();
    });
}
