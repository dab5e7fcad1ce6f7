//! The wish of a user or of the system that the command ends.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Longest wait before the stop flag is checked.
pub(crate) const SLICE: Duration = Duration::from_millis(50);

/// Set by the signals that end a program. Everything ends by returning, so that destructors remove
/// what is in shared memory.
#[derive(Debug)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn on_signals() -> io::Result<Self> {
        let requested = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&requested))?;
        }
        Ok(Self(requested))
    }

    pub(crate) fn is_requested(&self) -> bool {
        // Relaxed: polled repeatedly; it publishes no other data.
        self.0.load(Ordering::Relaxed)
    }

    /// Sleeps for `time`, or until the wish comes up.
    pub(crate) fn sleep(&self, time: Duration) {
        let began = Instant::now();
        while !self.is_requested() {
            match time.checked_sub(began.elapsed()) {
                Some(left) if !left.is_zero() => std::thread::sleep(left.min(SLICE)),
                _ => return,
            }
        }
    }
}
