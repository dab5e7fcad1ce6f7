//! The step definitions, one file per topic.

mod basic_communication;
mod environment;
mod expectation;
mod lifecycle;
mod metadata;
