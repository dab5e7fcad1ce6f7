//! Two processes, one ring: this program starts itself again as the producer and consumes.
//!
//! `cargo run -p zerobuffer --example two_processes`

#![expect(clippy::print_stdout, reason = "an example talks to people")]

use std::process::Command;
use std::time::Duration;

use zerobuffer::{BufferConfig, Error, Reader, Result, Writer};

fn main() -> Result<()> {
    match std::env::args().nth(1) {
        Some(name) => produce(&name, 5),
        None => start_both(&format!("two-processes-{}", std::process::id())),
    }
}

fn start_both(name: &str) -> Result<()> {
    let this_program = std::env::current_exe().expect("a program knows its file");
    let mut producer = Command::new(this_program).arg(name).spawn().expect("it can be started");
    let lengths = consume(name);
    producer.wait().expect("the producer ends");
    println!("received {:?} bytes", lengths?);
    Ok(())
}

/// Creates the ring, takes every frame, and gives their lengths.
pub(crate) fn consume(name: &str) -> Result<Vec<usize>> {
    let mut reader = Reader::create(name, BufferConfig::new(1024, 64 * 1024)?)?;
    let mut lengths = Vec::new();
    loop {
        match reader.read(Duration::from_secs(1)) {
            Ok(Some(frame)) => lengths.push(frame.len()), // `frame` is the bytes in the ring
            Ok(None) => println!("nothing for a second"),
            Err(Error::WriterClosed { .. }) => return Ok(lengths),
            Err(error) => return Err(error), // such as `WriterDead`, if the producer was killed
        }
    }
}

/// Waits for the ring and writes `frames` frames into it, each longer than the one before.
pub(crate) fn produce(name: &str, frames: usize) -> Result<()> {
    let mut writer = Writer::open_timeout(name, Duration::from_secs(10))?;
    for number in 1..=frames {
        let mut slot = writer.reserve(number * 1000)?; // waits while the ring is full
        slot.fill(number as u8);
        slot.commit()?;
    }
    Ok(()) // dropping the writer ends the stream
}
