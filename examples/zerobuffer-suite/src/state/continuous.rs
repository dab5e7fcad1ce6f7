//! A writer that writes continuously on its own thread, until it is stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zerobuffer::Error;

use super::OpenWriter;
use super::pattern;
use super::waiting::wait_until;

/// Interval between two checks of a waiting writer for the stop request.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Timeout for a writer to fill the ring.
const BLOCKED_WITHIN: Duration = Duration::from_secs(10);

/// A writer that writes continuously.
#[derive(Debug)]
pub struct ContinuousWriter {
    progress: Arc<Progress>,
    thread: Option<JoinHandle<Result<OpenWriter, String>>>,
}

#[derive(Debug, Default)]
struct Progress {
    stop: AtomicBool,
    /// Number of writes that had to wait.
    blocked: AtomicU64,
}

impl ContinuousWriter {
    /// Starts writing frames of `size` bytes with `writer`.
    pub(super) fn start(mut writer: OpenWriter, size: usize) -> Result<Self, String> {
        let progress = Arc::new(Progress::default());
        let shared = Arc::clone(&progress);
        let work = move || match write_until_stopped(&mut writer, size, &shared) {
            Ok(()) => Ok(writer),
            Err(error) => Err(format!("buffer '{}': {error}", writer.base)),
        };
        let thread = thread::Builder::new()
            .name("continuous writer".to_owned())
            .spawn(work)
            .map_err(|e| format!("the continuous writer could not start: {e}"))?;
        Ok(Self { progress, thread: Some(thread) })
    }

    /// Waits until the writer has filled the ring.
    ///
    /// # Errors
    /// Returns an error if that does not happen in time.
    pub fn wait_until_blocked(&self) -> Result<(), String> {
        wait_until("the writer has filled the ring", BLOCKED_WITHIN, || {
            // Relaxed: only the number itself is shared.
            Ok(self.progress.blocked.load(Ordering::Relaxed) > 0)
        })
    }

    /// Stops the writer and returns it.
    pub(super) fn stop(mut self) -> Result<OpenWriter, String> {
        self.stop_writing();
        let thread = self.thread.take().ok_or("the continuous writer was stopped before")?;
        thread.join().map_err(|_| "the continuous writer panicked".to_owned())?
    }

    fn stop_writing(&self) {
        // Relaxed: the thread is joined afterwards.
        self.progress.stop.store(true, Ordering::Relaxed);
    }
}

impl Drop for ContinuousWriter {
    fn drop(&mut self) {
        self.stop_writing();
        if let Some(thread) = self.thread.take() {
            // The scenario is over: errors were reported or are irrelevant.
            let _ = thread.join();
        }
    }
}

fn write_until_stopped(
    writer: &mut OpenWriter,
    size: usize,
    progress: &Progress,
) -> zerobuffer::Result<()> {
    let mut data = vec![0; size];
    loop {
        pattern::fill_frame(&mut data, writer.next_sequence());
        let mut patience = Duration::ZERO;
        loop {
            // Relaxed: see `stop_writing`.
            if progress.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            match writer.write_within(patience, &data) {
                Ok(_) => break,
                Err(Error::BufferFull { .. }) => {
                    progress.blocked.fetch_add(1, Ordering::Relaxed);
                    patience = POLL_INTERVAL;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
