//! The result of running a hook.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use crate::engine::definition::HookDefinition;
use crate::model::{Attachment, Failure, FailureKind, HookResult, LogRecord, Outcome};

/// The result of running a hook.
#[derive(Debug)]
pub struct HookExecution {
    /// Hook that ran.
    pub definition: &'static HookDefinition,
    /// Outcome of the hook.
    pub outcome: Outcome,
    /// Start time.
    pub started: Instant,
    /// Duration of the call.
    pub duration: Duration,
    /// Log records of the hook.
    pub logs: Vec<LogRecord>,
    /// Attachments of the hook.
    pub attachments: Vec<Attachment>,
    /// Output that was captured while the hook ran.
    pub output: String,
}

impl HookExecution {
    /// Returns the failure of whatever the hook surrounds; `None` if the hook passed, or if it is an
    /// after-hook that asked to be skipped.
    pub fn failure(&self) -> Option<Failure> {
        let reason = match &self.outcome {
            Outcome::Passed => return None,
            Outcome::Skipped { .. } if self.definition.kind.is_after() => return None,
            Outcome::Failed(failure) => failure.clone(),
            other => Failure::new(FailureKind::Error, other.to_string()),
        };
        Some(self.definition.failure(reason))
    }

    /// Converts to plain data, for a run that started at `run_start`.
    pub fn into_result(self, began: Instant) -> HookResult {
        HookResult {
            kind: self.definition.kind,
            function: Cow::Borrowed(self.definition.function),
            location: self.definition.location(),
            started: self.started.saturating_duration_since(began),
            duration: self.duration,
            failure: self.failure(),
            outcome: self.outcome,
            logs: self.logs,
            attachments: self.attachments,
            output: self.output,
        }
    }
}
