//! Checks that nothing remains of a run.

use std::fs;
use std::path::Path;

const SHARED_MEMORY: &str = "/dev/shm";

/// Panics if a shared memory object, a semaphore or a lock file has `mark` in its name.
pub(crate) fn assert_none(mark: &str) {
    let mut left = Vec::new();
    for folder in [SHARED_MEMORY, "/tmp/zerobuffer"] {
        for entry in names_in(Path::new(folder)) {
            if entry.contains(mark) {
                left.push(format!("{folder}/{entry}"));
            }
        }
    }
    assert!(left.is_empty(), "left behind: {left:?}");
}

/// Removes the semaphores that readers of the Python library leave, for buffers with `mark` in
/// their name.
pub(crate) fn remove_semaphores(mark: &str) {
    for entry in names_in(Path::new(SHARED_MEMORY)) {
        if entry.starts_with("sem.sem-") && entry.ends_with(mark) {
            fs::remove_file(Path::new(SHARED_MEMORY).join(entry)).unwrap();
        }
    }
}

/// Returns the names in `folder`; none if the folder does not exist.
fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
