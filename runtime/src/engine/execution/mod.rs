//! Execution of steps and hooks with the states they take: one call, one step, one scenario, one suite.
//!
//! Nothing here abandons a thread; the runners do that, guarded by `deadline`.

mod call;
mod hook_execution;
mod hook_progress;
mod panics;
mod session;
mod step;
mod suite;
mod teardown;

pub use hook_execution::HookExecution;
pub use hook_progress::HungHook;
pub use session::Session;
pub use step::{ResolvedStep, RunningStep, StepCall, StepExecution};
pub use suite::{FeatureRun, Suite};
pub use teardown::TeardownReport;
