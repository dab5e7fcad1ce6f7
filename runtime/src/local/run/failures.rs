//! Failures outside of steps.

use std::io;
use std::sync::Arc;

use crate::model::{Event, Failure, FailureKind};

/// Returns the failure of something that could not start because the system refused a resource.
pub(super) fn start_failure(what: &str, error: &io::Error) -> Failure {
    Failure::new(FailureKind::State, format!("the {what} could not start: {error}"))
}

/// Returns the event of a failure that belongs to no scenario.
pub(super) fn run_hook_failed(failure: Failure) -> Event {
    Event::RunHookFailed { failure: Arc::new(failure) }
}
