//! Runs under a fault plan: scenarios with their plans, the faults as they strike, and the judgement of steps
//! after them.
//!
//! It decides nothing about what strikes when: [`plan::chaos`](crate::harmony::plan::chaos) has. Imports
//! between the files go one way: `injector` -> `judge` -> `strikes` -> `counts`.

mod counts;
mod injector;
mod instances;
mod judge;
mod strikes;

pub use counts::{FaultCounts, FaultTotals};
pub(super) use injector::FaultInjector;
pub use instances::{FaultPlanError, with_fault_plans};
