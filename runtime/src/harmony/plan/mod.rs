//! The decisions made before a process starts: the configured platforms, the platform of each role, and the
//! process of each step.
//!
//! It starts nothing and reads no file but the platform configuration.

mod arguments;
pub mod chaos;
pub mod combinations;
pub mod compat_check;
pub mod compat_scenarios;
pub mod config;
pub mod config_error;
mod config_file;
mod config_keys;
pub mod config_roles;
mod config_values;
pub mod label;
pub mod mode;
pub mod role_check;
pub mod routing;
mod stale_executable;
mod step_text;
pub mod target;
