//! The user's guide to writing steps: every attribute and option, each with an example that compiles.
//!
//! These modules contain documentation only, no code.
//!
//! - [`patterns`]: the text of a step as a literal, a Cucumber Expression or a regex
//! - [`parameters`]: parameters of step functions, tables, and custom parameter types
//! - [`state`]: state shared by the steps of a scenario, fixtures and their scopes
//! - [`outcomes`]: return values, deadlines, expected errors
//! - [`hooks`]: functions that run before and after steps, scenarios, features and the run
//! - [`tasks`]: async steps, what runs where and how long, the clock, and whose output it is
//! - [`observing`]: logs, spans, telemetry and resource usage
//! - [`running`]: selecting, reporting, `cargo test`, several machines
//! - [`scopes`]: definitions that hold for a part of the scenarios
//! - [`bound_tests`]: scenarios as functions of Rust's test harness
//! - [`scheduling`]: what runs at the same time, in which order and how often: locks, retries
//! - [`reporters`]: your own reporter
//! - [`processes`]: running scenarios across processes: roles, platforms, combinations
//! - [`faults`]: killing, pausing and delaying the processes of a scenario at random
//! - [`mutations`]: which changes of a scenario its steps notice
//! - [`other_languages`]: serves of other languages under this runner, and this serve under others
//! - [`platforms`]: what works on Linux, macOS and Windows
//! - [`editors`]: the language server, with a comparison
//! - [`migration`]: moving from cucumber-rs, rstest-bdd, pytest-bdd or Reqnroll, and a comparison

pub mod bound_tests;
pub mod editors;
pub mod faults;
pub mod hooks;
pub mod migration;
pub mod mutations;
pub mod observing;
pub mod other_languages;
pub mod outcomes;
pub mod parameters;
pub mod patterns;
pub mod platforms;
pub mod processes;
pub mod reporters;
pub mod running;
pub mod scheduling;
pub mod scopes;
pub mod state;
pub mod tasks;
