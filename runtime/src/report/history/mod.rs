//! The history of a suite: a folder to which each run adds a line, and what the last runs have in common.

mod entry;
mod error;
mod flaky;
mod report;

pub use error::HistoryError;
pub use flaky::{FlakyScenario, flaky_scenarios, flaky_table};
pub use report::History;
