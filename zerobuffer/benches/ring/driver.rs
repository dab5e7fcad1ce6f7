//! The two processes of a sample, independent of the transport.
//!
//! Every frame is checked: its length, the number in its first eight bytes and, unless it was
//! loaned, one word of every cache line.

use std::time::{Duration, Instant};

/// The sending side.
pub(crate) trait SendEnd {
    /// Copies a frame in.
    fn send(&mut self, frame: &[u8]);

    /// Sends a frame of `len` bytes of which only the first eight are written.
    fn send_loaned(&mut self, len: usize, stamp: u64);
}

/// The receiving side.
pub(crate) trait ReceiveEnd {
    /// Waits for the next frame and shows it.
    fn receive<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> T;
}

/// Set in the number of the last frame.
const LAST: u64 = 1 << 63;
const LINE: usize = 64;

/// Access of one process to the frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    /// The whole frame is written and every line read.
    Copy,
    /// Only the stamp is.
    Loan,
}

/// Sends frames of `len` bytes for `time`.
pub(crate) fn produce(end: &mut impl SendEnd, workload: Workload, len: usize, time: Duration) {
    let mut frame = content(len);
    // Looking at the clock takes as long as a small frame.
    let between_looks = (64 * 1024 / len as u64).clamp(1, 256);
    let began = Instant::now();
    let mut number = 0;
    loop {
        let last = number % between_looks == 0 && began.elapsed() >= time;
        let stamp = if last { number | LAST } else { number };
        match workload {
            Workload::Copy => {
                frame[..8].copy_from_slice(&stamp.to_le_bytes());
                end.send(&frame);
            }
            Workload::Loan => end.send_loaned(len, stamp),
        }
        if last {
            return;
        }
        number += 1;
    }
}

/// Takes frames until the last; gives the time and the number of those behind the warm-up.
pub(crate) fn consume(
    end: &mut impl ReceiveEnd,
    workload: Workload,
    len: usize,
    warm_up: Duration,
) -> (Duration, u64) {
    let sum = sum_of_lines(&content(len));
    let mut first = None;
    let mut counted_from = None;
    let mut number = 0;
    loop {
        let last = end.receive(|frame| check(frame, workload, len, number, sum));
        if last {
            break;
        }
        number += 1;
        if counted_from.is_none() && (len >= 4096 || number % 64 == 1) {
            let now = Instant::now();
            if now - *first.get_or_insert(now) >= warm_up {
                counted_from = Some((now, number));
            }
        }
    }
    // A machine busy otherwise may leave time for a few frames only.
    let (began, from) = counted_from.or(first.map(|first| (first, 1))).expect("two frames");
    (began.elapsed(), (number - from).max(1))
}

/// Checks a frame; returns whether it is the last one.
fn check(frame: &[u8], workload: Workload, len: usize, number: u64, sum: u64) -> bool {
    assert_eq!(frame.len(), len, "length of frame {number}");
    let stamp = stamp_of(frame);
    assert_eq!(stamp & !LAST, number, "number of a frame");
    if workload == Workload::Copy {
        assert_eq!(sum_of_lines(frame), sum, "content of frame {number}");
    }
    stamp & LAST != 0
}

/// Sends a frame there and takes it back, for `time`; gives all round trips in nanoseconds, sorted.
pub(crate) fn ask(
    there: &mut impl SendEnd,
    back: &mut impl ReceiveEnd,
    len: usize,
    time: Duration,
) -> Vec<u64> {
    let mut frame = content(len);
    let sum = sum_of_lines(&frame);
    let mut trips = Vec::with_capacity(1 << 20);
    let (warm_up, end) = (Instant::now() + time / 10, Instant::now() + time);
    let mut number = 0;
    loop {
        let began = Instant::now();
        let last = began >= end;
        let stamp = if last { number | LAST } else { number };
        frame[..8].copy_from_slice(&stamp.to_le_bytes());
        there.send(&frame);
        back.receive(|frame| check(frame, Workload::Copy, len, number, sum));
        if began >= warm_up {
            trips.push(began.elapsed().as_nanos() as u64);
        }
        if last {
            break;
        }
        number += 1;
    }
    trips.sort_unstable();
    trips
}

/// Sends every frame back until the last.
pub(crate) fn answer(there: &mut impl ReceiveEnd, back: &mut impl SendEnd, len: usize) {
    let mut own = content(len);
    let sum = sum_of_lines(&own);
    for number in 0.. {
        let last = there.receive(|frame| {
            own[..8].copy_from_slice(&frame[..8]);
            check(frame, Workload::Copy, len, number, sum)
        });
        back.send(&own);
        if last {
            return;
        }
    }
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + (i >> 6) * 31) as u8).collect()
}

fn stamp_of(frame: &[u8]) -> u64 {
    u64::from_le_bytes(frame[..8].try_into().expect("a frame has eight bytes"))
}

/// One word of every line, without the stamp.
pub(crate) fn sum_of_lines(frame: &[u8]) -> u64 {
    let word = |line: &[u8]| {
        let bytes = if line.len() >= 16 { &line[8..16] } else { return 0 };
        u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
    };
    frame.chunks(LINE).map(word).fold(0, u64::wrapping_add)
}

/// One process of a sample, as on its command line.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// `producer`, `consumer`, `client` or `server`.
    pub(crate) role: String,
    /// Name of the transport.
    pub(crate) transport: String,
    /// Access to the frames.
    pub(crate) workload: Workload,
    /// Bytes of a frame.
    pub(crate) len: usize,
    /// Bytes of the ring, where there is one.
    pub(crate) ring: usize,
    /// Start of the names of all objects of the sample.
    pub(crate) name: String,
    /// The duration of sending.
    pub(crate) time: Duration,
    /// The CPU to stay on.
    pub(crate) cpu: usize,
}

/// In front of the arguments of a job.
pub(crate) const JOB: &str = "--job";

impl Job {
    /// The job on the command line of this process, if there is one.
    pub(crate) fn of_this_process() -> Option<Self> {
        let mut words = std::env::args().skip_while(|word| word != JOB).skip(1);
        let role = words.next()?;
        let mut next = || words.next().expect("all words of a job");
        Some(Self {
            role,
            transport: next(),
            workload: if next() == "loan" { Workload::Loan } else { Workload::Copy },
            len: next().parse().expect("a length"),
            ring: next().parse().expect("a size"),
            name: next(),
            time: Duration::from_micros(next().parse().expect("microseconds")),
            cpu: next().parse().expect("a CPU"),
        })
    }

    /// The same as arguments.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let workload = if self.workload == Workload::Loan { "loan" } else { "copy" };
        let words = [JOB, &self.role, &self.transport, workload];
        let numbers = [self.len.to_string(), self.ring.to_string(), self.name.clone()];
        let rest = [self.time.as_micros().to_string(), self.cpu.to_string()];
        words.map(str::to_owned).into_iter().chain(numbers).chain(rest).collect()
    }

    /// Runs the role over a sender and receiver from these functions, and returns the measurement.
    pub(crate) fn run<S: SendEnd, R: ReceiveEnd>(
        &self,
        open: impl Fn(&str) -> S,
        create: impl Fn(&str) -> R,
    ) -> String {
        let [there, back] = ["a", "b"].map(|letter| format!("{}-{letter}", self.name));
        match self.role.as_str() {
            "producer" => {
                produce(&mut open(&there), self.workload, self.len, self.time);
                String::new()
            }
            "consumer" => {
                let mut end = create(&there);
                let (time, frames) = consume(&mut end, self.workload, self.len, self.time / 10);
                (time.as_nanos() as f64 / frames as f64).to_string()
            }
            "client" => {
                let mut back = create(&back);
                let trips = ask(&mut open(&there), &mut back, self.len, self.time);
                let part = |share: f64| trips[((trips.len() - 1) as f64 * share) as usize];
                format!("{} {} {}", part(0.5), part(0.99), part(0.999))
            }
            _ => {
                let mut there = create(&there);
                answer(&mut there, &mut open(&back), self.len);
                String::new()
            }
        }
    }
}
