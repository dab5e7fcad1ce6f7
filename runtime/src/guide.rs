//! How to write steps: every attribute and option, each with an example that compiles.
//!
//! These modules hold documentation only; there is no code in them.
//!
//! - [`patterns`]: the text of a step, as a literal, a Cucumber Expression or a regex;
//! - [`parameters`]: what a function may take, and parameter types of your own;
//! - [`state`]: what steps of one scenario share, fixtures and their scopes;
//! - [`outcomes`]: what a function may return, deadlines, expected errors;
//! - [`hooks`]: what runs before and after;
//! - [`observing`]: logs, spans, telemetry, and what scenarios use of the machine;
//! - [`running`]: selecting, reporting, in test tools and on many machines;
//! - [`migration`]: the same things in cucumber-rs, pytest-bdd and Reqnroll.

pub mod hooks;
pub mod migration;
pub mod observing;
pub mod outcomes;
pub mod parameters;
pub mod patterns;
pub mod running;
pub mod state;
