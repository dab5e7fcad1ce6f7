//! Errors at link time: a second copy of the registry, and step crates that are not linked.

mod duplicate_registry;
mod step_crates;
