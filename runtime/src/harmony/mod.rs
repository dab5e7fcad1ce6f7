//! The Harmony ends: a serve process that executes steps for a runner, and what both share.
//!
//! [`frame`], [`message`] and [`contract`] are the wire, from bytes to plain data; [`serve`] is the
//! process. Wire types stay in here: everything inward sees [`model`](crate::model) and
//! [`engine`](crate::engine) only.

pub mod config;
pub mod contract;
pub mod frame;
pub mod message;
pub mod routing;
pub mod serve;
