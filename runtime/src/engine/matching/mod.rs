//! Look-up of a step's text: its definition, or suggestions if it has none.
//!
//! Nothing here calls user code.

mod index;
mod registry;
mod snippet;
mod suggest;
mod template;
mod value;

pub use registry::{Match, MatchedStep, Registry, RegistryError};

pub(in crate::engine) use snippet::snippet;
