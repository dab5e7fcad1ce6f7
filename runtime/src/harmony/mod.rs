//! The Harmony protocol: a server that executes steps for a runner, and a runner that runs scenarios
//! across such servers.
//!
//! Rooms, and the order in which they import each other: `protocol` <- `plan` <- `process` <- `runner` <- `mutate`,
//! `replay`.
//! [`serve`] imports [`protocol`] only.
//!
//! Wire types stay in this module: everything else uses [`model`](crate::model) and
//! [`engine`](crate::engine).

mod mutate;
pub mod plan;
mod process;
pub mod protocol;
pub mod replay;
pub mod runner;
pub mod serve;

pub use mutate::HarmonyTrials;
pub use plan::{combinations, config, routing};
pub use process::{debug_pause, keep, log_file, starting, trace};
pub use runner::{coverage, matrix, verdict};
