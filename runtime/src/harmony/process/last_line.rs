//! The last line on standard error of the processes of one scenario, for live output.

use std::sync::{Arc, Mutex, PoisonError};

/// The last line that one of the processes printed. Clones share it.
#[derive(Debug, Clone, Default)]
pub(in crate::harmony) struct LastLine(Arc<Mutex<Option<Arc<str>>>>);

impl LastLine {
    /// Replaces the line.
    pub(super) fn set(&self, line: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(line.into());
    }

    /// Returns the line, if a process has printed one.
    pub(in crate::harmony) fn get(&self) -> Option<Arc<str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
