//! The time that a part of a step takes.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use crate::model::{LogLevel, Measurement};

/// The log that measurements are written to.
pub(super) trait MeasureLog: Debug {
    /// Adds a record.
    fn add(&self, level: LogLevel, message: String);
}

/// A running measurement, which ends when this value is dropped; see [`StepContext::measure`](crate::StepContext::measure).
#[derive(Debug)]
#[must_use = "the measurement ends when this value is dropped"]
pub struct Measure<'c> {
    log: &'c dyn MeasureLog,
    operation: String,
    started: Instant,
    limit: Option<Duration>,
}

impl<'c> Measure<'c> {
    pub(super) fn start(log: &'c dyn MeasureLog, operation: String) -> Self {
        Self { log, operation, started: Instant::now(), limit: None }
    }

    /// Logs a warning if the operation takes longer than `limit`.
    pub fn warn_above(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }
}

impl Drop for Measure<'_> {
    fn drop(&mut self) {
        let duration = self.started.elapsed();
        let exceeded = self.limit.filter(|limit| duration > *limit);
        let level = if exceeded.is_some() { LogLevel::Warn } else { LogLevel::Debug };
        let operation = std::mem::take(&mut self.operation);
        self.log.add(level, Measurement { operation, duration, exceeded }.to_string());
    }
}
