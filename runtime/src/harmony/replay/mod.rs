//! Replaying the recorded conversations of one role with a single serve process, and comparing the replies.
//!
//! It reads a trace, starts no other role, and runs no scenario.

mod comparison;
mod normal_text;
mod play;
mod reading;
mod report;

pub use play::{ReplayOptions, replay};
pub use reading::{Conversation, LineError, TraceError, read_conversations};
pub use report::{REPLAY_NOTE, Replay, summary};
