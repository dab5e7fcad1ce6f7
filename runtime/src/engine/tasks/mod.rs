//! The async runtimes that drive the tasks of scenarios and of the suite.
//!
//! ```text
//!  Suite    ──> SuiteRuntime   one for the run: fixtures and hooks that outlive a scenario
//!  Session  ──> ScenarioTasks  one for each scenario, from the RuntimePool of its suite
//!  call     ──> TaskScope      the one of the two in which a call runs
//! ```
//!
//! Nothing here calls a step. Imports no other room of the engine but `deadline`.

mod flavor;
mod pool;
mod scenario_tasks;
mod scope;
mod suite_runtime;
mod thread_count;

pub use flavor::TokioFlavor;
pub use scenario_tasks::TaskEnder;

pub(in crate::engine) use pool::RuntimePool;
pub(in crate::engine) use scenario_tasks::ScenarioTasks;
pub(in crate::engine) use scope::TaskScope;
pub(in crate::engine) use suite_runtime::SuiteRuntime;
