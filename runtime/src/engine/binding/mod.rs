//! Conversion between a step and a user's function: captures, tables and doc strings become arguments,
//! and the value that the function returns becomes an outcome.
//!
//! Nothing here finds the definition of a step.

mod callable;
mod capture;
mod context;
mod doc_string;
pub mod error_causes;
pub mod expected_error;
mod function_info;
pub mod input;
mod into_outcome;
mod invocation;
mod measure;
mod parameter;
mod run_numbers;
mod signature;
mod step_arg;
mod table_row;
mod value_error;

pub use callable::{
    AsyncCallable, AsyncFunction, Callable, Function, IntoResult, SyncCallable, TakesStates,
};
pub use capture::CaptureGroup;
pub use context::StepContext;
#[cfg(feature = "json")]
pub use doc_string::Json;
pub use doc_string::{DocStringError, FromDocString};
pub use function_info::{StaticSourceLocation, StepArgumentKind};
pub use into_outcome::IntoOutcome;
pub use invocation::Invocation;
pub use measure::Measure;
pub use parameter::{Parameter, ParameterUse, groups, parameter_value};
pub use run_numbers::{RunNumbers, set_announced_numbers};
pub use signature::{BoxFuture, Inputs, StateVisitor};
pub use step_arg::StepArg;
pub use table_row::{CellError, Column, RowCells, TableRow};
pub use value_error::ValueError;

pub(in crate::engine) use context::SharedTexts;
pub(in crate::engine) use function_info::FunctionInfo;
pub(in crate::engine) use parameter::MAX_REGEX_SIZE;
