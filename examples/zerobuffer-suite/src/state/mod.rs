//! What the steps of one scenario share. Each type is a state of its own, made on first use and
//! dropped at the scenario's end.

mod environment;
mod naming;
pub mod pattern;
mod readers;
mod writers;

pub use environment::Environment;
pub use naming::BufferNames;
pub use readers::{OpenReader, Readers, Received, ReceivedFrame};
pub use writers::Writers;
