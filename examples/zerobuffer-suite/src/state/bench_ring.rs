//! A reader and a writer of one ring in one process, for measurements.

use std::thread;
use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, BufferReader, BufferWriter, Error};

use super::{BufferNames, Readers, Samples, Writers};

/// Timeout for one frame.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Number of bytes for the frame number at the start of a frame.
const NUMBER: usize = 8;

/// A ring with reader and writer in this process.
#[derive(Debug, Default)]
pub struct BenchRing {
    writers: Writers,
    readers: Readers,
}

impl BenchRing {
    /// Creates the ring `base` of `payload` bytes and connects to it, with the factories of
    /// `readers` and `writers`.
    ///
    /// # Errors
    /// Returns the ring's error.
    pub fn create(
        base: &str,
        payload: usize,
        names: &mut BufferNames,
        (readers, writers): (&Readers, &Writers),
    ) -> Result<Self, String> {
        let mut ring = Self { readers: readers.another(), writers: writers.another() };
        let config = BufferConfig::new(0, payload).map_err(|e| e.to_string())?;
        ring.readers.create("", base, names, config).map_err(|e| e.to_string())?;
        ring.writers.connect("", base, names).map_err(|e| e.to_string())?;
        Ok(ring)
    }

    /// Returns reader and writer.
    ///
    /// # Errors
    /// Returns an error if one is missing.
    pub fn ends(&mut self) -> Result<(&mut dyn BufferReader, &mut dyn BufferWriter), String> {
        Ok((self.readers.current()?.end_mut(), self.writers.current()?.end()))
    }
}

/// Sends `count` frames of `size` bytes from one thread to another, each one `pause` after the
/// previous one and after its arrival. Returns the time from the start of each write to the
/// arrival.
///
/// # Errors
/// Returns an error if a frame does not arrive unchanged.
pub fn latencies(
    (reader, writer): (&mut dyn BufferReader, &mut dyn BufferWriter),
    count: u64,
    size: usize,
    pause: Duration,
) -> Result<Samples, String> {
    let size = size.max(NUMBER);
    let (arrived, arrivals) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        let reading = scope.spawn(move || -> Result<(), String> {
            for number in 0..count {
                let frame = reader.receive(TIMEOUT).map_err(|e| e.to_string())?;
                let now = Instant::now();
                frame.ok_or("a frame did not arrive")?;
                check(reader.held().unwrap_or_default(), size, number)?;
                reader.release();
                // The writer stops first only after an error.
                let _ = arrived.send(now);
            }
            Ok(())
        });
        let mut writing = || -> Result<Samples, String> {
            let mut samples = Samples::default();
            let mut data = vec![0x5a; size];
            for number in 0..count {
                stamp(&mut data, number);
                let begun = Instant::now();
                writer.write(&data).map_err(|e| e.to_string())?;
                let arrival = arrivals.recv().map_err(|_| "the reader has stopped")?;
                samples.add(arrival.saturating_duration_since(begun));
                thread::sleep(pause.saturating_sub(begun.elapsed()));
            }
            Ok(samples)
        };
        let written = writing();
        reading.join().map_err(|_| "the reader panicked".to_owned())??;
        written
    })
}

/// Sends as many frames of `size` bytes as possible from one thread to another for `duration`;
/// returns the number of frames that arrived.
///
/// # Errors
/// Returns an error if a frame does not arrive unchanged.
pub fn throughput(
    (reader, writer): (&mut dyn BufferReader, &mut dyn BufferWriter),
    duration: Duration,
    size: usize,
) -> Result<u64, String> {
    let size = size.max(NUMBER);
    let until = Instant::now() + duration;
    writer.set_write_timeout(TIMEOUT);
    let (done, sent) = std::sync::mpsc::channel::<u64>();
    thread::scope(|scope| {
        let reading = scope.spawn(move || -> Result<u64, String> {
            let mut total = None;
            let mut number = 0;
            while total != Some(number) {
                match reader.receive(Duration::from_millis(20)).map_err(|e| e.to_string())? {
                    Some(_) => {
                        check(reader.held().unwrap_or_default(), size, number)?;
                        reader.release();
                        number += 1;
                    }
                    None => match sent.try_recv() {
                        Ok(count) => total = Some(count),
                        Err(std::sync::mpsc::TryRecvError::Empty) => {}
                        Err(_) if total.is_none() => return Err("the writer has stopped".into()),
                        Err(_) => return Err("the frames did not arrive".into()),
                    },
                }
            }
            Ok(number)
        });
        let mut writing = move || -> Result<(), Error> {
            let mut data = vec![0x5a; size];
            let mut number = 0;
            while Instant::now() < until {
                stamp(&mut data, number);
                writer.write(&data)?;
                number += 1;
            }
            // The reader stops first only after an error.
            let _ = done.send(number);
            Ok(())
        };
        writing().map_err(|e| e.to_string())?;
        reading.join().map_err(|_| "the reader panicked".to_owned())?
    })
}

/// Writes and reads `count` frames of `size` bytes on this thread; returns the time of each.
///
/// # Errors
/// Returns an error if a frame is not read unchanged.
pub fn turnarounds(
    (reader, writer): (&mut dyn BufferReader, &mut dyn BufferWriter),
    count: u64,
    size: usize,
) -> Result<Samples, String> {
    let size = size.max(NUMBER);
    let mut samples = Samples::default();
    let mut data = vec![0x5a; size];
    for number in 0..count {
        stamp(&mut data, number);
        let begun = Instant::now();
        writer.write(&data).map_err(|e| e.to_string())?;
        let frame = reader.receive(TIMEOUT).map_err(|e| e.to_string())?;
        let elapsed = begun.elapsed();
        frame.ok_or("a frame did not arrive")?;
        check(reader.held().unwrap_or_default(), size, number)?;
        reader.release();
        samples.add(elapsed);
    }
    Ok(samples)
}

fn stamp(data: &mut [u8], number: u64) {
    data[..NUMBER].copy_from_slice(&number.to_le_bytes());
}

/// Checks the length of a frame, its number, and the fill bytes at its end.
fn check(data: &[u8], size: usize, number: u64) -> Result<(), String> {
    let stamped = data.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    let end = &data[data.len().saturating_sub(64).max(NUMBER.min(data.len()))..];
    if data.len() == size && stamped == Some(number) && end.iter().all(|&byte| byte == 0x5a) {
        return Ok(());
    }
    Err(format!("frame {number} of {size} bytes arrived as {stamped:?} of {} bytes", data.len()))
}
