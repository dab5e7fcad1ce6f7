//! Annotate a function, run it locally, as a Harmony serve process or across processes.
#![forbid(unsafe_code)]

// The macros name this crate from outside; its own tests and examples are inside.
extern crate self as harmony_bdd;

pub mod engine;
pub mod gherkin;
pub mod harmony;
#[doc(hidden)]
pub mod macro_support;
pub mod model;

pub use engine::StepContext;
pub use harmony_bdd_macros::{given, then, when};
pub use model::{DataTable, DocString, Outcome};
