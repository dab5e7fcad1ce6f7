//! Something in the way of an object that is to be created.

use std::fs;
use std::path::PathBuf;

/// A folder where a file is to be made, which the maker of the file can neither use nor remove.
/// It is gone when this is dropped.
#[derive(Debug)]
pub struct Obstacle {
    path: PathBuf,
}

impl Obstacle {
    /// Puts a folder at `path`.
    ///
    /// # Errors
    /// When something is there already.
    pub fn at(path: PathBuf) -> Result<Self, String> {
        fs::create_dir(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self { path })
    }

    /// Where it is.
    pub fn path(&self) -> &PathBuf {
        &self.path
    }
}

impl Drop for Obstacle {
    fn drop(&mut self) {
        // Who removed it before has left the place empty, too.
        let _ = fs::remove_dir(&self.path);
    }
}
