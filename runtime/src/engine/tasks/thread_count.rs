//! The number of threads of an async runtime.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Builder;

/// Counts the threads of one runtime: its workers, and the threads of its blocking calls.
#[derive(Debug, Clone, Default)]
pub(super) struct ThreadCount(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    started: AtomicUsize,
    ended: AtomicUsize,
}

impl ThreadCount {
    /// Counts the threads of the runtime that `builder` builds, and gives them this name.
    pub(super) fn count(&self, builder: &mut Builder, name: &'static str) {
        let (starting, ending) = (self.clone(), self.clone());
        // Called where a thread is requested; `on_thread_start` may come after the end of the scenario.
        builder.thread_name_fn(move || {
            // Relaxed: only the number itself is shared.
            starting.0.started.fetch_add(1, Ordering::Relaxed);
            name.to_owned()
        });
        builder.on_thread_stop(move || {
            // Release: pairs with the load in `running`.
            ending.0.ended.fetch_add(1, Ordering::Release);
        });
    }

    /// Returns the number of threads ever started.
    pub(super) fn started(&self) -> usize {
        // Relaxed: see `count`.
        self.0.started.load(Ordering::Relaxed)
    }

    /// Returns the number of threads that have not ended.
    pub(super) fn running(&self) -> usize {
        // Acquire: the number of ended threads must not be newer than that of started ones.
        let ended = self.0.ended.load(Ordering::Acquire);
        self.started().saturating_sub(ended)
    }
}
