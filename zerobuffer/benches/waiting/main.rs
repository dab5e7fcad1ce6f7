//! What waiting costs, and how soon a waiting reader or writer hears that the other side is gone.
//!
//! `cargo bench -p zerobuffer --bench waiting -- [--turns N]`
//!
//! Each turn uses new processes. The CPU time is that of the whole waiting process, by `getrusage`. A kill is
//! SIGKILL while the other side has slept for a while. Under `cargo test` it makes one short turn.
#![expect(clippy::print_stdout, reason = "prints its results")]
#![expect(clippy::unwrap_used, reason = "a failed step of a benchmark ends it")]

#[path = "../ring/machine.rs"]
#[expect(dead_code, reason = "the benchmark of the ring pins its threads")]
mod machine;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use zerobuffer::{BufferConfig, Error, Reader, Writer, list_stale, remove_stale};

/// In front of the role and the buffer of a child process.
const ROLE: &str = "--role";

/// Bytes of the frames with which a writer fills its ring.
const FRAME: usize = 400;

/// Targets.
const MAX_CPU_MILLIS: f64 = 1.0;
const MAX_MILLIS_TO_HEAR: f64 = 20.0;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if let Some(at) = words.iter().position(|word| word == ROLE) {
        return be(&words[at + 1], &words[at + 2]);
    }
    let bench = words.iter().any(|word| word == "--bench");
    let turns = words.iter().position(|word| word == "--turns");
    let turns = turns.map_or(if bench { 11 } else { 1 }, |at| words[at + 1].parse().unwrap());
    let (idle, asleep) = if bench { (2000, 600) } else { (50, 50) };

    let load = machine::Load::now();
    println!("{}, line transfer {:.0} ns", machine::processor(), machine::distance());
    println!("\nCPU time in {idle} ms of waiting, ms: median (range) of {turns}");
    for role in ["reader", "writer"] {
        let used = (0..turns).map(|_| cpu_of_waiting(role, idle));
        print("idle", role, used.collect(), MAX_CPU_MILLIS);
    }
    println!("\nTime until the waiting side hears of the end, ms: median (range) of {turns}");
    for role in ["reader", "writer"] {
        for end in ["kill -9 of the other side", "close by the other side"] {
            let kills = end.starts_with("kill");
            // A different part of the interval between two checks each time.
            let times = (0..turns).map(|turn| time_to_hear(role, asleep + 17 * turn, kills));
            print(end, role, times.collect(), MAX_MILLIS_TO_HEAR);
        }
    }
    println!("\nother processes used {:.0} % of the CPUs", 100.0 * load.foreign_share());
}

fn print(what: &str, role: &str, mut values: Vec<f64>, target: f64) {
    values.sort_by(f64::total_cmp);
    let (least, most) = (values[0], values[values.len() - 1]);
    let median = values[values.len() / 2];
    let verdict = if median <= target { "held" } else { "MISSED" };
    println!(
        "{role:7} {what:26} {median:8.3} ({least:.3} to {most:.3}); at most {target}: {verdict}"
    );
}

/// Milliseconds of CPU time of a process that waits for a while, with a living other side.
fn cpu_of_waiting(role: &str, millis: u64) -> f64 {
    let pair = Pair::start(role, millis);
    let used = pair.waiting.join();
    pair.other.join();
    used.parse().unwrap()
}

/// Milliseconds from the end of the other side to the error of the waiting one.
fn time_to_hear(role: &str, asleep: u64, kills: bool) -> f64 {
    let mut pair = Pair::start(role, 600_000);
    std::thread::sleep(Duration::from_millis(asleep));
    let ended = now();
    if kills {
        pair.other.process.kill().unwrap();
    }
    pair.other.join();
    let heard: f64 = pair.waiting.join().parse().unwrap();
    // A killed reader leaves its names.
    for stale in list_stale().unwrap().iter().filter(|stale| stale.name() == pair.name) {
        remove_stale(stale).unwrap();
    }
    (heard - ended).max(0.0)
}

/// Milliseconds of the monotonic clock, which all processes share.
fn now() -> f64 {
    let now = nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC).unwrap();
    now.num_nanoseconds() as f64 / 1e6
}

/// A side that waits, and the other one, which ends when its input does.
struct Pair {
    name: String,
    waiting: Peer,
    other: Peer,
}

impl Pair {
    fn start(role: &str, millis: u64) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("zb-bench-wait-{}-{count}", std::process::id());
        let waits = |role: &str| format!("{role} waits {millis}");
        // The reader creates the buffer.
        match role {
            "reader" => {
                let mut waiting = Peer::start(&waits("reader"), &name);
                let other = Peer::start("writer", &name);
                waiting.proceed();
                Self { name, waiting, other }
            }
            _ => {
                let other = Peer::start("reader", &name);
                let mut waiting = Peer::start(&waits("writer"), &name);
                waiting.proceed();
                Self { name, waiting, other }
            }
        }
    }
}

struct Peer {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Peer {
    /// Starts a process and waits until it has opened the buffer.
    fn start(role: &str, name: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let command = command.args([ROLE, role, name]).stdin(Stdio::piped());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut String::new()).unwrap();
        Self { process, output }
    }

    fn proceed(&mut self) {
        writeln!(self.process.stdin.as_mut().unwrap()).unwrap();
    }

    /// Ends its input, and returns what it prints until it ends.
    fn join(mut self) -> String {
        drop(self.process.stdin.take());
        let mut words = String::new();
        self.output.read_to_string(&mut words).unwrap();
        self.process.wait().unwrap();
        words.trim().to_owned()
    }
}

/// Runs one side in this process: prints a line when the buffer is open, then the CPU time of its wait, or
/// the time at which that ended with the other side.
fn be(role: &str, name: &str) {
    let mut words = role.split(' ');
    let (side, millis) = (words.next().unwrap(), words.nth(1).map(|text| text.parse().unwrap()));
    match (side, millis.map(Duration::from_millis)) {
        ("reader", wait) => {
            let config = BufferConfig::new(64, 1024).unwrap();
            let mut reader = Reader::create(name, config).unwrap();
            opened();
            if let Some(time) = wait {
                report(|| reader.read(time).map(|frame| assert!(frame.is_none())));
            }
        }
        (_, wait) => {
            let mut writer = Writer::open(name).unwrap();
            while wait.is_some() && writer.wait_for_space(FRAME, Duration::ZERO).unwrap() {
                writer.write(&[0; FRAME]).unwrap();
            }
            opened();
            if let Some(time) = wait {
                report(|| writer.wait_for_space(FRAME, time).map(|found| assert!(!found)));
            }
        }
    }
}

/// Says that the buffer is open, and waits for a line or the end of the input.
fn opened() {
    println!("open");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

fn report(wait: impl FnOnce() -> Result<(), Error>) {
    let used = || {
        let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
        (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e3
    };
    let (before, began) = (used(), Instant::now());
    match wait() {
        Ok(()) => println!("{}", used() - before),
        Err(_) => println!("{}", now()),
    }
    assert!(began.elapsed() < Duration::from_secs(600), "the end of the other side was not heard");
}
