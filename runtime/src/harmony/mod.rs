//! The Harmony ends: a serve process that executes steps for a runner, and a runner that plays a
//! scenario across such processes.
//!
//! [`frame`], [`message`], [`contract`], [`step_result`] and [`step_reply`] are the wire, from bytes to plain data;
//! [`serve`] is the process. On the runner's side [`config`] says what can be started,
//! [`combinations`] who plays what, [`routing`] which process gets which step, and [`runner`] runs
//! it all; [`verdict`] says what became of a scenario, [`matrix`] sums that up, [`trace`] writes down what was said, and [`coverage`] tells who could
//! play what before anything runs. Wire types stay in here: everything inward sees
//! [`model`](crate::model) and [`engine`](crate::engine) only.

mod answer;
mod cast;
pub mod combinations;
pub mod config;
mod connection;
pub mod contract;
pub mod coverage;
mod exchanges;
pub mod frame;
mod leftovers;
pub mod matrix;
pub mod message;
mod peer;
mod play;
mod process;
mod resources;
pub mod routing;
pub mod runner;
pub mod serve;
pub mod step_reply;
pub mod step_result;
mod time_stamp;
pub mod trace;
pub mod verdict;
