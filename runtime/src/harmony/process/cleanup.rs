//! The removal of the leftovers of a scenario: processes that escaped from their parents, and shared
//! memory under the scenario's names.
//!
//! Buffers of a scenario have `_<host>_<feature>` in their names, by the naming rule of the reference
//! runner. A process of a scenario has the scenario's id in its environment, which every process it
//! starts inherits.

use std::fs;
use std::path::{Path, PathBuf};

use crate::platform::{SHARED_MEMORY_FOLDERS, children, kill_child, kill_processes_with};

/// The environment variable with the id of the scenario that a process belongs to.
pub(in crate::harmony) const SCENARIO_ID_VARIABLE: &str = "HARMONY_BDD_SCENARIO_ID";

/// Kills every process of this scenario, whatever its parent and its group.
pub(in crate::harmony) fn kill_tagged_processes(id: &str) {
    // A process may have started another during the first pass.
    for _ in 0..5 {
        if kill_processes_with(SCENARIO_ID_VARIABLE, id) == 0 {
            return;
        }
    }
}

/// Kills the children of this process that were not there `before`: orphans that it adopted, which have
/// left their group and do not have the scenario's id in their environment.
pub(in crate::harmony) fn kill_adopted(before: &[u32]) {
    // The children of an orphan become children of this process when it ends.
    for _ in 0..20 {
        let adopted: Vec<u32> =
            children().into_iter().filter(|child| !before.contains(child)).collect();
        if adopted.is_empty() {
            return;
        }
        adopted.into_iter().for_each(kill_child);
    }
}

/// Removes the shared memory, semaphores and locks of one scenario; returns their paths.
pub(in crate::harmony) fn remove_buffers(host: u64, feature: u64) -> Vec<PathBuf> {
    let mut buffers = buffers(host, feature);
    // Already removed is as good.
    buffers.retain(|path| fs::remove_file(path).is_ok());
    buffers
}

/// Returns the paths of the shared memory, semaphores and locks of one scenario.
pub(in crate::harmony) fn buffers(host: u64, feature: u64) -> Vec<PathBuf> {
    let folders = SHARED_MEMORY_FOLDERS.iter().map(Path::new);
    folders.flat_map(|folder| files_named(folder, host, feature)).collect()
}

fn files_named(folder: &Path, host: u64, feature: u64) -> Vec<PathBuf> {
    let part = format!("_{host}_{feature}");
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_string_lossy().match_indices(&part).any(|(at, _)| {
            // The number must end here: feature 1 is not feature 13.
            let behind = name.as_encoded_bytes().get(at + part.len());
            behind.is_none_or(|byte| !byte.is_ascii_digit())
        });
        if ours {
            found.push(entry.path());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_the_two_numbers_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, others) = (
            ["a_77_1", "sem.sem-w-a_77_1", "a_77_1.lock", "b_77_1_request"],
            ["a_77_13", "a_177_1", "a_77_2", "77_1", "plain"],
        );
        for name in ours.iter().chain(&others) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let mut found = files_named(folder.path(), 77, 1);
        found.sort();
        let mut expected = ours.map(|name| folder.path().join(name));
        expected.sort();
        assert_eq!(found, expected);
    }
}
