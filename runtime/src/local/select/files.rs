//! Feature files and lines in them, from the paths of a command line.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::SelectError;
use crate::gherkin;

/// A feature file to read, with the lines of the selected scenarios.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FeatureFile {
    pub(super) path: PathBuf,
    /// Empty if all scenarios are selected.
    pub(super) lines: Vec<u32>,
}

/// A path of a selector, with the lines after its colons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathSelector {
    pub(super) path: PathBuf,
    pub(super) lines: Vec<u32>,
}

impl PathSelector {
    /// Parses `a.feature`, `a.feature:3` or `a.feature:3:8`.
    pub(super) fn parse(text: &str) -> Self {
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

/// Returns the feature files at `paths`, files or folders, each once and in order.
///
/// # Errors
/// [`SelectError`] for a path that cannot be read, and for a folder without feature files.
pub fn feature_files(paths: &[String]) -> Result<Vec<PathBuf>, SelectError> {
    let whole = |path: &String| PathSelector { path: PathBuf::from(path), lines: Vec::new() };
    let selectors: Vec<_> = paths.iter().map(whole).collect();
    Ok(find(&selectors, "")?.into_iter().map(|file| file.path).collect())
}

/// Returns the files of `selectors`, each once, in the order of their first mention. A file that is
/// named with and without lines is taken whole.
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
    // Links may form a cycle: a link to each folder is followed once.
    let mut followed = HashSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(failed(&folder))? {
            let entry = entry.map_err(failed(&folder))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(failed(&path))?;
            // A link that leads nowhere is a file if it is named as one.
            let is_folder = kind.is_dir() || (kind.is_symlink() && path.is_dir());
            if is_folder {
                let is_new = !kind.is_symlink()
                    || fs::canonicalize(&path).is_ok_and(|target| followed.insert(target));
                folders.extend(is_new.then_some(path));
            } else if gherkin::is_feature_path(&path) {
                files.push(path);
            }
        }
    }
    if files.is_empty() {
        return Err(SelectError::NoFeatures(path.to_owned()));
    }
    if !followed.is_empty() {
        // A file has its own path rather than one through a link, which is longer.
        files.sort_by_key(|path| path.components().count());
        let mut known = HashSet::new();
        files.retain(|path| fs::canonicalize(path).map_or(true, |target| known.insert(target)));
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn parsed(text: &str) -> (String, Vec<u32>) {
        let PathSelector { path, lines } = PathSelector::parse(text);
        (path.to_string_lossy().into_owned(), lines)
    }

    #[test]
    fn lines_follow_colons() {
        assert_eq!(parsed("a.feature"), ("a.feature".to_owned(), vec![]));
        assert_eq!(parsed("a.feature:3"), ("a.feature".to_owned(), vec![3]));
        assert_eq!(parsed("a:b.feature:3:12"), ("a:b.feature".to_owned(), vec![3, 12]));
        assert_eq!(parsed("a.feature:x"), ("a.feature:x".to_owned(), vec![]));
    }

    #[test]
    fn linked_folders_are_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let [root, other] = ["features", "other"].map(|name| folder.path().join(name));
        for path in [&root, &other] {
            fs::create_dir(path).unwrap();
        }
        fs::write(root.join("z.feature"), "").unwrap();
        fs::write(other.join("b.feature"), "").unwrap();
        symlink(&other, root.join("linked")).unwrap();
        symlink(&root, root.join("itself")).unwrap();
        symlink(&root, other.join("back")).unwrap();
        symlink("nowhere", root.join("broken")).unwrap();
        let found = find(&[PathSelector { path: root.clone(), lines: Vec::new() }], "").unwrap();
        let mut names: Vec<_> = found
            .iter()
            .map(|file| file.path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        assert_eq!(names, ["b.feature", "z.feature"], "{found:?}");
        assert!(found.iter().any(|file| file.path == root.join("z.feature")), "{found:?}");
    }

    #[test]
    fn file_named_twice_is_read_once() {
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
