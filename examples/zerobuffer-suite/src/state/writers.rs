//! The writers of this process, including those in the background.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zerobuffer::{BufferWriter, Error};

use super::continuous::ContinuousWriter;
use super::waiting::wait_until;
use super::{BufferFiles, BufferNames, DeadWriter, OpenWriter, Rings, SharedMemory, pattern};
use crate::settings::SuiteSettings;

/// Time that a finished background writer stays attached for a slow reader, and timeout of one
/// write in the background.
const LINGER: Duration = Duration::from_secs(25);

/// Time that a write waits for space before it continues in the background.
const TIMEOUT: Duration = Duration::from_millis(100);

/// Step from one frame size to the next: a prime, so that successive sizes differ widely.
const SIZE_STEP: usize = 1009;

/// The writers of this process. Steps without a buffer name use the most recently connected one.
#[derive(Debug)]
pub struct Writers {
    rings: Arc<dyn Rings>,
    open: Vec<OpenWriter>,
    waiting: Option<JoinHandle<(OpenWriter, zerobuffer::Result<u64>)>>,
    continuous: Option<ContinuousWriter>,
    background: Vec<JoinHandle<Result<(), String>>>,
    dead: Vec<DeadWriter>,
}

impl Default for Writers {
    fn default() -> Self {
        Self::with_rings(Arc::new(SharedMemory))
    }
}

impl Writers {
    /// Returns an empty set whose writers are created by `rings`.
    pub fn with_rings(rings: Arc<dyn Rings>) -> Self {
        Self {
            rings,
            open: Vec::new(),
            waiting: None,
            continuous: None,
            background: Vec::new(),
            dead: Vec::new(),
        }
    }

    /// Returns an empty set with the same factory.
    pub fn another(&self) -> Self {
        Self::with_rings(self.rings())
    }

    /// The factory of the writers.
    pub fn rings(&self) -> Arc<dyn Rings> {
        Arc::clone(&self.rings)
    }

    /// Attaches to the ring that the scenario calls `base`, for `process`.
    ///
    /// # Errors
    /// Returns the ring's error.
    pub fn connect(
        &mut self,
        process: &str,
        base: &str,
        names: &mut BufferNames,
    ) -> zerobuffer::Result<()> {
        let name = names.unique(base);
        let end = self.rings.open(name, SuiteSettings::current().buffer_timeout())?;
        let (base, process) = (base.to_owned(), process.to_owned());
        self.open.push(OpenWriter { base, files: BufferFiles::of(name), process, end });
        Ok(())
    }

    /// Attaches to the ring that the scenario calls `base` after an earlier writer; the next frame
    /// has the number `sequence`.
    ///
    /// # Errors
    /// Returns the ring's error.
    pub fn follow(
        &mut self,
        process: &str,
        base: &str,
        names: &mut BufferNames,
        sequence: u64,
    ) -> zerobuffer::Result<()> {
        let name = names.unique(base);
        let end = self.rings.follow(name, sequence)?;
        let (base, process) = (base.to_owned(), process.to_owned());
        self.open.push(OpenWriter { base, files: BufferFiles::of(name), process, end });
        Ok(())
    }

    /// Attaches another writer, and closes it immediately if that succeeds.
    ///
    /// # Errors
    /// Returns the ring's error.
    pub fn attempt(&self, base: &str, names: &mut BufferNames) -> zerobuffer::Result<()> {
        self.rings.open(names.unique(base), Duration::ZERO).map(drop)
    }

    /// Returns the most recently connected writer. Waits for a write that waits for space; stops a
    /// writer that writes continuously.
    ///
    /// # Errors
    /// Returns an error if this process has none, or the awaited write failed.
    pub fn current(&mut self) -> Result<&mut OpenWriter, String> {
        if self.waiting.is_some() {
            self.finish_waiting()?.map_err(|e| format!("the write that had to wait: {e}"))?;
        }
        self.stop_continuous()?;
        self.open.last_mut().ok_or_else(none_connected)
    }

    /// Returns the most recently connected writer, which steps do not know any more.
    ///
    /// # Errors
    /// Returns an error if this process has none.
    pub fn take_current(&mut self) -> Result<OpenWriter, String> {
        self.current()?;
        self.open.pop().ok_or_else(none_connected)
    }

    /// Returns whether this process has a writer that can write now.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.waiting.is_none() && self.continuous.is_none()
    }

    /// Writes a frame, in the background if there is no space yet.
    ///
    /// # Errors
    /// Returns the ring's error, except that there is no space yet.
    pub fn write_or_wait(&mut self, data: Vec<u8>) -> Result<(), String> {
        let writer = self.current()?;
        match writer.write_within(TIMEOUT, &data) {
            Ok(_) => return Ok(()),
            Err(Error::BufferFull { .. }) => {}
            Err(error) => return Err(writer.explain(&error)),
        }
        let mut writer = self.open.pop().ok_or_else(none_connected)?;
        let work = move || {
            let result = writer.write_within(LINGER, &data);
            (writer, result)
        };
        self.waiting = Some(spawn("waiting writer", work)?);
        Ok(())
    }

    /// Returns whether a write waits for space in the background.
    pub fn is_waiting(&self) -> bool {
        self.waiting.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Waits for the write in the background and returns its result.
    ///
    /// # Errors
    /// Returns an error if no write waits.
    pub fn finish_waiting(&mut self) -> Result<zerobuffer::Result<u64>, String> {
        let thread = self.waiting.take().ok_or("no write waits in the background")?;
        let (writer, result) = thread.join().map_err(|_| "the waiting writer panicked")?;
        self.open.push(writer);
        Ok(result)
    }

    /// Moves the current writer to a thread that writes `count` frames as fast as possible, waits
    /// until the reader has read them all, and closes the writer. The frames use the `sizes` in
    /// turn, in bytes and in large steps.
    ///
    /// # Errors
    /// Returns an error if this process has no writer, or no thread can be started.
    pub fn write_in_background(
        &mut self,
        count: u64,
        sizes: RangeInclusive<usize>,
    ) -> Result<(), String> {
        let OpenWriter { base, mut end, .. } = self.take_current()?;
        let work = move || {
            write_all(&mut *end, count, &sizes).map_err(|e| format!("buffer '{base}': {e}"))
        };
        self.background.push(spawn("background writer", work)?);
        Ok(())
    }

    /// Waits for every background writer and returns the first error.
    ///
    /// # Errors
    /// Returns the error of a background writer.
    pub fn finish_background(&mut self) -> Result<(), String> {
        for thread in self.background.drain(..) {
            thread.join().map_err(|_| "a background writer panicked".to_owned())??;
        }
        Ok(())
    }

    /// Lets the current writer write frames of `size` bytes continuously on its own thread.
    ///
    /// # Errors
    /// Returns an error if this process has no writer, or no thread can be started.
    pub fn write_continuously(&mut self, size: usize) -> Result<(), String> {
        let writer = self.take_current()?;
        self.continuous = Some(ContinuousWriter::start(writer, size)?);
        Ok(())
    }

    /// Returns the writer that writes continuously.
    ///
    /// # Errors
    /// Returns an error if there is none.
    pub fn continuous(&self) -> Result<&ContinuousWriter, String> {
        self.continuous
            .as_ref()
            .ok_or_else(|| "no writer of this process writes continuously".to_owned())
    }

    /// Simulates the death of every writer of `process`; returns their number.
    ///
    /// # Errors
    /// Returns an error if the files of a buffer cannot be changed.
    pub fn kill(&mut self, process: &str) -> Result<usize, String> {
        self.stop_continuous()?;
        let mut killed = 0;
        while let Some(index) = self.open.iter().position(|open| open.process == process) {
            let OpenWriter { end, files, .. } = self.open.remove(index);
            self.dead.push(DeadWriter::new(end, &files)?);
            killed += 1;
        }
        Ok(killed)
    }

    /// Closes the most recently connected writer.
    ///
    /// # Errors
    /// Returns an error if this process has none.
    pub fn close_current(&mut self) -> Result<(), String> {
        self.current()?;
        self.open.pop();
        Ok(())
    }

    /// Closes every writer.
    ///
    /// # Errors
    /// Returns the error of a background writer.
    pub fn close_all(&mut self) -> Result<(), String> {
        self.stop_continuous()?;
        self.finish_background()?;
        self.open.clear();
        Ok(())
    }

    fn stop_continuous(&mut self) -> Result<(), String> {
        if let Some(continuous) = self.continuous.take() {
            self.open.push(continuous.stop()?);
        }
        Ok(())
    }
}

fn none_connected() -> String {
    "this process is connected to no buffer in this scenario".to_owned()
}

fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, String> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|e| format!("the {name} could not start: {e}"))
}

fn write_all(
    writer: &mut dyn BufferWriter,
    count: u64,
    sizes: &RangeInclusive<usize>,
) -> Result<(), String> {
    writer.set_write_timeout(LINGER);
    let (smallest, different) = (*sizes.start(), sizes.end() - sizes.start() + 1);
    let mut data = vec![0; *sizes.end()];
    let mut size = smallest;
    for sequence in 1..=count {
        let data = &mut data[..size];
        pattern::fill_frame(data, sequence);
        // The step and the number of sizes are coprime, so every size is used before one repeats.
        size = smallest + (size - smallest + SIZE_STEP) % different;
        writer.write(data).map_err(|e| e.to_string())?;
    }
    // Some readers treat a closed writer as the end of the stream, even with pending frames.
    wait_until("the reader has read everything", LINGER, || {
        let control = writer.state().control;
        let pending = control.payload_read_count < control.payload_written_count;
        Ok(!pending || !writer.is_reader_connected())
    })
}

#[cfg(test)]
mod tests {
    use zerobuffer::{BufferConfig, Reader};

    use super::*;

    #[test]
    fn too_small_ring_is_named_with_its_creator() {
        let mut names = BufferNames::default();
        let config = BufferConfig::new(0, 10_240).unwrap();
        let _reader = Reader::create(names.unique("modest"), config).unwrap();
        let mut writers = Writers::default();
        writers.connect("writer", "modest", &mut names).unwrap();
        let error = writers.write_or_wait(vec![0; 1 << 20]).unwrap_err();
        let creator = format!(
            "; the ring 'modest' of 10240 bytes was created by its reader, process {} (",
            std::process::id()
        );
        assert!(error.contains(&creator), "{error}");
        let writer = writers.current().unwrap();
        assert_eq!(writer.frame_len_for(10), Ok(914));
        assert!(writer.frame_len_for(10_000).unwrap_err().ends_with("does not fit 10000 frames"));
    }
}
