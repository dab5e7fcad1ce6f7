//! The integration tests of the runtime, in one binary.

mod expressions;
mod messages;
mod registry;
mod steps;
