//! The readers of this process and what they have read.

use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zerobuffer::{BufferConfig, BufferReader, Error};

use super::patience::wait_until;
use super::{BufferFiles, BufferNames, DeadReader, Rings, Semaphore, SharedMemory};

/// The readers of this process. Steps that name no buffer mean the one made last.
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

/// What is remembered of a frame once its bytes went back to the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedFrame {
    /// The sequence number in its header.
    pub sequence: u64,
    /// Its length in bytes.
    pub len: usize,
}

/// What a read came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// A frame, held now.
    Frame(ReceivedFrame),
    /// The end of the stream.
    End,
}

/// A reader that waits for a frame on a thread of its own.
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
    /// No readers yet; those to come are made by `rings`.
    pub fn with_rings(rings: Arc<dyn Rings>) -> Self {
        Self { rings, open: Vec::new(), waiting: None, dead: Vec::new() }
    }

    /// No readers yet; those to come are made as these are.
    pub fn another(&self) -> Self {
        Self::with_rings(Arc::clone(&self.rings))
    }

    /// Creates the ring `name`, by its name in shared memory, for the caller alone.
    ///
    /// # Errors
    /// Whatever the ring says.
    pub fn create_aside(
        &self,
        name: &str,
        config: BufferConfig,
    ) -> zerobuffer::Result<Box<dyn BufferReader>> {
        self.rings.create(name, config)
    }

    /// Creates the ring that the scenario calls `base`, in the name of `process`.
    ///
    /// # Errors
    /// Whatever the ring says.
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

    /// The reader made last; one that waits for a frame is waited for.
    ///
    /// # Errors
    /// When this process has none.
    pub fn current(&mut self) -> Result<&mut OpenReader, String> {
        self.stop_waiting()?;
        self.open
            .last_mut()
            .ok_or_else(|| "this process has created no buffer in this scenario".to_owned())
    }

    /// Whether this process has a reader.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.waiting.is_none()
    }

    /// Lets the current reader wait for a frame on a thread of its own, and comes back when it sleeps.
    ///
    /// # Errors
    /// When this process has no reader, or it does not come to sleep.
    pub fn wait_in_background(&mut self, timeout: Duration) -> Result<(), String> {
        self.current()?;
        let Some(mut reader) = self.open.pop() else { return Ok(()) };
        let (files, process) = (reader.files.clone(), reader.process.clone());
        let (sender, result) = mpsc::channel();
        let work = move || {
            // Nobody listens any more when the scenario is over.
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

    /// What came of the wait in the background.
    ///
    /// # Errors
    /// When nothing waits.
    pub fn finish_waiting(&mut self) -> Result<Result<Option<ReceivedFrame>, Error>, String> {
        let waiting = self.waiting.take().ok_or("no reader waits in the background")?;
        let gone = "the waiting reader panicked";
        let result = waiting.result.recv().map_err(|_| gone)?;
        self.open.push(waiting.thread.join().map_err(|_| gone)?);
        Ok(result)
    }

    /// Lets every reader of `process` die without a trace of leave-taking; how many there were.
    ///
    /// # Errors
    /// When the files of a buffer cannot be changed.
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

    /// Closes the reader made last.
    ///
    /// # Errors
    /// When this process has none.
    pub fn close_current(&mut self) -> Result<(), String> {
        self.current()?;
        self.open.pop();
        Ok(())
    }

    /// Closes every reader.
    ///
    /// # Errors
    /// When a waiting reader panicked.
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
    /// Reads the next frame and holds it; a frame still held is released first.
    ///
    /// # Errors
    /// When no frame comes within `timeout`, or whatever the ring says.
    pub fn receive(&mut self, timeout: Duration) -> Result<ReceivedFrame, String> {
        match self.receive_or_end(timeout)? {
            Received::Frame(frame) => Ok(frame),
            Received::End => Err(format!("buffer '{}': the writer is gone", self.base)),
        }
    }

    /// Reads the next frame and holds it, or meets the end of the stream: the writer has closed its
    /// end or has died.
    ///
    /// # Errors
    /// When neither comes within `timeout`, or whatever else the ring says; it is remembered too.
    pub fn receive_or_end(&mut self, timeout: Duration) -> Result<Received, String> {
        match self.attempt(timeout) {
            Ok(Some(frame)) => Ok(Received::Frame(frame)),
            Ok(None) => Err(format!("buffer '{}': no frame came within {timeout:?}", self.base)),
            Err(Error::WriterClosed { .. } | Error::WriterDead { .. }) => Ok(Received::End),
            Err(error) => {
                let text = error.to_string();
                self.errors.push(error);
                Err(text)
            }
        }
    }

    /// Reads the next frame if there is one within `timeout`, and holds it.
    ///
    /// # Errors
    /// Whatever the ring says.
    pub fn attempt(&mut self, timeout: Duration) -> zerobuffer::Result<Option<ReceivedFrame>> {
        let Some(frame) = self.end.receive(timeout)? else { return Ok(None) };
        let frame = ReceivedFrame { sequence: frame.sequence, len: frame.len };
        self.received.push(frame);
        Ok(Some(frame))
    }

    /// The frame that is held, with its bytes where the writer put them.
    ///
    /// # Errors
    /// When none is held.
    pub fn held(&self) -> Result<(ReceivedFrame, &[u8]), String> {
        match (self.end.held(), self.received.last()) {
            (Some(bytes), Some(frame)) => Ok((*frame, bytes)),
            _ => Err(format!("buffer '{}': no frame is held", self.base)),
        }
    }

    /// Gives the held frame's space back to the writer.
    ///
    /// # Errors
    /// When none is held.
    pub fn release(&mut self) -> Result<(), String> {
        if self.end.release() {
            Ok(())
        } else {
            Err(format!("buffer '{}': no frame is held to be released", self.base))
        }
    }

    /// The reading end itself.
    pub fn end(&self) -> &dyn BufferReader {
        &*self.end
    }

    /// The reading end itself, for those who read without a record.
    pub fn end_mut(&mut self) -> &mut dyn BufferReader {
        &mut *self.end
    }

    /// The files of its buffer.
    pub fn files(&self) -> &BufferFiles {
        &self.files
    }

    /// The process that the scenario says it belongs to.
    pub fn process(&self) -> &str {
        &self.process
    }

    /// Every frame read so far, in order.
    pub fn received(&self) -> &[ReceivedFrame] {
        &self.received
    }

    /// Forgets what was read before the last frame, so that long runs need no memory for it.
    pub fn forget_received(&mut self) {
        let older = self.received.len().saturating_sub(1);
        self.received.drain(..older);
    }

    /// Every error a read has met; the end of the stream is none.
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // Its thread owns a reader, whose files must be gone when the scenario is over.
        let _ = self.stop_waiting();
    }
}
