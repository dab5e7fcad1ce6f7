//! The stream of a process that may die at any moment, and what the others know of it.

use std::fs;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zerobuffer::Error;

use super::waiting::wait_until;
use super::{OpenWriter, pattern};
use crate::settings::SuiteSettings;

/// The range of the lengths of frames in bytes.
const MAX_FRAME_LEN: u64 = 1900;

/// A prime, so that successive lengths differ widely.
const LEN_STEP: u64 = 1009;

/// The time that the kernel may take to end a process that was killed.
const DEATH_TIMEOUT: Duration = Duration::from_secs(5);

/// Returns the length of the frame, or the request, with this number, in bytes.
pub fn frame_len(sequence: u64) -> usize {
    (1 + sequence % MAX_FRAME_LEN * LEN_STEP % MAX_FRAME_LEN) as usize
}

/// Checks that a process has ended.
///
/// # Errors
/// Returns an error if it runs.
pub fn died(pid: u64) -> Result<(), String> {
    let stat = PathBuf::from(format!("/proc/{pid}/stat"));
    wait_until(&format!("process {pid}, which counts as dead, has ended"), DEATH_TIMEOUT, || {
        // The name, in parentheses, may contain anything.
        let text = fs::read_to_string(&stat).unwrap_or_default();
        let state = text.rsplit_once(')').and_then(|(_, rest)| rest.trim().chars().next());
        Ok(matches!(state, None | Some('Z' | 'X')))
    })
}

/// The end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamEnd {
    /// The writer has closed it.
    Closed,
    /// The writer died.
    Died,
    /// No writer connected.
    NoWriter,
}

/// What this process writes in the background, and what it has read.
#[derive(Debug, Default)]
pub struct FaultyStream {
    writing: Option<JoinHandle<Result<zerobuffer::Result<()>, String>>>,
    /// True once this process has written, or could not since the reader had died.
    has_begun: bool,
    reader_died: bool,
    read: Option<(u64, StreamEnd)>,
}

impl FaultyStream {
    /// Lets a writer write `count` frames on its own thread, wait until they have been read, and close.
    ///
    /// # Errors
    /// Returns an error if the thread cannot be started.
    pub fn start(&mut self, writer: OpenWriter, count: u64) -> Result<(), String> {
        self.join()?.map_err(|error| error.to_string())?;
        self.reader_died = false;
        let thread = thread::Builder::new()
            .name("stream".to_owned())
            .spawn(move || write_all(writer, count))
            .map_err(|e| format!("the writing thread could not start: {e}"))?;
        (self.writing, self.has_begun) = (Some(thread), true);
        Ok(())
    }

    /// Waits for the end of the writing thread, if there is one.
    ///
    /// # Errors
    /// Returns the error of a write, or an error if there was none.
    pub fn finish(&mut self) -> Result<(), String> {
        self.check_begun()?;
        self.join()?.map_err(|error| error.to_string())
    }

    /// Waits as [`finish`](Self::finish) does, and accepts that the reader has died.
    ///
    /// # Errors
    /// Returns any other error of a write, or an error if there was none.
    pub fn finish_or_accept_death(&mut self) -> Result<(), String> {
        self.check_begun()?;
        match self.join()? {
            Err(error) => self.accept_death(error),
            Ok(()) => Ok(()),
        }
    }

    /// Waits for the end of the writing thread, if there is one, whatever its result.
    ///
    /// # Errors
    /// Returns an error if the frames were not read.
    pub fn wait(&mut self) -> Result<(), String> {
        self.join().map(drop)
    }

    /// Accepts that the reader has died.
    ///
    /// # Errors
    /// Returns any other error, and an error if the reader's process runs.
    pub fn accept_death(&mut self, error: Error) -> Result<(), String> {
        match error {
            Error::ReaderDead { pid: Some(pid), .. } => died(pid)?,
            error => return Err(error.to_string()),
        }
        self.set_reader_died();
        Ok(())
    }

    /// Records that the reader has died before this process could connect.
    pub fn set_reader_died(&mut self) {
        (self.reader_died, self.has_begun) = (true, true);
    }

    /// Returns whether the death of the reader has been accepted.
    pub fn reader_died(&self) -> bool {
        self.reader_died
    }

    fn check_begun(&self) -> Result<(), String> {
        self.has_begun.then_some(()).ok_or_else(|| "this process has written no stream".to_owned())
    }

    fn join(&mut self) -> Result<zerobuffer::Result<()>, String> {
        let Some(thread) = self.writing.take() else { return Ok(Ok(())) };
        thread.join().map_err(|_| "the writing thread panicked".to_owned())?
    }

    /// Records that this many frames were read, up to this end.
    pub fn read(&mut self, frames: u64, end: StreamEnd) {
        self.read = Some((frames, end));
    }

    /// Returns the number of frames that were read last, and their end.
    ///
    /// # Errors
    /// Returns an error if nothing was read.
    pub fn last_read(&self) -> Result<(u64, StreamEnd), String> {
        self.read.ok_or_else(|| "this process has read no stream".to_owned())
    }
}

/// Writes all frames; returns the error of a write, or the reason why they were not read.
fn write_all(mut writer: OpenWriter, count: u64) -> Result<zerobuffer::Result<()>, String> {
    let timeout = SuiteSettings::current().buffer_timeout();
    let end = writer.end();
    end.set_write_timeout(timeout);
    let mut data = vec![0; MAX_FRAME_LEN as usize];
    for _ in 0..count {
        let sequence = end.next_sequence();
        let frame = &mut data[..frame_len(sequence)];
        pattern::fill_frame(frame, sequence);
        if let Err(error) = end.write(frame) {
            return Ok(Err(error));
        }
    }
    // Some readers treat a closed writer as the end of the stream, even with pending frames.
    wait_until("the reader has read everything", timeout, || {
        let control = end.state().control;
        let pending = control.payload_read_count < control.payload_written_count;
        Ok(!pending || !end.is_reader_connected())
    })?;
    Ok(Ok(()))
}
