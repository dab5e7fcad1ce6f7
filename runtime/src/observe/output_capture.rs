//! The captured output of the code that runs, if the output of the process is captured.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The source of captured output. A process has one standard output and one standard error.
static OUTPUT_SOURCE: Mutex<Option<Arc<dyn OutputSource>>> = Mutex::new(None);

/// A source of captured output.
pub(crate) trait OutputSource: Send + Sync {
    /// Returns the number of bytes captured so far.
    fn position(&self) -> u64;

    /// Returns the output captured since `position`.
    fn read_since(&self, position: u64) -> String;
}

/// The output captured from its start on, if output is captured.
pub(crate) struct CaptureSpan(Option<(Arc<dyn OutputSource>, u64)>);

/// Sets the source of captured output, or none.
pub(crate) fn set_output_source(source: Option<Arc<dyn OutputSource>>) {
    *lock() = source;
}

impl CaptureSpan {
    /// Starts a span at the current position.
    pub(crate) fn start() -> Self {
        let source = lock().clone();
        Self(source.map(|source| {
            let position = source.position();
            (source, position)
        }))
    }

    /// Returns the output captured since the start.
    pub(crate) fn finish(self) -> String {
        self.0.map(|(source, position)| source.read_since(position)).unwrap_or_default()
    }
}

fn lock() -> MutexGuard<'static, Option<Arc<dyn OutputSource>>> {
    // Nothing that can panic runs under the lock.
    OUTPUT_SOURCE.lock().unwrap_or_else(PoisonError::into_inner)
}
