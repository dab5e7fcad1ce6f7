//! The step definitions, one file per topic.

mod basic_communication;
mod creation_race;
mod edge_cases;
mod environment;
mod expectation;
mod flow_control;
mod lifecycle;
mod metadata;
