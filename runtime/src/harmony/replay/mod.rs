//! Replaying the recorded conversations of one role with a single serve process, and comparing the replies.
//!
//! It reads a trace, starts no other role, and runs no scenario.

mod comparison;
mod normal_text;
mod reading;
mod replayer;
mod report;

pub use reading::{Conversation, LineError, TraceError, read_conversations};
pub use replayer::{ReplayOptions, replay};
pub use report::{REPLAY_NOTE, Replay, summary};
