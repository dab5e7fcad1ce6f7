//! The watch that hooks on the calling thread restart: each of them has its own limit.

use std::cell::RefCell;
use std::time::Duration;

use super::timers::{Expired, Timer};

thread_local! {
    static ATTACHED: RefCell<Option<Attached>> = const { RefCell::new(None) };
}

struct Attached {
    timer: Timer,
    limit: Duration,
}

/// Attaches a watch with this limit to the calling thread.
pub(super) fn attach(timer: Timer, limit: Duration) {
    ATTACHED.replace(Some(Attached { timer, limit }));
}

/// Detaches the watch of this timer from the calling thread.
pub(super) fn detach(timer: &Timer) {
    ATTACHED.with_borrow_mut(|attached| {
        attached.take_if(|attached| attached.timer == *timer);
    });
}

/// Restarts the watch of the calling thread with its own limit, and makes `change` in the same
/// moment; without a watch only makes `change`.
///
/// # Errors
/// Returns [`Expired`] if the watch has expired; `change` is not made then.
pub(in crate::engine) fn restart<R>(change: impl FnOnce() -> R) -> Result<R, Expired> {
    restart_attached(None, change)
}

/// The same as [`restart`] with another limit.
///
/// # Errors
/// Returns [`Expired`] if the watch has expired; `change` is not made then.
pub(in crate::engine) fn restart_with<R>(
    limit: Duration,
    change: impl FnOnce() -> R,
) -> Result<R, Expired> {
    restart_attached(Some(limit), change)
}

fn restart_attached<R>(limit: Option<Duration>, change: impl FnOnce() -> R) -> Result<R, Expired> {
    ATTACHED.with_borrow(|attached| match attached {
        Some(attached) => attached.timer.restart(limit.unwrap_or(attached.limit), change),
        None => Ok(change()),
    })
}
