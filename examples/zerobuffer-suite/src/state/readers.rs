//! The readers of this process and their history.

use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zerobuffer::{BufferConfig, BufferReader, Error};

use super::waiting::wait_until;
use super::{BufferFiles, BufferNames, DeadReader, Rings, Semaphore, SharedMemory};

/// The readers of this process. Steps without a buffer name use the most recent one.
#[derive(Debug)]
pub struct Readers {
    rings: Arc<dyn Rings>,
    open: Vec<OpenReader>,
    waiting: Option<WaitingReader>,
    dead: Vec<DeadReader>,
}

/// A reader with its history.
#[derive(Debug)]
pub struct OpenReader {
    base: String,
    files: BufferFiles,
    process: String,
    end: Box<dyn BufferReader>,
    received: Vec<ReceivedFrame>,
    errors: Vec<Error>,
}

/// Record of a frame after its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedFrame {
    /// Sequence number in its header.
    pub sequence: u64,
    /// Length in bytes.
    pub len: usize,
}

/// Result of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// A frame, now held.
    Frame(ReceivedFrame),
    /// The end of the stream.
    End,
}

/// A reader that waits for a frame on its own thread.
#[derive(Debug)]
struct WaitingReader {
    process: String,
    thread: JoinHandle<OpenReader>,
    result: mpsc::Receiver<Result<Option<ReceivedFrame>, Error>>,
}

impl Default for Readers {
    fn default() -> Self {
        Self::with_rings(Arc::new(SharedMemory))
    }
}

impl Readers {
    /// Returns an empty set whose readers are created by `rings`.
    pub fn with_rings(rings: Arc<dyn Rings>) -> Self {
        Self { rings, open: Vec::new(), waiting: None, dead: Vec::new() }
    }

    /// Returns an empty set with the same factory.
    pub fn another(&self) -> Self {
        Self::with_rings(Arc::clone(&self.rings))
    }

    /// Creates the ring `name`, by its name in shared memory, without recording it.
    ///
    /// # Errors
    /// Returns the ring's error.
    pub fn create_aside(
        &self,
        name: &str,
        config: BufferConfig,
    ) -> zerobuffer::Result<Box<dyn BufferReader>> {
        self.rings.create(name, config)
    }

    /// Creates the ring that the scenario calls `base`, for `process`.
    ///
    /// # Errors
    /// Returns the ring's error.
    pub fn create(
        &mut self,
        process: &str,
        base: &str,
        names: &mut BufferNames,
        config: BufferConfig,
    ) -> zerobuffer::Result<()> {
        let name = names.unique(base);
        self.open.push(OpenReader {
            base: base.to_owned(),
            files: BufferFiles::of(name),
            process: process.to_owned(),
            end: self.rings.create(name, config)?,
            received: Vec::new(),
            errors: Vec::new(),
        });
        Ok(())
    }

    /// Returns the most recent reader; waits for it if it waits for a frame.
    ///
    /// # Errors
    /// Returns an error if this process has none.
    pub fn current(&mut self) -> Result<&mut OpenReader, String> {
        self.stop_waiting()?;
        self.open
            .last_mut()
            .ok_or_else(|| "this process has created no buffer in this scenario".to_owned())
    }

    /// Returns whether this process has a reader.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.waiting.is_none()
    }

    /// Lets the current reader wait for a frame on its own thread, and returns when it sleeps.
    ///
    /// # Errors
    /// Returns an error if this process has no reader, or it does not sleep in time.
    pub fn wait_in_background(&mut self, timeout: Duration) -> Result<(), String> {
        self.current()?;
        let Some(mut reader) = self.open.pop() else { return Ok(()) };
        let (files, process) = (reader.files.clone(), reader.process.clone());
        let (sender, result) = mpsc::channel();
        let work = move || {
            // The receiver is gone if the scenario has ended.
            let _ = sender.send(reader.attempt(timeout));
            reader
        };
        let thread = thread::Builder::new()
            .name("waiting reader".to_owned())
            .spawn(work)
            .map_err(|e| format!("the waiting reader could not start: {e}"))?;
        self.waiting = Some(WaitingReader { process, thread, result });
        wait_until("the reader sleeps on its semaphore", timeout, || {
            Ok(files.sleepers(Semaphore::FramesReady)? > 0)
        })
    }

    /// Returns the result of the wait in the background.
    ///
    /// # Errors
    /// Returns an error if no reader waits.
    pub fn finish_waiting(&mut self) -> Result<Result<Option<ReceivedFrame>, Error>, String> {
        let waiting = self.waiting.take().ok_or("no reader waits in the background")?;
        let gone = "the waiting reader panicked";
        let result = waiting.result.recv().map_err(|_| gone)?;
        self.open.push(waiting.thread.join().map_err(|_| gone)?);
        Ok(result)
    }

    /// Simulates the death of every reader of `process`; returns their number.
    ///
    /// # Errors
    /// Returns an error if the files of a buffer cannot be changed.
    pub fn kill(&mut self, process: &str) -> Result<usize, String> {
        if self.waiting.as_ref().is_some_and(|waiting| waiting.process == process) {
            self.stop_waiting()?;
        }
        let mut killed = 0;
        while let Some(index) = self.open.iter().position(|open| open.process == process) {
            let OpenReader { end, files, .. } = self.open.remove(index);
            self.dead.push(DeadReader::new(end, &files)?);
            killed += 1;
        }
        Ok(killed)
    }

    /// Closes the most recent reader.
    ///
    /// # Errors
    /// Returns an error if this process has none.
    pub fn close_current(&mut self) -> Result<(), String> {
        self.current()?;
        self.open.pop();
        Ok(())
    }

    /// Closes every reader.
    ///
    /// # Errors
    /// Returns an error if a waiting reader panicked.
    pub fn close_all(&mut self) -> Result<(), String> {
        self.stop_waiting()?;
        self.open.clear();
        Ok(())
    }

    fn stop_waiting(&mut self) -> Result<(), String> {
        if self.waiting.is_some() {
            self.finish_waiting().map(drop)?;
        }
        Ok(())
    }
}

impl OpenReader {
    /// Reads the next frame and holds it, after releasing the previous one.
    ///
    /// # Errors
    /// Returns an error if no frame arrives within `timeout`, or the ring's error.
    pub fn receive(&mut self, timeout: Duration) -> Result<ReceivedFrame, String> {
        match self.receive_or_end(timeout)? {
            Received::Frame(frame) => Ok(frame),
            Received::End => Err(format!("buffer '{}': the writer is gone", self.base)),
        }
    }

    /// Reads the next frame and holds it, or reaches the end of the stream: the writer has closed
    /// the ring or has died.
    ///
    /// # Errors
    /// Returns an error if neither happens within `timeout`, or the ring's error, which is also
    /// recorded.
    pub fn receive_or_end(&mut self, timeout: Duration) -> Result<Received, String> {
        match self.attempt(timeout) {
            Ok(Some(frame)) => Ok(Received::Frame(frame)),
            Ok(None) => Err(format!("buffer '{}': no frame arrived within {timeout:?}", self.base)),
            Err(Error::WriterClosed { .. } | Error::WriterDead { .. }) => Ok(Received::End),
            Err(error) => {
                let text = error.to_string();
                self.errors.push(error);
                Err(text)
            }
        }
    }

    /// Reads the next frame, if it arrives within `timeout`, and holds it.
    ///
    /// # Errors
    /// Returns the ring's error.
    pub fn attempt(&mut self, timeout: Duration) -> zerobuffer::Result<Option<ReceivedFrame>> {
        let Some(frame) = self.end.receive(timeout)? else { return Ok(None) };
        let frame = ReceivedFrame { sequence: frame.sequence, len: frame.len };
        self.received.push(frame);
        Ok(Some(frame))
    }

    /// Returns the held frame; its bytes are in shared memory.
    ///
    /// # Errors
    /// Returns an error if none is held.
    pub fn held(&self) -> Result<(ReceivedFrame, &[u8]), String> {
        match (self.end.held(), self.received.last()) {
            (Some(bytes), Some(frame)) => Ok((*frame, bytes)),
            _ => Err(format!("buffer '{}': no frame is held", self.base)),
        }
    }

    /// Releases the space of the held frame.
    ///
    /// # Errors
    /// Returns an error if none is held.
    pub fn release(&mut self) -> Result<(), String> {
        if self.end.release() {
            Ok(())
        } else {
            Err(format!("buffer '{}': no frame is held to be released", self.base))
        }
    }

    /// Returns the reader itself.
    pub fn end(&self) -> &dyn BufferReader {
        &*self.end
    }

    /// Returns the reader itself, for reads without a record.
    pub fn end_mut(&mut self) -> &mut dyn BufferReader {
        &mut *self.end
    }

    /// Returns the files of its buffer.
    pub fn files(&self) -> &BufferFiles {
        &self.files
    }

    /// Returns the process it belongs to in the scenario.
    pub fn process(&self) -> &str {
        &self.process
    }

    /// Returns every frame read so far, in order.
    pub fn received(&self) -> &[ReceivedFrame] {
        &self.received
    }

    /// Removes all but the last frame from the record, to save memory in long runs.
    pub fn forget_received(&mut self) {
        let older = self.received.len().saturating_sub(1);
        self.received.drain(..older);
    }

    /// Returns every error of a read; the end of the stream is not an error.
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // Its thread owns a reader, whose files must be removed before the scenario ends.
        let _ = self.stop_waiting();
    }
}
