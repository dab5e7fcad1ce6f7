//! One end is killed at a random moment, again and again, and the other one carries on.
//!
//! `ZEROBUFFER_CRASHES` sets the number of kills (500 by default), `ZEROBUFFER_SEED` repeats a
//! campaign.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{Numbers, Peer, TEST_TIMEOUT, TestName, TestPath, child_role, pattern};

/// Longest frame; several fit the ring, and most laps end with a wrap.
const LONGEST: u64 = 900;
const RING: usize = 4096;

/// Name of the lock directory, behind that of the buffer.
const LOCKS: &str = "locks";

/// The victim lives this long at most, counted from its first word.
const LONGEST_LIFE_MICROS: u64 = 3000;

/// Campaigns side by side: most of the time goes into waiting.
const LANES: u64 = 5;

/// Work of a victim until it is killed.
#[derive(Clone, Copy, Debug)]
enum Victim {
    /// Writes by copy and by slot, leaves slots unused now and then.
    Writer,
    /// Connects, writes a little, closes, and so on.
    ReopeningWriter,
    /// Reads and releases.
    Reader,
    /// Creates, reads a little, closes, and so on.
    RecreatingReader,
}

const VICTIMS: [Victim; 4] =
    [Victim::Writer, Victim::ReopeningWriter, Victim::Reader, Victim::RecreatingReader];

/// With locks in a separate directory: readers of the Python library, in any test,
/// sweep the common one and race with a process that re-creates the objects of a dead reader.
fn config(buffer: &str) -> BufferConfig {
    let locks = std::env::temp_dir().join(format!("{buffer}-{LOCKS}"));
    BufferConfig::new(64, RING).unwrap().lock_dir(locks)
}

fn from_environment(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().expect("a number"))
}

#[test]
fn survivors_of_random_kills_continue() {
    const TEST: &str = "crash_campaign::survivors_of_random_kills_continue";
    if let Some((role, buffer)) = child_role() {
        return play_victim(&role, &buffer);
    }
    let crashes = from_environment("ZEROBUFFER_CRASHES").unwrap_or(500);
    let seed = from_environment("ZEROBUFFER_SEED").unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        now.as_micros() as u64 % 1_000_000_000
    });
    // Straight to stderr, so that the seed of a campaign that hangs is known.
    say(&format!("crash campaign: {crashes} crashes, ZEROBUFFER_SEED={seed}"));
    let name = TestName::new("crash");
    let before = temporary_semaphores();
    let mut noticed = Vec::new();
    std::thread::scope(|scope| {
        let lanes = (0..LANES).map(|lane| {
            let name = name.with(&lane.to_string());
            let rounds = (lane..crashes).step_by(LANES as usize);
            scope.spawn(move || run_lane(TEST, &name, seed + lane, rounds))
        });
        for lane in lanes.collect::<Vec<_>>() {
            noticed.extend(lane.join().expect("every survivor continues"));
        }
    });
    noticed.sort();
    let [median, most] = [noticed.len() / 2, noticed.len() - 1].map(|index| noticed[index]);
    say(&format!(
        "crash campaign: {} deaths noticed after {median:?} (median), {most:?} (most); \
         {} victims were between two connections",
        noticed.len(),
        crashes - noticed.len() as u64
    ));
    assert!(noticed.len() as u64 >= crashes / 3, "most deaths are seen by the survivor");
    assert_nothing_left(&name);
    // Those of other processes come and go; those of the dead stay.
    let began = Instant::now();
    while !temporary_semaphores().is_subset(&before) {
        assert!(
            began.elapsed() < TEST_TIMEOUT,
            "left by the C library: {:?}",
            temporary_semaphores()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Files of random names that the C library makes on the way to a semaphore.
fn temporary_semaphores() -> BTreeSet<String> {
    let files = fs::read_dir("/dev/shm").unwrap().flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    let random = |name: &String| {
        let rest = name.strip_prefix("sem.");
        rest.is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    names.filter(random).collect()
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Kills one victim after the other; gives the times in which that was noticed.
fn run_lane(
    test: &str,
    name: &TestName,
    seed: u64,
    rounds: impl Iterator<Item = u64>,
) -> Vec<Duration> {
    let locks = TestPath::of(name, LOCKS);
    let mut random = Numbers::new(seed);
    let mut noticed = Vec::new();
    for round in rounds {
        let victim = VICTIMS[random.up_to(VICTIMS.len() as u64) as usize - 1];
        let life = Duration::from_micros(random.up_to(LONGEST_LIFE_MICROS));
        let outcome = std::panic::catch_unwind(|| match victim {
            Victim::Writer | Victim::ReopeningWriter => survive_writer(test, victim, name, life),
            Victim::Reader | Victim::RecreatingReader => survive_reader(test, victim, name, life),
        });
        let outcome = outcome.unwrap_or_else(|panic| {
            say(&format!("round {round}: {victim:?} killed after {life:?}, lane seed {seed}"));
            std::panic::resume_unwind(panic)
        });
        noticed.extend(outcome);
        // The name can be used again at once.
        let mut reader = Reader::create(name, config(name)).unwrap();
        let mut writer = Writer::open(name).unwrap();
        writer.write(b"again").unwrap();
        assert_eq!(&*reader.try_read().unwrap().unwrap(), b"again");
        drop((reader, writer));
        name.assert_gone();
    }
    // Fails if anything is left in it.
    fs::remove_dir(&*locks).unwrap();
    noticed
}

fn assert_nothing_left(name: &str) {
    for directory in [Path::new("/dev/shm"), &std::env::temp_dir()] {
        let files = fs::read_dir(directory).unwrap().flatten();
        let left: Vec<_> = files
            .map(|file| file.file_name().into_string().unwrap_or_default())
            .filter(|file| file.contains(name))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "{}", directory.display());
    }
}

fn data(number: u64) -> Vec<u8> {
    pattern(number, (number * 7919 % LONGEST + 1) as usize)
}

/// This process until it is killed.
fn play_victim(role: &str, buffer: &str) {
    let mut life = 0_u64;
    loop {
        life += 1;
        match role {
            "Writer" => write_forever(buffer),
            "ReopeningWriter" => {
                // The sequence continues where the last connection ended: in this process.
                let mut next = 1;
                loop {
                    let options = Writer::options().start_sequence(next);
                    let mut writer = options.open(buffer).unwrap();
                    if next == 1 {
                        say_ready();
                    }
                    for _ in 0..3 {
                        next = writer.write(&data(next)).unwrap() + 1;
                    }
                }
            }
            "Reader" => {
                let mut reader = Reader::create(buffer, config(buffer)).unwrap();
                say_ready();
                loop {
                    let frame = reader.read(TEST_TIMEOUT).unwrap().unwrap();
                    assert!(*frame == data(frame.sequence()));
                }
            }
            "RecreatingReader" => {
                let mut reader = Reader::create(buffer, config(buffer)).unwrap();
                if life == 1 {
                    say_ready();
                }
                for _ in 0..3 {
                    if let Ok(Some(frame)) = reader.read(Duration::from_micros(50)) {
                        assert!(*frame == data(frame.sequence()));
                    }
                }
            }
            other => panic!("{other}"),
        }
    }
}

fn write_forever(buffer: &str) -> ! {
    let mut writer = Writer::open(buffer).unwrap();
    writer.set_write_timeout(TEST_TIMEOUT);
    say_ready();
    let mut number = 1;
    loop {
        let bytes = data(number);
        if number % 3 == 0 {
            let mut unused = writer.reserve(bytes.len() + 100).unwrap();
            unused.fill(0xEE);
        }
        if number % 2 == 0 {
            writer.write(&bytes).unwrap();
        } else {
            let mut slot = writer.reserve(bytes.len()).unwrap();
            slot.copy_from_slice(&bytes);
            slot.commit().unwrap();
        }
        number += 1;
    }
}

/// One byte that the harness of the child never prints before it.
const READY: u8 = 0x01;

fn say_ready() {
    let mut out = std::io::stdout().lock();
    out.write_all(&[READY]).unwrap();
    out.flush().unwrap();
}

/// A child that is killed after a while. The moment of its death is taken before the kill.
struct Doomed {
    child: Child,
    stdout: ChildStdout,
}

impl Doomed {
    fn start(test: &str, victim: Victim, buffer: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
        command.stderr(Stdio::null());
        let mut child = Peer::spawn_child(&mut command, &format!("{victim:?}"), buffer);
        let stdout = child.stdout.take().unwrap();
        Self { child, stdout }
    }

    fn await_ready(&mut self) {
        let mut byte = [0];
        while byte != [READY] {
            self.stdout.read_exact(&mut byte).expect("the victim gets ready");
        }
    }

    /// Kills it on another thread when its time has come, and gives that moment.
    fn die_after(mut self, life: Duration) -> std::thread::JoinHandle<Instant> {
        std::thread::spawn(move || {
            let born = Instant::now();
            // Sleeping is too coarse for some of these lives.
            while born.elapsed() < life {
                std::hint::spin_loop();
            }
            let killed = Instant::now();
            self.child.kill().unwrap();
            let status = self.child.wait().unwrap();
            assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "{status}");
            killed
        })
    }
}

/// Reads until the death of the writer is reported; returns the time that took, if it was
/// connected.
fn survive_writer(test: &str, victim: Victim, name: &TestName, life: Duration) -> Option<Duration> {
    let mut reader = Reader::create(name, config(name)).unwrap();
    let mut doomed = Doomed::start(test, victim, name);
    doomed.await_ready();
    let death = doomed.die_after(life);
    let mut expected = 1;
    let reported = loop {
        // Checked before reading: everything that a dead writer has left is visible by then.
        let dead = death.is_finished();
        match reader.read(TEST_TIMEOUT) {
            Ok(Some(frame)) => {
                assert_eq!(frame.sequence(), expected);
                assert!(*frame == data(expected), "content of frame {expected}");
                expected += 1;
            }
            Ok(None) => panic!("a death was not noticed"),
            Err(Error::WriterDead { .. }) => break Some(Instant::now()),
            // Between two connections, or for good.
            Err(Error::WriterClosed { .. }) if matches!(victim, Victim::ReopeningWriter) => {
                if dead {
                    break None;
                }
            }
            Err(other) => panic!("after {expected} frames: {other}"),
        }
    };
    let killed = death.join().unwrap();
    let repeated = reader.try_read().map(|frame| frame.is_some());
    assert!(
        matches!(repeated, Err(Error::WriterDead { .. } | Error::WriterClosed { .. })),
        "{repeated:?}"
    );
    reported.map(|reported| reported - killed)
}

/// Writes until the death of the reader is reported; returns the time that took, if it was
/// connected.
fn survive_reader(test: &str, victim: Victim, name: &TestName, life: Duration) -> Option<Duration> {
    let mut doomed = Doomed::start(test, victim, name);
    doomed.await_ready();
    let death = doomed.die_after(life);
    let reported = loop {
        let dead = death.is_finished();
        let mut writer = match Writer::open(name) {
            Ok(writer) => writer,
            Err(Error::ReaderDead { .. }) => break Some(Instant::now()),
            Err(Error::NotFound { .. } | Error::NotReady { .. }) if dead => break None,
            Err(Error::NotFound { .. } | Error::NotReady { .. }) => continue,
            Err(other) => panic!("{other}"),
        };
        writer.set_write_timeout(TEST_TIMEOUT);
        let mut number = 1;
        let error = loop {
            match writer.write(&data(number)) {
                Ok(sequence) => assert_eq!(sequence, number),
                Err(error) => break error,
            }
            number += 1;
        };
        match error {
            Error::ReaderDead { pid: Some(_), .. } => break Some(Instant::now()),
            // Closed in good order; it may come back.
            Error::ReaderDead { pid: None, .. } if matches!(victim, Victim::RecreatingReader) => {}
            other => panic!("after {number} frames: {other}"),
        }
    };
    let killed = death.join().unwrap();
    reported.map(|reported| reported.saturating_duration_since(killed))
}
