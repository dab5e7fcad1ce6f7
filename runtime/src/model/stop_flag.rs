//! A flag that ends a run early.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// A shared flag, set by Ctrl-C or by the first failure; after that no scenario starts.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<AtomicU8>);

/// No further scenario starts.
const STOP: u8 = 1;
/// The run does not wait for the running scenarios either.
const STOP_AT_ONCE: u8 = 2;

impl StopFlag {
    /// Requests the end of the run.
    pub fn set(&self) {
        // Relaxed: the flag carries no data; a step later is early enough to see it.
        self.0.fetch_max(STOP, Ordering::Relaxed);
    }

    /// Requests the end of the run without waiting for the running scenarios.
    pub fn set_at_once(&self) {
        // Relaxed: see `set`.
        self.0.store(STOP_AT_ONCE, Ordering::Relaxed);
    }

    /// Returns true if the end of the run was requested.
    pub fn is_set(&self) -> bool {
        // Relaxed: pairs with the store in `set`, see its reason.
        self.0.load(Ordering::Relaxed) >= STOP
    }

    /// Returns true if the run must not wait for the running scenarios.
    pub fn is_set_at_once(&self) -> bool {
        // Relaxed: pairs with the store in `set_at_once`.
        self.0.load(Ordering::Relaxed) == STOP_AT_ONCE
    }
}
