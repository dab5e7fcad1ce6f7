//! Fault schedules: which faults strike which roles of a scenario, and when; and the faults that a scenario
//! says its roles survive.
//!
//! Plain data, made from a seed. Nothing here acts on a process.
//!
//! Imports between the files go one way: `plan` -> `survival` -> `fault`.

mod fault;
mod plan;
mod survival;

pub use fault::{Fault, FaultKind, FaultName};
pub use plan::FaultPlan;
pub use survival::{InvalidSurvival, Survival};
