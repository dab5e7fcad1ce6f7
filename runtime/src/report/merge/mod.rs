//! Merges reports of one kind, such as those of the machines that each ran a part of a suite.
//!
//! Text in, text out: nothing here opens a file.

mod error;
mod input;
mod junit;
mod messages;
mod timeline;

pub use error::{MergeError, MergeErrorKind};
pub use input::{IncompleteInputs, MergeInput, MergeKind, Merged};
pub use junit::merge_junit;
pub use messages::merge_messages;
pub use timeline::merge_timelines;
