//! Notices changes of files by reading their times and sizes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use super::KeyInput;

/// The interval at which the files are read, in ms.
const POLL_INTERVAL_MS: u16 = 200;

/// Notices changes of files. A file that an editor removes for a moment has not changed yet.
pub(crate) struct ChangeWatch {
    files: Vec<(PathBuf, Option<Version>)>,
}

/// The time of the last change and the size in bytes.
type Version = (SystemTime, u64);

impl ChangeWatch {
    /// Watches these files from now on.
    pub(crate) fn start(files: &[PathBuf]) -> io::Result<Self> {
        let files = files.iter().map(|file| (file.clone(), version(file))).collect();
        Ok(Self { files })
    }

    /// Waits up to about this many ms; returns the files that changed, and whether a key was pressed.
    pub(crate) fn wait(
        &mut self,
        keys: Option<&KeyInput>,
        ms: u16,
    ) -> io::Result<(Vec<PathBuf>, bool)> {
        let ms = ms.max(POLL_INTERVAL_MS);
        let has_key = match keys {
            Some(keys) => keys.wait(ms),
            None => {
                thread::sleep(Duration::from_millis(ms.into()));
                false
            }
        };
        Ok((self.changes(), has_key))
    }

    /// Returns the files that have changed since the last call.
    fn changes(&mut self) -> Vec<PathBuf> {
        let mut changed = Vec::new();
        for (file, known) in &mut self.files {
            let now = version(file);
            if now.is_some() && now != *known {
                *known = now;
                changed.push(file.clone());
            }
        }
        changed
    }
}

fn version(file: &Path) -> Option<Version> {
    let metadata = fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_that_is_replaced_has_changed_once() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        fs::write(&one, "1").unwrap();
        fs::write(&other, "2").unwrap();
        let mut watch = ChangeWatch::start(&[one.clone(), other]).unwrap();
        assert_eq!(watch.wait(None, 0).unwrap(), (Vec::new(), false));
        fs::remove_file(&one).unwrap();
        assert_eq!(watch.changes(), Vec::<PathBuf>::new());
        fs::write(&one, "10").unwrap();
        assert_eq!(watch.changes(), [one]);
        assert_eq!(watch.changes(), Vec::<PathBuf>::new());
    }
}
