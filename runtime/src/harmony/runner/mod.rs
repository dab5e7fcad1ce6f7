//! Running scenarios across serve processes, and the verdicts of a run: per scenario and combination, and
//! as a matrix.
//!
//! It prints nothing and selects nothing: scenarios come in, [events](crate::model::Event) go out.

mod chaos;
pub mod coverage;
mod instance;
pub mod matrix;
mod options;
mod process_step;
mod run;
mod scenario;
mod scenario_id;
mod step_outcome;
mod step_runner;
pub mod verdict;

pub use chaos::{FaultCounts, FaultPlanError, FaultTotals, with_fault_plans};
pub use instance::{ScenarioInstance, check_role, instances};
pub use options::RunnerOptions;
pub use run::run;
pub(in crate::harmony) use scenario_id::ScenarioId;
pub use scenario_id::run_number;
