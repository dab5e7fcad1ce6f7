//! Deadlines for work that may never return. Imports no other room of the engine.
//!
//! A runner guards the work of a thread with a [`Watch`]: a step, hooks, or the creation and drop of
//! states. When it expires, the runner's callback decides how the run recovers.

mod limits;
mod thread_watch;
mod timers;
mod wakes;
mod watchdog;

pub use limits::Deadline;
pub use timers::Expired;
pub use watchdog::{Watch, Watchdog};

pub(in crate::engine) use limits::NO_DEADLINE;
pub(in crate::engine) use thread_watch::{restart, restart_with};
pub(in crate::engine) use wakes::Wakes;
