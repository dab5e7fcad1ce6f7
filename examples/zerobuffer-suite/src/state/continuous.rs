//! A writer that writes all the time on a thread of its own, until it is stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zerobuffer::Error;

use super::patience::wait_until;
use super::pattern;
use super::writers::OpenWriter;

/// How often a writer that waits for space looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(20);

/// How long to wait for a writer to meet a full ring.
const BLOCKED_WITHIN: Duration = Duration::from_secs(10);

/// A writer that writes all the time.
#[derive(Debug)]
pub struct ContinuousWriter {
    progress: Arc<Progress>,
    thread: Option<JoinHandle<Result<OpenWriter, String>>>,
}

#[derive(Debug, Default)]
struct Progress {
    stop: AtomicBool,
    /// How often there was no space.
    blocked: AtomicU64,
}

impl ContinuousWriter {
    /// Lets `writer` write frames of `size` bytes from now on.
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

    /// Waits until the writer has met a full ring.
    ///
    /// # Errors
    /// When that does not happen.
    pub fn wait_until_blocked(&self) -> Result<(), String> {
        wait_until("the writer has met a full ring", BLOCKED_WITHIN, || {
            // Relaxed: only the number itself is shared.
            Ok(self.progress.blocked.load(Ordering::Relaxed) > 0)
        })
    }

    /// Stops the writer and gives it back.
    pub(super) fn stop(mut self) -> Result<OpenWriter, String> {
        self.tell();
        let thread = self.thread.take().ok_or("the continuous writer was stopped before")?;
        thread.join().map_err(|_| "the continuous writer panicked".to_owned())?
    }

    fn tell(&self) {
        // Relaxed: the thread is joined afterwards.
        self.progress.stop.store(true, Ordering::Relaxed);
    }
}

impl Drop for ContinuousWriter {
    fn drop(&mut self) {
        self.tell();
        if let Some(thread) = self.thread.take() {
            // What went wrong in a scenario that is over was told or did not matter.
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
            // Relaxed: see `tell`.
            if progress.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            match writer.write_within(patience, &data) {
                Ok(_) => break,
                Err(Error::BufferFull { .. }) => {
                    progress.blocked.fetch_add(1, Ordering::Relaxed);
                    patience = LOOK;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
