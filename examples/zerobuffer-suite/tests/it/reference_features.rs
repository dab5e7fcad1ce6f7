//! The feature files of the other ZeroBuffer implementations, a copy with its licence.

use std::path::PathBuf;

/// The folder with the files.
pub(crate) fn reference_features() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/reference-features")
}
