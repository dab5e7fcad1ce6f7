//! The file that says which scenarios to run again: a selector `path:line` on each line.
//!
//! Blank lines and lines that begin with `#` say nothing. Written by the report of that name, but any
//! list of selectors will do.

use std::fs;
use std::path::Path;

use super::SelectError;

/// The selectors that the file at `path` lists; at least one.
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
