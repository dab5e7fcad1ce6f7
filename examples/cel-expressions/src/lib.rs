//! An evaluator for a part of the [Common Expression Language](https://cel.dev), and the steps of a suite that was
//! moved here from another framework.
//!
//! The evaluator is `evaluate`; it does not know the steps.
#![forbid(unsafe_code)]

mod error;
mod evaluate;
mod expression;
mod functions;
mod lexer;
mod macros;
mod operators;
mod parser;
mod python;
mod steps;
mod value;

pub use error::Error;
pub use evaluate::evaluate;
pub use value::Value;
