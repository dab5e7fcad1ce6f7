//! Step definitions for the shared-memory ring.
//!
//! `steps` holds one file per topic of `features/`; `state` what the steps of a scenario share, by
//! type. A role in a step's text (`the 'reader' process …`) is accepted and ignored: whoever runs
//! the scenario has routed the step already.
#![forbid(unsafe_code)]

pub mod settings;
pub mod state;
pub mod steps;
