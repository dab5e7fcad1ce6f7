//! The time that a part of a step takes.

use std::time::{Duration, Instant};

use super::context::StepContext;
use crate::model::{LogLevel, Measurement};

/// A running measurement, which ends when this value is dropped; see [`StepContext::measure`].
#[derive(Debug)]
#[must_use = "the measurement ends when this value is dropped"]
pub struct Measure<'c> {
    context: &'c StepContext,
    operation: String,
    started: Instant,
    limit: Option<Duration>,
}

impl<'c> Measure<'c> {
    pub(super) fn start(context: &'c StepContext, operation: String) -> Self {
        Self { context, operation, started: Instant::now(), limit: None }
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
        self.context.log(level, Measurement { operation, duration, exceeded }.to_string());
    }
}
