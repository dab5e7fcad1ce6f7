//! Speed of the ring between two processes, beside other carriers in the same run.
//!
//! `cargo bench -p zerobuffer --bench ring -- [--rounds N] [--millis N] [--only CARRIER,…]
//! [--lengths BYTES,…]`
//!
//! Rounds are interleaved and every frame is checked. Ratios compare medians of the same run,
//! best by their ratio to the bare ring. `ZEROBUFFER_BENCH_RIVAL=NAME=PROGRAM` adds a carrier that
//! another program runs. Under `cargo test` it makes one short round.
#![expect(clippy::print_stdout, reason = "prints its results")]
#![expect(clippy::unwrap_used, reason = "a failed step of a benchmark ends it")]

#[expect(unsafe_code, reason = "views mapped memory as slots and indices")]
mod bare_ring;
#[path = "../../src/copy.rs"]
#[allow(unused_imports, reason = "its unit tests, when the benchmark is built as a test")]
mod copy;
mod driver;
mod machine;
#[path = "../../tests/it/python_environment.rs"]
mod python_environment;
mod results;
mod samples;
mod transports;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use zerobuffer::Writer;

use crate::bare_ring::{BareReceiver, BareSender};
use crate::driver::Job;
use crate::results::Results;
use crate::samples::Plan;
use crate::transports::{RingReceiver, RingSender, StreamReceiver, StreamSender, files_of};

fn main() {
    match Job::of_this_process() {
        Some(job) => print!("{}", run(&job)),
        None => {
            let plan = Plan::from_arguments();
            let mut results = Results::default();
            plan.run(&mut results);
            results.print();
        }
    }
}

/// Runs one process of a sample.
fn run(job: &Job) -> String {
    machine::pin(job.cpu);
    let spin =
        |name: &str, budget| RingSender::open_with(name, Writer::options().spin_budget(budget));
    let default = Duration::from_micros(200);
    let temporary = |name: &str| std::env::temp_dir().join(name);
    let shared = |name: &str| Path::new("/dev/shm").join(name);
    match job.transport.as_str() {
        "zerobuffer" => job.run(
            |name| spin(name, default),
            |name| RingReceiver::create(name, job.ring, |config| config),
        ),
        "zerobuffer asleep" => job.run(
            |name| spin(name, Duration::ZERO),
            |name| {
                RingReceiver::create(name, job.ring, |config| config.spin_budget(Duration::ZERO))
            },
        ),
        "bare ring" => job.run(
            |name| BareSender::open(&shared(name), job.len, job.ring),
            |name| BareReceiver::create(&shared(name), job.len, job.ring),
        ),
        "pipe" => job.run(
            |name| StreamSender::open(&temporary(name)),
            |name| StreamReceiver::open(&temporary(name), job.len),
        ),
        "socket" => job.run(
            |name| StreamSender::connect(&temporary(name)),
            |name| StreamReceiver::bind(&temporary(name), job.len),
        ),
        "memcpy" => copy_in_one_process(job).to_string(),
        other => panic!("no carrier {other}"),
    }
}

/// Nanoseconds of one copy and one read of every line, in one process.
fn copy_in_one_process(job: &Job) -> f64 {
    let mut ring = vec![0_u8; 4 * job.len];
    let source = vec![1_u8; job.len];
    let began = Instant::now();
    let mut copies = 0;
    while copies < 8 || began.elapsed() < job.time {
        let at = copies % 4 * job.len;
        ring[at..at + job.len].copy_from_slice(black_box(&source));
        black_box(driver::sum_of_lines(&ring[at..at + job.len]));
        copies += 1;
    }
    began.elapsed().as_nanos() as f64 / copies as f64
}

/// Removes what carriers leave.
fn remove_files(name: &str) {
    for file in files_of(name) {
        let _ = std::fs::remove_file(file);
    }
}
