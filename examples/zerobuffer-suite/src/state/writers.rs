//! The writers of this process, those that work in the background among them.

use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use zerobuffer::Writer;

use super::{BufferNames, pattern};

/// How long a writer keeps looking for a ring that another process is still making.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a finished background writer stays attached for a reader that has not caught up.
const LINGER: Duration = Duration::from_secs(25);

/// How often such a writer looks whether the reader has caught up.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// The writers of this process. Steps that name no buffer mean the one connected last.
#[derive(Debug, Default)]
pub struct Writers {
    writers: Vec<OpenWriter>,
    background: Vec<JoinHandle<Result<(), String>>>,
}

/// A writer with the name the scenario gives its ring.
#[derive(Debug)]
struct OpenWriter {
    base: String,
    writer: Writer,
}

impl Writers {
    /// Attaches to the ring that the scenario calls `base`.
    ///
    /// # Errors
    /// Whatever the ring says.
    pub fn connect(&mut self, base: &str, names: &mut BufferNames) -> zerobuffer::Result<()> {
        let writer = Writer::open_wait(names.unique(base), CONNECT_TIMEOUT)?;
        self.writers.push(OpenWriter { base: base.to_owned(), writer });
        Ok(())
    }

    /// The writer connected last.
    ///
    /// # Errors
    /// When this process has none.
    pub fn current(&mut self) -> Result<&mut Writer, String> {
        self.writers
            .last_mut()
            .map(|open| &mut open.writer)
            .ok_or_else(|| "this process is connected to no buffer in this scenario".to_owned())
    }

    /// Moves the current writer to a thread that writes `count` frames of `size` bytes as fast as
    /// the ring takes them, waits until the reader has read them all, and closes the writer.
    ///
    /// # Errors
    /// When this process has no writer, or the system refuses a thread.
    pub fn write_in_background(&mut self, count: u64, size: usize) -> Result<(), String> {
        let OpenWriter { base, mut writer } = self
            .writers
            .pop()
            .ok_or_else(|| "this process is connected to no buffer in this scenario".to_owned())?;
        let work = move || {
            write_all(&mut writer, count, size).map_err(|e| format!("buffer '{base}': {e}"))
        };
        let thread = thread::Builder::new()
            .name("background writer".to_owned())
            .spawn(work)
            .map_err(|e| format!("the background writer could not start: {e}"))?;
        self.background.push(thread);
        Ok(())
    }

    /// Waits for every background writer and passes on the first error.
    ///
    /// # Errors
    /// What a background writer met.
    pub fn finish_background(&mut self) -> Result<(), String> {
        for thread in self.background.drain(..) {
            thread.join().map_err(|_| "a background writer panicked".to_owned())??;
        }
        Ok(())
    }
}

fn write_all(writer: &mut Writer, count: u64, size: usize) -> zerobuffer::Result<()> {
    writer.set_write_timeout(LINGER);
    let mut data = vec![0; size];
    for sequence in 1..=count {
        pattern::fill_frame(&mut data, sequence);
        writer.write(&data)?;
    }
    wait_until_read(writer);
    Ok(())
}

/// Keeps the writer attached until the reader has read everything, is gone, or takes too long: some
/// readers take the end of the writer for the end of the stream, whatever is still pending.
fn wait_until_read(writer: &Writer) {
    let give_up = Instant::now() + LINGER;
    let pending = |writer: &Writer| {
        let control = writer.state().control;
        control.payload_read_count < control.payload_written_count
    };
    while pending(writer) && writer.is_reader_connected() && Instant::now() < give_up {
        thread::sleep(LOOK_AGAIN);
    }
}
