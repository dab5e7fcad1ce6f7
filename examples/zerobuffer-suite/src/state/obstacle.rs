//! An obstacle to the creation of an object.

use std::fs;
use std::path::PathBuf;

/// A folder with the path of a file to be created; the creator can neither use nor remove it.
/// Dropping this removes the folder.
#[derive(Debug)]
pub struct Obstacle {
    path: PathBuf,
}

impl Obstacle {
    /// Creates a folder at `path`.
    ///
    /// # Errors
    /// Returns an error if `path` exists.
    pub fn at(path: PathBuf) -> Result<Self, String> {
        fs::create_dir(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self { path })
    }

    /// Returns its path.
    pub fn path(&self) -> &PathBuf {
        &self.path
    }
}

impl Drop for Obstacle {
    fn drop(&mut self) {
        // Already removed: the path is free in any case.
        let _ = fs::remove_dir(&self.path);
    }
}
