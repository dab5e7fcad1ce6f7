//! Rerun files: a selector `path:line` on each line.
//!
//! Blank lines and lines that begin with `#` are ignored. The rerun report writes such a file, but any
//! list of selectors is valid.

use std::fs;
use std::path::Path;

use super::error::SelectError;

/// Reads the selectors in the file at `path`, of which there is at least one.
pub(super) fn read(path: &Path) -> Result<Vec<String>, SelectError> {
    let text = fs::read_to_string(path).map_err(|reason| SelectError::Path {
        path: path.to_owned(),
        reason,
        hint: "",
    })?;
    let selectors: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    if selectors.is_empty() {
        return Err(SelectError::NothingToRerun(path.to_owned()));
    }
    Ok(selectors)
}
