//! Merges streams of Cucumber Messages into the stream of one run.
//!
//! Messages that the streams share, such as a feature file of which two machines ran parts, are written
//! once. All ids are replaced, so that they are unique in the merged stream.

mod attempts;
mod ids;
mod stream;

pub use stream::merge_messages;
