//! The folder of feature files for a command line that names none.

use std::env;
use std::path::{Path, PathBuf};

use crate::gherkin;

/// Adds the default folder to `selectors` without a path, if it is not the folder `features` here.
pub(in crate::cli) fn with_default_features(mut selectors: Vec<String>) -> Vec<String> {
    if !selectors.iter().any(|selector| is_path(selector))
        && let Some(features) = package_features()
    {
        selectors.push(features.to_string_lossy().into_owned());
    }
    selectors
}

/// Returns the folder `features` of the package that `cargo run --package` runs from a folder above
/// it, such as the root of a workspace, which may have its own feature files.
pub(super) fn package_features() -> Option<PathBuf> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?).canonicalize().ok()?;
    let current = env::current_dir().ok()?.canonicalize().ok()?;
    let relative = package.strip_prefix(current).ok()?;
    let features = relative.join("features");
    (!relative.as_os_str().is_empty() && features.is_dir()).then_some(features)
}

fn is_path(selector: &str) -> bool {
    // Line numbers follow a path: `a.feature:12:30`.
    let path = selector.trim_end_matches(|c: char| c == ':' || c.is_ascii_digit());
    selector.contains('/')
        || gherkin::is_feature_path(Path::new(path))
        || Path::new(selector).exists()
}
