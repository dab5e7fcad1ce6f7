//! The folder of feature files for a command line that names none.

use std::env;
use std::path::{Path, PathBuf};

use crate::gherkin;

/// The folders that hold the feature files of a package, by preference. Suites of other frameworks often have
/// the second one.
const FOLDERS: [&str; 2] = ["features", "tests/features"];

/// Adds the default folder to `selectors` without a path, if it is not the folder `features` here.
pub(in crate::cli) fn with_default_features(mut selectors: Vec<String>) -> Vec<String> {
    if !selectors.iter().any(|selector| is_path(selector))
        && let Some(features) = package_features()
    {
        selectors.push(features.to_string_lossy().into_owned());
    }
    selectors
}

/// Returns the folder of features of the package, if it is not the folder `features` here. That package is the one
/// that `cargo run --package` runs from a folder above it, such as the root of a workspace, which may have
/// its own feature files.
pub(super) fn package_features() -> Option<PathBuf> {
    let packages = [package_below().unwrap_or_default(), PathBuf::new()];
    let features = packages
        .iter()
        .flat_map(|package| FOLDERS.map(|folder| package.join(folder)))
        .find(|folder| folder.is_dir())?;
    (features != Path::new(FOLDERS[0])).then_some(features)
}

/// Returns the path of the package that cargo runs, if it is below this folder.
fn package_below() -> Option<PathBuf> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?).canonicalize().ok()?;
    let current = env::current_dir().ok()?.canonicalize().ok()?;
    package.strip_prefix(current).ok().map(Path::to_owned)
}

fn is_path(selector: &str) -> bool {
    // Line numbers follow a path: `a.feature:12:30`.
    let path = selector.trim_end_matches(|c: char| c == ':' || c.is_ascii_digit());
    selector.contains('/')
        || gherkin::is_feature_path(Path::new(path))
        || Path::new(selector).exists()
}
