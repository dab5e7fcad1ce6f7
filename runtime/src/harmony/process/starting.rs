//! The progress of a process that starts, outside of a run.

use std::sync::Arc;
use std::time::Duration;

/// A platform whose process has not responded yet.
#[derive(Debug)]
pub struct StartingPlatform<'a> {
    /// The platform's name.
    pub platform: &'a str,
    /// The time since the start of the process.
    pub age: Duration,
    /// The last line that the process printed on standard error.
    pub printed: Option<Arc<str>>,
}
