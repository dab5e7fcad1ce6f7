//! A network service, its client, and the steps that test both.
//!
//! In a real project the service and the steps would be separate crates.
#![forbid(unsafe_code)]

pub mod client;
mod hooks;
pub mod service;
mod shared;
mod steps;
