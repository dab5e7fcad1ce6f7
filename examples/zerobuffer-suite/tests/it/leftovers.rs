//! What a run may leave behind: nothing.

use std::fs;
use std::path::Path;

/// Panics when an object of shared memory, a semaphore or a lock file still carries `mark` in its
/// name.
pub(crate) fn assert_none(mark: &str) {
    let mut left = Vec::new();
    for folder in ["/dev/shm", "/tmp/zerobuffer"] {
        for entry in names_in(Path::new(folder)) {
            if entry.contains(mark) {
                left.push(format!("{folder}/{entry}"));
            }
        }
    }
    assert!(left.is_empty(), "left behind: {left:?}");
}

/// The names in `folder`; none where there is no such folder.
fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
