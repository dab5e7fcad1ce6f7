//! The removal of the leftovers of a scenario: processes that escaped from their parents, and shared
//! memory under the scenario's names.
//!
//! Buffers of a scenario have `_<host>_<feature>` in their names, by the naming rule of the reference
//! runner. A process of a scenario has the scenario's id in its environment, which every process it
//! starts inherits.

use std::fs;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

/// The environment variable with the id of the scenario that a process belongs to.
pub(in crate::harmony) const SCENARIO_ID_VARIABLE: &str = "HARMONY_BDD_SCENARIO_ID";

/// The folders of shared memory, semaphores and locks of buffers.
const FOLDERS: [&str; 2] = ["/dev/shm", "/tmp/zerobuffer"];

/// Kills every process of this scenario, whatever its parent and its group.
pub(in crate::harmony) fn kill_tagged_processes(id: &str) {
    // A process may have started another during the first pass.
    for _ in 0..5 {
        if kill_tagged_once(id) == 0 {
            return;
        }
    }
}

fn kill_tagged_once(id: &str) -> usize {
    let wanted = format!("{SCENARIO_ID_VARIABLE}={id}");
    let Ok(processes) = fs::read_dir("/proc") else { return 0 };
    let mut killed = 0;
    for process in processes.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<i32>().ok())
        else {
            continue;
        };
        // Unreadable for processes of other users and for those that have ended.
        let Ok(environment) = fs::read(process.path().join("environ")) else { continue };
        if environment.split(|&byte| byte == 0).any(|entry| entry == wanted.as_bytes()) {
            let pid = Pid::from_raw(pid);
            let _ = kill(pid, Signal::SIGKILL);
            // A child of this process by now if its parent has ended; if not, its parent is killed as well.
            let _ = waitpid(pid, None);
            killed += 1;
        }
    }
    killed
}

/// Returns the children of this process.
pub(in crate::harmony) fn children() -> Vec<Pid> {
    let own = std::process::id().to_string();
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let mut children = Vec::new();
    for process in processes.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // It may have ended meanwhile.
        let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // The name of the program, in parentheses, may contain blanks; the state follows, then the parent.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1));
        if parent == Some(&own) {
            children.push(Pid::from_raw(pid));
        }
    }
    children
}

/// Kills the children of this process that were not there `before`: orphans that it adopted, which have
/// left their group and do not have the scenario's id in their environment.
pub(in crate::harmony) fn kill_adopted(before: &[Pid]) {
    // The children of an orphan become children of this process when it ends.
    for _ in 0..20 {
        let adopted: Vec<Pid> =
            children().into_iter().filter(|pid| !before.contains(pid)).collect();
        if adopted.is_empty() {
            return;
        }
        for pid in adopted {
            let _ = kill(pid, Signal::SIGKILL);
            let _ = waitpid(pid, None);
        }
    }
}

/// Removes the shared memory, semaphores and locks of one scenario; returns their paths.
pub(in crate::harmony) fn remove_buffers(host: u64, feature: u64) -> Vec<PathBuf> {
    let mut removed = Vec::new();
    for folder in FOLDERS {
        removed.extend(remove_named(Path::new(folder), host, feature));
    }
    removed
}

fn remove_named(folder: &Path, host: u64, feature: u64) -> Vec<PathBuf> {
    let part = format!("_{host}_{feature}");
    let mut removed = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return removed };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_string_lossy().match_indices(&part).any(|(at, _)| {
            // The number must end here: feature 1 is not feature 13.
            let behind = name.as_encoded_bytes().get(at + part.len());
            behind.is_none_or(|byte| !byte.is_ascii_digit())
        });
        // Already removed is as good.
        if ours && fs::remove_file(entry.path()).is_ok() {
            removed.push(entry.path());
        }
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_the_two_numbers_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, others) = (
            ["a_77_1", "sem.sem-w-a_77_1", "a_77_1.lock", "b_77_1_request"],
            ["a_77_13", "a_177_1", "a_77_2", "77_1", "plain"],
        );
        for name in ours.iter().chain(&others) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(remove_named(folder.path(), 77, 1).len(), ours.len());
        let left = |name: &&str| folder.path().join(name).exists();
        assert_eq!(ours.iter().filter(|name| left(name)).count(), 0);
        assert_eq!(others.iter().filter(|name| left(name)).count(), others.len());
    }
}
