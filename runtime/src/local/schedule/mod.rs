//! When scenarios run: what their tags and the options ask for, and the queue that the workers share.
//!
//! It runs no scenario.
//!
//! Imports between the files go one way: `queue` -> `units` -> `tags` -> `attempt_id`.

mod attempt_id;
mod queue;
mod tags;
mod units;

pub(super) use attempt_id::AttemptId;
pub(super) use queue::{Queue, Taken};
pub(super) use tags::{Retries, allows_skipped, malformed_tag};
pub use tags::{RetryOptions, SERIAL_TAG};
pub use units::Parallel;
pub(super) use units::{Plan, Unit};
