//! The local runner: selects scenarios, plays them on a few threads and emits events.
//!
//! It starts no process and prints nothing; see [`crate::report`] for what becomes of the events.

mod run;
mod select;
mod stop;
mod worker;

pub use run::{RunOptions, run};
pub use select::{SelectError, Selection, select};
pub use stop::StopFlag;
