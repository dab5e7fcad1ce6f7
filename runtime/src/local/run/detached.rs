//! Execution of work that may hang, on a separate thread.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::engine::{Deadline, HungHook, Watchdog};
use crate::schedule::TICK_INTERVAL;

/// Runs `work`, whose hooks have their own deadlines and everything else `limit`. After that the
/// thread is abandoned, and the result names the hook that hangs. Until then `on_tick` is called every
/// [`TICK_INTERVAL`].
///
/// # Errors
/// Returns an error if the system refuses the thread.
pub(super) fn run_detached<T: Send + 'static>(
    watchdog: &Watchdog,
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
    mut on_tick: impl FnMut(),
) -> io::Result<Result<T, Box<HungHook>>> {
    let (sender, result) = channel();
    let watchdog = watchdog.clone();
    let run = move || {
        let on_hang = sender.clone();
        let watch = watchdog.guard_hooks(Deadline::after(limit), move |hung| {
            // The receiver waits until one of the two senders has sent something.
            let _ = on_hang.send(Err(Box::new(hung)));
        });
        let done = work();
        if watch.disarm().is_ok() {
            let _ = sender.send(Ok(done));
        }
    };
    thread::Builder::new().name("hooks".to_owned()).spawn(run)?;
    loop {
        match result.recv_timeout(TICK_INTERVAL) {
            Err(RecvTimeoutError::Timeout) => on_tick(),
            ended => return ended.map_err(io::Error::other),
        }
    }
}
