//! Work that may hang, done on a thread of its own so that the run does not.

use std::io;
use std::time::{Duration, Instant};

use crate::channel::channel;
use crate::engine::{LateHook, RunningHook};
use crate::thread::spawn;

/// Does `work`, whose hooks have their own limits and everything else `limit`. Past them the thread is
/// left to itself, and the result names the hook that hangs.
///
/// # Errors
/// When the system refuses the thread.
pub(super) fn aside<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Result<T, Box<LateHook>>> {
    let (sender, done) = channel();
    let (hooks, hook) = channel();
    let doing = move || {
        // The other side leaves first only when this thread was given up.
        let _ = hooks.send(RunningHook::on_this_thread());
        let _ = sender.send(work());
    };
    spawn("hooks", doing)?;
    let hook = hook.recv().unwrap_or_default();
    let mut end = Instant::now() + limit;
    loop {
        let wait = match hook.look(limit, &mut end) {
            Ok(at) => at.saturating_duration_since(Instant::now()),
            Err(late) => return Ok(Err(late)),
        };
        if let Ok(done) = done.recv_timeout(wait) {
            return Ok(Ok(done));
        }
    }
}
