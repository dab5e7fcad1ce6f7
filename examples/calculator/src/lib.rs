//! A calculator and the steps that test it.
//!
//! In a real project the calculator would be one crate and the steps another, or a module of its
//! tests.
#![forbid(unsafe_code)]

pub mod calculator;
mod steps;
