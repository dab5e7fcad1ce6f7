//! The step definitions, one file per topic.

mod basic_communication;
mod bench_costs;
mod bench_transfer;
mod blocked_reader;
mod corruption;
mod cpu_usage;
mod create_destroy;
mod creation_race;
mod duplex_client;
mod duplex_server;
mod edge_cases;
mod endurance;
mod environment;
mod exhaustion;
mod expectation;
mod faults;
mod flow_control;
mod free_space;
mod header_variations;
mod lifecycle;
mod lock_and_names;
mod metadata;
mod partial_creation;
mod platform;
mod protocol_compliance;
mod ring_log;
mod stale_resources;
mod synchronization;
#[cfg(test)]
mod test_doubles;
mod users;
mod visibility;
