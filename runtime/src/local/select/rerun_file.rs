//! Rerun files: a selector `path:line` on each line, and the combination of platforms if the scenario ran
//! across processes: `path:line --combo reader=rust,writer=python`.
//!
//! Blank lines and lines that begin with `#` are ignored. The rerun report writes such a file, but any
//! list of selectors is valid.

use std::fs;
use std::path::Path;

use super::error::SelectError;

/// The text between a selector and its combination.
const COMBINATION_OPTION: &str = " --combo ";

/// A line of a rerun file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RerunEntry {
    /// The selector.
    pub selector: String,
    /// The platform of each role, as in `--combo`.
    pub combination: Option<String>,
}

/// Reads the entries in the file at `path`, of which there is at least one.
///
/// # Errors
/// Returns an error if the file cannot be read or has no entry.
pub fn read_rerun_file(path: &Path) -> Result<Vec<RerunEntry>, SelectError> {
    let text = fs::read_to_string(path).map_err(|reason| SelectError::Path {
        path: path.to_owned(),
        reason,
        hint: "",
    })?;
    let entries: Vec<RerunEntry> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(read_line)
        .collect();
    if entries.is_empty() {
        return Err(SelectError::NothingToRerun(path.to_owned()));
    }
    Ok(entries)
}

fn read_line(line: &str) -> RerunEntry {
    match line.rsplit_once(COMBINATION_OPTION) {
        Some((selector, combination)) => RerunEntry {
            selector: selector.trim_end().to_owned(),
            // The report quotes what a shell would split.
            combination: Some(combination.trim().trim_matches('\'').to_owned()),
        },
        None => RerunEntry { selector: line.to_owned(), combination: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_name_a_combination() {
        let read = |line: &str| {
            let RerunEntry { selector, combination } = read_line(line);
            (selector, combination)
        };
        assert_eq!(read("a b.feature:3"), ("a b.feature:3".to_owned(), None));
        let combination = Some("reader=rust,writer=python".to_owned());
        assert_eq!(
            read("a b.feature:3 --combo reader=rust,writer=python"),
            ("a b.feature:3".to_owned(), combination)
        );
    }
}
