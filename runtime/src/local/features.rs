//! Which feature files a set of paths means, and which lines in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::SelectError;
use crate::sort::sort_by;

/// A feature file to read and, where only some of its scenarios are meant, their lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FeatureFile {
    pub(super) path: PathBuf,
    /// Empty for all of them.
    pub(super) lines: Vec<u32>,
}

/// A path as a selector names it, with the lines after its colons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathSelector {
    pub(super) path: PathBuf,
    pub(super) lines: Vec<u32>,
}

impl PathSelector {
    /// `a.feature`, `a.feature:3`, `a.feature:3:8`.
    pub(super) fn of(text: &str) -> Self {
        let mut path = text;
        let mut lines = Vec::new();
        while let Some((before, number)) = path.rsplit_once(':')
            && let Ok(line) = number.parse()
            && !before.is_empty()
        {
            lines.insert(0, line);
            path = before;
        }
        Self { path: PathBuf::from(path), lines }
    }
}

/// The files that `selectors` mean, each once, in the order of their first mention. A file named
/// whole and by line is taken whole.
pub(super) fn find(
    selectors: &[PathSelector],
    hint: &'static str,
) -> Result<Vec<FeatureFile>, SelectError> {
    let mut found: Vec<FeatureFile> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for selector in selectors {
        for path in files(&selector.path, hint)? {
            // The same file may be named in several ways.
            let identity = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            let index = *known.entry(identity).or_insert(found.len());
            match found.get_mut(index) {
                None => found.push(FeatureFile { path, lines: selector.lines.clone() }),
                Some(file) if selector.lines.is_empty() || file.lines.is_empty() => {
                    file.lines.clear();
                }
                Some(file) => file.lines.extend(&selector.lines),
            }
        }
    }
    Ok(found)
}

fn files(path: &Path, hint: &'static str) -> Result<Vec<PathBuf>, SelectError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |reason: io::Error| SelectError::Path { path, reason, hint }
    };
    if !fs::metadata(path).map_err(failed(path))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(failed(&folder))? {
            let entry = entry.map_err(failed(&folder))?;
            let path = entry.path();
            // The entry's own type: a link to a folder is not followed, so that links cannot form a ring.
            if entry.file_type().map_err(failed(&path))?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "feature") {
                files.push(path);
            }
        }
    }
    if files.is_empty() {
        return Err(SelectError::NoFeatures(path.to_owned()));
    }
    sort_by(&mut files, Ord::cmp);
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (String, Vec<u32>) {
        let PathSelector { path, lines } = PathSelector::of(text);
        (path.to_string_lossy().into_owned(), lines)
    }

    #[test]
    fn lines_stand_after_colons() {
        assert_eq!(of("a.feature"), ("a.feature".to_owned(), vec![]));
        assert_eq!(of("a.feature:3"), ("a.feature".to_owned(), vec![3]));
        assert_eq!(of("a:b.feature:3:12"), ("a:b.feature".to_owned(), vec![3, 12]));
        assert_eq!(of("a.feature:x"), ("a.feature:x".to_owned(), vec![]));
    }

    #[test]
    fn a_file_named_twice_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.feature");
        fs::write(&path, "").unwrap();
        let named = |lines: &[u32]| PathSelector { path: path.clone(), lines: lines.to_vec() };
        let dotted = PathSelector { path: folder.path().join("./a.feature"), lines: vec![9] };
        let found = find(&[named(&[3]), dotted], "").unwrap();
        assert_eq!(found, [FeatureFile { path: path.clone(), lines: vec![3, 9] }]);
        let found = find(&[named(&[3]), named(&[])], "").unwrap();
        assert_eq!(found, [FeatureFile { path: path.clone(), lines: vec![] }]);
    }
}
