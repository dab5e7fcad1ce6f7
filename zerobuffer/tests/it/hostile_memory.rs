//! Shared memory that changes under reader and writer: arbitrary values in control block, frame
//! headers and semaphore counts, between operations and during them.
//!
//! Whatever is in there, every operation ends, and with a frame inside the ring or an error; as
//! long as only control block and counts were changed a frame delivered is the frame written.
//! `ZEROBUFFER_FUZZ_SECONDS` sets the duration (3 by default), `ZEROBUFFER_SEED` the first seed.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use zerobuffer::{BufferConfig, BufferReader, BufferWriter, Reader, Writer};

use crate::support::{
    Numbers, Peer, TEST_TIMEOUT, TestName, child_role, pattern, report_to_parent,
};

const METADATA: u64 = 64;
const RING: u64 = 1024;
const STEPS: usize = 60;

/// Offsets of the fields that change while a buffer is used, and of those that must not matter.
const FIELDS: [u64; 13] =
    [0x00, 0x04, 0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50, 0x58];

/// One operation of reader, writer or attacker.
#[derive(Clone, Debug)]
enum Step {
    Write(usize),
    Abandon(usize),
    Prepare(usize),
    Commit,
    Read,
    Hold,
    Release,
    Metadata(usize),
    Observe,
    Field { index: usize, value: u64 },
    Count { semaphore: char, value: u64 },
    Payload { at: u64, value: u64 },
}

/// Values that have broken programs before, and any other.
fn value() -> impl Strategy<Value = u64> {
    let near =
        |most: u64| (0..=32_u64).prop_map(move |below| most.wrapping_add(8).wrapping_sub(below));
    prop_oneof![
        any::<u64>(),
        0..=RING + 64,
        near(0),
        near(RING),
        near(i32::MAX as u64),
        near(u64::from(u32::MAX)),
        near(1 << 40),
        near(1 << 63),
        Just(u64::from(std::process::id())),
        Just(1),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let len = prop_oneof![4 => 1..400_usize, 1 => 0..=RING as usize + 8];
    prop_oneof![
        6 => len.clone().prop_map(Step::Write),
        1 => len.clone().prop_map(Step::Abandon),
        2 => len.clone().prop_map(Step::Prepare),
        2 => Just(Step::Commit),
        6 => Just(Step::Read),
        2 => Just(Step::Hold),
        2 => Just(Step::Release),
        1 => len.prop_map(Step::Metadata),
        1 => Just(Step::Observe),
        2 => (0..FIELDS.len(), value()).prop_map(|(index, value)| Step::Field { index, value }),
        2 => (prop_oneof![Just('w'), Just('r')], value())
            .prop_map(|(semaphore, value)| Step::Count { semaphore, value }),
    ]
}

/// Any eight bytes of the ring, most of them headers of early frames.
fn payload_step() -> impl Strategy<Value = Step> {
    (prop_oneof![0..RING - 8, Just(0), Just(8)], value())
        .prop_map(|(at, value)| Step::Payload { at, value })
}

/// Reader and writer of one buffer and its files.
struct Arena {
    reader: Reader,
    writer: Writer,
    memory: File,
    counts: [File; 2],
    /// True if frames in the ring were changed: their content is then not checked.
    tampered: bool,
}

impl Arena {
    fn new(name: &TestName) -> Self {
        let config = BufferConfig::new(METADATA as usize, RING as usize).unwrap();
        let reader = Reader::create(name, config.spin_budget(Duration::ZERO)).unwrap();
        let mut writer = Writer::options().spin_budget(Duration::ZERO).open(name).unwrap();
        writer.set_write_timeout(Duration::ZERO);
        let open = |path| File::options().read(true).write(true).open(path).unwrap();
        Self {
            reader,
            writer,
            memory: open(name.shm_path()),
            counts: ['w', 'r'].map(|letter| open(name.semaphore_path(letter))),
            tampered: false,
        }
    }

    /// Errors are answers; what must hold is asserted.
    fn take(&mut self, step: &Step) {
        match *step {
            Step::Write(len) => {
                let _ = Writer::write(&mut self.writer, &data(len));
            }
            Step::Abandon(len) => {
                if let Ok(mut slot) = self.writer.reserve(len) {
                    assert_eq!(slot.len(), len);
                    slot.fill(0xEE);
                }
            }
            Step::Prepare(len) => {
                if self.writer.prepare(len).is_ok() {
                    self.writer.prepared().unwrap().copy_from_slice(&data(len));
                }
            }
            Step::Commit => drop(self.writer.commit()),
            Step::Read => {
                let tampered = self.tampered;
                let most = self.reader.max_frame_len();
                if let Ok(Some(frame)) = self.reader.try_read() {
                    assert!(frame.len() <= most);
                    check(&frame, tampered);
                }
            }
            Step::Hold => {
                let _ = self.reader.receive(Duration::ZERO);
                if let Some(frame) = self.reader.held() {
                    check(frame, self.tampered);
                }
            }
            Step::Release => {
                self.reader.release();
            }
            Step::Metadata(len) => {
                let _ = self.writer.set_metadata(&vec![7; len]);
                if let Ok(Some(metadata)) = self.reader.metadata() {
                    assert!(metadata.len() as u64 <= METADATA - 8);
                }
            }
            Step::Observe => {
                let _ = (self.reader.writer_state(), self.writer.is_reader_connected());
                let _ = (self.reader.state(), self.writer.state());
            }
            Step::Field { index, value } => {
                self.memory.write_all_at(&value.to_le_bytes(), FIELDS[index]).unwrap();
            }
            Step::Count { semaphore, value } => {
                let file = &self.counts[usize::from(semaphore == 'r')];
                file.write_all_at(&value.to_le_bytes(), 0).unwrap();
            }
            Step::Payload { at, value } => {
                self.tampered = true;
                self.memory.write_all_at(&value.to_le_bytes(), 128 + METADATA + at).unwrap();
            }
        }
    }
}

/// Content that follows from its length, so that a reader can check it.
fn data(len: usize) -> Vec<u8> {
    pattern(len as u64, len)
}

/// Checks that a frame is one that was written, whole. All its bytes are read in any case.
fn check(frame: &[u8], tampered: bool) {
    let same = *frame == data(frame.len());
    assert!(same || tampered, "{} bytes that were never written", frame.len());
}

/// Ends the process when nothing has moved for a while: an endless loop cannot be stopped
/// otherwise.
struct Watchdog {
    beats: Arc<AtomicU64>,
    ended: Sender<()>,
}

impl Watchdog {
    fn new(describe: impl Fn() -> String + Send + 'static) -> Self {
        let beats = Arc::new(AtomicU64::new(0));
        let (ended, end) = mpsc::channel();
        let watched = Arc::clone(&beats);
        std::thread::spawn(move || {
            let mut before = 0;
            while end.recv_timeout(TEST_TIMEOUT / 3) == Err(RecvTimeoutError::Timeout) {
                let now = watched.load(Ordering::Relaxed);
                if now == before {
                    let _ = writeln!(std::io::stderr(), "an operation hangs: {}", describe());
                    std::process::abort();
                }
                before = now;
            }
        });
        Self { beats, ended }
    }

    fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        let _ = self.ended.send(());
    }
}

/// Runs all steps on a separate buffer.
fn run_steps(topic: &str, steps: &[Step]) {
    let name = TestName::new(topic);
    let description = format!("{steps:?}");
    let watchdog = Watchdog::new(move || description.clone());
    let mut arena = Arena::new(&name);
    for step in steps {
        arena.take(step);
        watchdog.beat();
    }
    drop(arena);
    name.assert_gone();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn hostile_control_block_gives_errors_or_correct_frames(
        steps in prop::collection::vec(step(), 1..STEPS),
    ) {
        run_steps("hostile-control", &steps);
    }

    #[test]
    fn hostile_frames_give_errors_or_frames_inside_the_ring(
        steps in prop::collection::vec(prop_oneof![8 => step(), 1 => payload_step()], 1..STEPS),
    ) {
        run_steps("hostile-frames", &steps);
    }
}

#[test]
fn constantly_changing_memory_is_harmless() {
    const TEST: &str = "hostile_memory::constantly_changing_memory_is_harmless";
    let number = |variable: &str| std::env::var(variable).ok().map(|value| value.parse().unwrap());
    if let Some((role, buffer)) = child_role() {
        let (seed, seconds) = role.split_once(' ').unwrap();
        let time = Duration::from_secs(seconds.parse().unwrap());
        return race(seed.parse().unwrap(), time, &buffer);
    }
    let seconds: u64 = number("ZEROBUFFER_FUZZ_SECONDS").unwrap_or(3);
    let seed = number("ZEROBUFFER_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let name = TestName::new("hostile");
    let mut child = Peer::start(TEST, &format!("{seed} {seconds}"), &name);
    let words = child.word_within(Duration::from_secs(seconds) + TEST_TIMEOUT);
    let _ = writeln!(std::io::stderr(), "hostile memory, first ZEROBUFFER_SEED={seed}: {words}");
    child.join();
    name.assert_gone();
}

/// Runs rounds of reader and writer against a third thread, for `time`. A round that hangs ends the
/// process.
fn race(first_seed: u64, time: Duration, buffer: &str) {
    let seed = Arc::new(AtomicU64::new(first_seed));
    let running = Arc::clone(&seed);
    let watchdog = Watchdog::new(move || {
        format!("ZEROBUFFER_SEED={}", running.load(Ordering::Relaxed).wrapping_sub(1))
    });
    let began = Instant::now();
    let (mut frames, mut errors, mut changes) = (0, 0, 0);
    while began.elapsed() < time {
        let round = seed.fetch_add(1, Ordering::Relaxed);
        let (read, refused, changed) = race_once(round, buffer, &watchdog);
        frames += read;
        errors += refused;
        changes += changed;
    }
    let rounds = seed.load(Ordering::Relaxed) - first_seed;
    assert!(rounds > 0 && frames > 0 && errors > 0 && changes > 0);
    report_to_parent(&format!(
        "{rounds} rounds, {changes} changes, {frames} frames delivered, {errors} errors"
    ));
}

/// Both ends at full speed for a while; gives frames read, errors met and changes made.
fn race_once(seed: u64, buffer: &str, watchdog: &Watchdog) -> (u64, u64, u64) {
    let config = BufferConfig::new(METADATA as usize, RING as usize).unwrap();
    let mut reader = Reader::create(buffer, config).unwrap();
    let mut writer = Writer::open(buffer).unwrap();
    let open = |path: String| File::options().write(true).open(path).unwrap();
    let memory = open(format!("/dev/shm/{buffer}"));
    let counts = ['w', 'r'].map(|letter| open(format!("/dev/shm/sem.sem-{letter}-{buffer}")));
    let ended = AtomicBool::new(false);
    let short = Duration::from_micros(200);
    writer.set_write_timeout(short);
    std::thread::scope(|scope| {
        let enemy = scope.spawn(|| {
            let mut random = Numbers::new(seed);
            let mut changes = 0;
            while !ended.load(Ordering::Relaxed) {
                let value = match random.up_to(6) {
                    1 => random.up_to(RING + 32),
                    2 => 0,
                    3 => RING - random.up_to(32),
                    4 => u64::MAX - random.up_to(32),
                    5 => 1 << random.up_to(63),
                    _ => random.up_to(1 << 31) << 32 | random.up_to(1 << 31),
                };
                let bytes = value.to_le_bytes();
                let width = random.up_to(8) as usize;
                match random.up_to(4) {
                    1 => memory.write_all_at(&bytes[..width], random.up_to(120)),
                    2 => counts[random.up_to(2) as usize - 1].write_all_at(&bytes, 0),
                    _ => {
                        let at = 128 + METADATA + random.up_to(RING - 8);
                        memory.write_all_at(&bytes[..width], at)
                    }
                }
                .unwrap();
                changes += 1;
                // Some rounds leave the ends time to get somewhere.
                for _ in 0..random.up_to(1 + seed % 5 * 20_000) {
                    std::hint::spin_loop();
                }
            }
            changes
        });
        let producer = scope.spawn(move || {
            let mut random = Numbers::new(seed ^ 1);
            let mut errors = 0;
            for _ in 0..300 {
                let len = random.up_to(400) as usize;
                let written = match random.up_to(8) {
                    1 => writer.set_metadata(&[1; 56]),
                    2 => writer.reserve(len).map(drop),
                    _ => writer.write(&data(len)).map(|_| ()),
                };
                errors += u64::from(written.is_err());
                watchdog.beat();
            }
            errors
        });
        let (mut frames, mut errors) = (0, 0);
        for _ in 0..300 {
            let most = reader.max_frame_len();
            match reader.read(short) {
                Ok(Some(frame)) => {
                    assert!(frame.len() <= most);
                    // Every byte is read; its value is not known here.
                    check(&frame, true);
                    frames += 1;
                }
                Ok(None) => {}
                Err(_) => errors += 1,
            }
            let _ = (reader.metadata(), reader.writer_state(), reader.state());
            watchdog.beat();
        }
        errors += producer.join().unwrap();
        ended.store(true, Ordering::Relaxed);
        (frames, errors, enemy.join().unwrap())
    })
}

#[test]
fn copied_frame_stays_valid_text_while_shared_memory_changes() {
    let name = TestName::new("hostile-text");
    let mut reader = Reader::create(&name, BufferConfig::new(64, 16384).unwrap()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    let memory = File::options().write(true).open(name.shm_path()).unwrap();
    for len in [1, 7, 8, 9, 64, 1000, 8001] {
        writer.write(&pattern(len as u64, len)).unwrap();
        assert!(reader.try_read().unwrap().unwrap().to_bytes() == pattern(len as u64, len));
        writer.write(&vec![b'a'; len]).unwrap();
        let at = 128 + 64 + reader.state().control.payload_write_pos - len as u64;
        let frame = reader.try_read().unwrap().unwrap();
        let text = String::from_utf8(frame.to_bytes()).unwrap();
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    memory.write_all_at(&vec![0xF4; len], at).unwrap();
                    memory.write_all_at(&vec![b'a'; len], at).unwrap();
                }
            });
            for _ in 0..200 {
                // The start of a character of four bytes, or a whole one.
                assert!(frame.to_bytes().iter().all(|&byte| byte == 0xF4 || byte == b'a'));
            }
            ended.store(true, Ordering::Relaxed);
        });
        assert!(text.chars().eq(std::iter::repeat_n('a', len)));
    }
}
