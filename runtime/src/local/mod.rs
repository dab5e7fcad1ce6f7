//! The local runner: selects scenarios, plays them on a few threads and emits events.
//!
//! ```text
//!  SelectOptions ── features, rerun_file, tag_expression, order ──> Selection
//!  Selection ── run, schedule, worker, attempt ──> events
//! ```
//!
//! It starts no process and prints nothing; see [`crate::report`] for what becomes of the events.

mod aside;
mod attempt;
pub mod check;
mod features;
mod late;
mod monitor;
mod order;
mod printed;
mod rerun_file;
mod run;
mod schedule;
mod scope;
mod select;
mod stop;
mod tag_expression;
mod worker;

pub use order::Shard;
pub use printed::{Printed, RealOutput};
pub use run::{RunOptions, run};
pub use select::{SelectError, SelectOptions, Selection, select};
pub use stop::StopFlag;
pub use tag_expression::{TagExpression, TagExpressionError};
