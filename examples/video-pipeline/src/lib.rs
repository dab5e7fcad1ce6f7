//! A camera in Rust, a consumer in Python, shared memory between them, and the steps that test it.
#![forbid(unsafe_code)]

pub mod camera;
pub mod consumer;
pub mod python;
mod steps;
pub mod video;
