//! A network service, its client, and the steps that test both.
//!
//! In a project of its own the service would be one crate and the steps another.
#![forbid(unsafe_code)]

pub mod client;
mod hooks;
pub mod service;
mod steps;
