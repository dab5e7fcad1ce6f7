//! How long the calling thread has been on a CPU.

use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};

/// A stretch of the calling thread's life: how long it was, and how much of it on a CPU.
#[derive(Debug, Clone, Copy)]
pub struct CpuUsage {
    /// Time on the clock.
    pub elapsed: Duration,
    /// Time on a CPU.
    pub busy: Duration,
}

impl CpuUsage {
    /// Measures what `work` takes.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn of<T>(work: impl FnOnce() -> T) -> Result<(T, Self), String> {
        let (started, before) = (Instant::now(), thread_time()?);
        let value = work();
        let busy = thread_time()?.saturating_sub(before);
        Ok((value, Self { elapsed: started.elapsed(), busy }))
    }

    /// The share of time on a CPU, 1 for all of it.
    pub fn share(&self) -> f64 {
        self.busy.as_secs_f64() / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

fn thread_time() -> Result<Duration, String> {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
        .map(Duration::from)
        .map_err(|e| format!("the thread's CPU clock: {e}"))
}
