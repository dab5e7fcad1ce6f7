//! Step definitions of the shared-memory ring.
//!
//! `steps` has one file per topic of `features/`; `state` has the types that the steps of a
//! scenario share. A role in a step's text (`the 'reader' process …`) is accepted and ignored: the
//! runner has already routed the step.
#![forbid(unsafe_code)]

pub mod settings;
pub mod state;
pub mod steps;
