//! A flag that ends a run early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A shared flag, set by Ctrl-C or by the first failure; after that no scenario starts.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Requests the end of the run.
    pub fn set(&self) {
        // Relaxed: the flag carries no data; a step later is early enough to see it.
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns true if the end of the run was requested.
    pub fn is_set(&self) -> bool {
        // Relaxed: pairs with the store in `set`, see its reason.
        self.0.load(Ordering::Relaxed)
    }
}
