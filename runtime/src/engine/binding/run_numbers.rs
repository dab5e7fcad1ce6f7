//! The numbers by which a Harmony runner distinguishes its runs.

use std::env;
use std::sync::{Mutex, PoisonError};

/// The numbers of the last `initialize` request of this process.
static ANNOUNCED: Mutex<Option<RunNumbers>> = Mutex::new(None);

/// The numbers by which a Harmony runner distinguishes scenarios that run at the same time; see
/// [`StepContext::run_numbers`](crate::StepContext::run_numbers).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunNumbers {
    /// The number of the runner, or of a scenario of it.
    pub host: u64,
    /// The number of the feature file.
    pub feature: u64,
}

impl RunNumbers {
    /// Returns the numbers in the environment, or else those that the runner announced.
    pub(super) fn current() -> Option<Self> {
        let number = |name| env::var(name).ok()?.parse().ok();
        match (number("HARMONY_HOST_PID"), number("HARMONY_FEATURE_ID")) {
            (Some(host), Some(feature)) => Some(Self { host, feature }),
            _ => *ANNOUNCED.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// Sets the numbers that a runner announced to this process.
pub fn set_announced_numbers(numbers: Option<RunNumbers>) {
    *ANNOUNCED.lock().unwrap_or_else(PoisonError::into_inner) = numbers;
}
