//! The wish to end a run early, shared by whoever may have it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once, by Ctrl-C or by the first failure; scenarios that have not begun then do not begin.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Asks the run to end.
    pub fn set(&self) {
        // Relaxed: the flag carries no data, seeing it one step late is fine.
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the run was asked to end.
    pub fn is_set(&self) -> bool {
        // Relaxed: pairs with the store in `set`, see there.
        self.0.load(Ordering::Relaxed)
    }
}
