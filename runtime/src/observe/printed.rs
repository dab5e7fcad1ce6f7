//! What code prints while it runs, where somebody catches it for the whole process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whoever catches standard output and standard error, of which a process has one each.
static CATCHER: Mutex<Option<Arc<dyn Catcher>>> = Mutex::new(None);

/// Catches what the process prints.
pub(crate) trait Catcher: Send + Sync {
    /// How many bytes were printed so far.
    fn mark(&self) -> u64;

    /// What was printed since `mark`.
    fn since(&self, mark: u64) -> String;
}

/// What is printed from now on, if it is caught.
pub(crate) struct Printing(Option<(Arc<dyn Catcher>, u64)>);

/// Makes this the one who catches.
pub(crate) fn caught_by(catcher: Option<Arc<dyn Catcher>>) {
    *lock() = catcher;
}

impl Printing {
    pub(crate) fn begin() -> Self {
        let catcher = lock().clone();
        Self(catcher.map(|catcher| {
            let mark = catcher.mark();
            (catcher, mark)
        }))
    }

    /// What was printed since it began.
    pub(crate) fn end(self) -> String {
        self.0.map(|(catcher, mark)| catcher.since(mark)).unwrap_or_default()
    }
}

fn lock() -> MutexGuard<'static, Option<Arc<dyn Catcher>>> {
    // Nothing that can panic runs under the lock.
    CATCHER.lock().unwrap_or_else(PoisonError::into_inner)
}
