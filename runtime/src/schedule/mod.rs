//! When scenarios run: what their tags and the options ask for, and the queue that the workers share.
//!
//! It runs no scenario. `run` and `harmony` follow the same schedule, and update live output by the same `ticks`.
//!
//! Imports between the files go one way: `phases` -> `queue` -> `units` -> `options` -> `tags`, and
//! `attempt_id`, which each of them may import.

mod attempt_id;
mod options;
mod phases;
mod queue;
mod tags;
mod ticks;
mod units;

pub(crate) use attempt_id::AttemptId;
pub use options::{Parallel, ScheduleOptions};
pub(crate) use phases::Schedule;
pub(crate) use queue::Taken;
pub use tags::{RetryOptions, SERIAL_TAG};
pub(crate) use tags::{allowed_skip, allows_skipped, malformed_tag};
pub(crate) use ticks::{TICK_INTERVAL, Ticks};
