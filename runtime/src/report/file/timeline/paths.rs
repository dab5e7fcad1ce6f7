//! Paths as a page shows them: it is sent to other people, who have the workspace in another folder.

use std::borrow::Cow;
use std::env;
use std::path::{Path, PathBuf};

/// The files of which one is at the root of a workspace.
const ROOT_FILES: [&str; 3] = [".git", "Cargo.lock", "harmony.toml"];

/// The folders that paths are relative to.
#[derive(Debug, Clone, Default)]
pub struct WorkspacePaths {
    /// The folder from which relative paths count, then its parents up to the root of the workspace.
    folders: Vec<PathBuf>,
}

impl WorkspacePaths {
    /// Returns the paths of the workspace that contains the current folder. Without a current folder all
    /// absolute paths are outside of the workspace.
    pub fn current() -> Self {
        env::current_dir().map_or_else(|_| Self::default(), |folder| Self::of_folder(&folder))
    }

    /// Returns the paths of the workspace that contains `current`, an absolute folder.
    pub fn of_folder(current: &Path) -> Self {
        let is_root = |folder: &Path| ROOT_FILES.iter().any(|file| folder.join(file).exists());
        let root = current.ancestors().find(|folder| is_root(folder)).unwrap_or(current);
        let inside = current.ancestors().take_while(|folder| folder.starts_with(root));
        Self { folders: inside.map(Path::to_path_buf).collect() }
    }

    /// Returns `path` relative to the folder of the run or to the workspace. An absolute path outside of
    /// both is cut to its last two parts, so that it does not name the user's folders.
    pub(super) fn relative<'a>(&self, path: &'a str) -> Cow<'a, str> {
        let whole = Path::new(path);
        if !whole.is_absolute() {
            return Cow::Borrowed(path.strip_prefix("./").unwrap_or(path));
        }
        if let Some(rest) = self.folders.iter().find_map(|folder| whole.strip_prefix(folder).ok()) {
            return rest.to_string_lossy();
        }
        let mut parts = whole.iter().rev();
        match (parts.next(), parts.next()) {
            (Some(name), Some(folder)) => {
                Cow::Owned(format!("…/{}/{}", folder.display(), name.display()))
            }
            _ => Cow::Borrowed(path),
        }
    }

    /// Returns `text` with the paths of the workspace made relative.
    pub(super) fn relative_in<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for folder in &self.folders {
            let prefix = format!("{}/", folder.display());
            if prefix.len() > 1 && text.contains(&prefix) {
                text = Cow::Owned(text.replace(&prefix, ""));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_run_or_workspace() {
        let workspace = tempfile::tempdir().unwrap();
        std::fs::write(workspace.path().join("Cargo.lock"), "").unwrap();
        let member = workspace.path().join("member");
        std::fs::create_dir(&member).unwrap();
        let paths = WorkspacePaths::of_folder(&member);
        let absolute = |path: &str| workspace.path().join(path).display().to_string();
        assert_eq!(paths.relative("features/a.feature"), "features/a.feature");
        assert_eq!(paths.relative("./a.feature"), "a.feature");
        assert_eq!(paths.relative(&absolute("member/features/a.feature")), "features/a.feature");
        assert_eq!(paths.relative(&absolute("other/a.feature")), "other/a.feature");
        assert_eq!(paths.relative("/home/user/x/a.feature"), "…/x/a.feature");
        let text = format!("cannot read {}", absolute("member/x.txt"));
        assert_eq!(paths.relative_in(&text), "cannot read x.txt");
    }
}
