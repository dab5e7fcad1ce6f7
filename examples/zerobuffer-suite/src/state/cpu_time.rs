//! CPU time of the calling thread.

use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};

/// Elapsed and CPU time of a piece of work on the calling thread.
#[derive(Debug, Clone, Copy)]
pub struct CpuUsage {
    /// Elapsed time.
    pub elapsed: Duration,
    /// CPU time.
    pub busy: Duration,
}

impl CpuUsage {
    /// Runs `work` and measures it.
    ///
    /// # Errors
    /// Returns an error if the kernel does not report the CPU time.
    pub fn of<T>(work: impl FnOnce() -> T) -> Result<(T, Self), String> {
        let (started, before) = (Instant::now(), thread_time()?);
        let value = work();
        let busy = thread_time()?.saturating_sub(before);
        Ok((value, Self { elapsed: started.elapsed(), busy }))
    }

    /// Returns the ratio of CPU time to elapsed time, 1 for a busy thread.
    pub fn share(&self) -> f64 {
        self.busy.as_secs_f64() / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

fn thread_time() -> Result<Duration, String> {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
        .map(Duration::from)
        .map_err(|e| format!("the thread's CPU clock: {e}"))
}
