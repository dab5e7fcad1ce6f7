//! Plain data of scenarios, which `harmony-bdd` exports: locations, steps, tables, doc strings.
//!
//! Nothing here parses or runs.

mod argument;
mod location;
mod scenario;

pub use argument::{DataTable, DocString, StepArgument};
pub use location::Location;
pub use scenario::{Scenario, Step, StepKeyword, Tag};
