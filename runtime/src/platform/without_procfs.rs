//! What needs `/proc`, on the systems that have none: nothing is found, so nothing is killed.

use super::descendant::Descendant;

/// Returns none: this process adopts no orphans.
pub(crate) fn children() -> Vec<u32> {
    Vec::new()
}

/// Returns none: the processes of the system cannot be listed.
pub(crate) fn descendants(_ancestor: u32) -> Vec<Descendant> {
    Vec::new()
}

/// Returns false: [`descendants`] returns none.
pub(crate) fn runs(_process: u32) -> bool {
    false
}

/// Does nothing: [`children`] returns none.
pub(crate) fn kill_child(_process: u32) {}

/// Returns 0: only Linux has namespaces of process ids.
pub(crate) fn pid_namespace() -> u64 {
    0
}

/// Kills nothing: the environment of another process cannot be read.
pub(crate) fn kill_processes_with(_variable: &str, _value: &str) -> usize {
    0
}
