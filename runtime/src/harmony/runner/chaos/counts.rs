//! The numbers of faults of a run.

use std::sync::{Arc, Mutex, PoisonError};

use crate::harmony::plan::chaos::FaultName;

/// Counts the faults of all scenarios of a run. Its clones share the numbers.
#[derive(Debug, Clone, Default)]
pub struct FaultCounts(Arc<Mutex<FaultTotals>>);

/// The numbers of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FaultTotals {
    /// Processes that were killed.
    pub kills: usize,
    /// Processes that were paused.
    pub pauses: usize,
    /// Steps that were delayed.
    pub delays: usize,
    /// Faults without effect: their process, or their scenario, had ended before.
    pub missed: usize,
    /// Scenarios that ended with an error that their tags allow.
    pub errors: usize,
}

impl FaultCounts {
    /// Returns the numbers so far.
    pub fn totals(&self) -> FaultTotals {
        self.with(|totals| *totals)
    }

    pub(super) fn count(&self, name: FaultName) {
        self.with(|totals| match name {
            FaultName::Kill => totals.kills += 1,
            FaultName::Pause => totals.pauses += 1,
            FaultName::Delay => totals.delays += 1,
        });
    }

    pub(super) fn count_missed(&self, number: usize) {
        self.with(|totals| totals.missed += number);
    }

    pub(super) fn count_error(&self) {
        self.with(|totals| totals.errors += 1);
    }

    fn with<R>(&self, act: impl FnOnce(&mut FaultTotals) -> R) -> R {
        // Additions do not panic.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
