//! Recorded results that a test compares with its own.

use std::fs;
use std::path::Path;

/// Asserts that `ours` is what the file in `tests/it` contains; `UPDATE_EXPECT=1` writes it.
#[track_caller]
pub(crate) fn assert_recorded(file: &str, ours: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(file);
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1") {
        fs::write(&path, ours).unwrap();
    }
    assert_eq!(ours, fs::read_to_string(&path).unwrap(), "{}", path.display());
}
