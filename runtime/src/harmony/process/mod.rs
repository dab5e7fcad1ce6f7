//! Serve processes as the runner drives them: starting, requests and responses, the end, and the cleanup
//! after it.
//!
//! It does not decide which step goes to which process.

mod activity;
pub(in crate::harmony) mod child;
pub(in crate::harmony) mod cleanup;
pub(in crate::harmony) mod client;
pub(in crate::harmony) mod connection;
pub mod debug_pause;
mod ending;
pub(in crate::harmony) mod error;
pub(in crate::harmony) mod exit;
mod far_process;
pub mod keep;
pub(in crate::harmony) mod last_line;
pub mod log_file;
mod message_line;
pub(in crate::harmony) mod pool;
pub(in crate::harmony) mod recorder;
pub(in crate::harmony) mod resource_usage;
pub(in crate::harmony) mod scenario_context;
pub mod starting;
mod stderr_tail;
pub mod trace;
pub(in crate::harmony) mod transcript;
