//! The step definitions, one file per topic.

mod basic_communication;
mod corruption;
mod cpu_usage;
mod create_destroy;
mod creation_race;
mod edge_cases;
mod environment;
mod exhaustion;
mod expectation;
mod flow_control;
mod free_space;
mod lifecycle;
mod metadata;
mod partial_creation;
mod platform;
mod stale_resources;
mod synchronization;
mod visibility;
