//! Prevents other programs from removing buffers that a scenario abandons on purpose.
//!
//! Readers of other implementations remove all unlocked buffers of dead processes on this machine.
//! The guard holds the lock until the reader of the scenario arrives.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::BufferFiles;

/// Holds the lock of an abandoned buffer.
#[derive(Debug, Default)]
pub struct SweepGuard(Option<File>);

impl SweepGuard {
    /// Creates the lock file of a buffer; only this guard ever holds it.
    ///
    /// # Errors
    /// Returns an error if it exists, or cannot be created.
    pub fn create(&mut self, files: &BufferFiles) -> Result<(), String> {
        let path = files.lock();
        let describe = |e: io::Error| format!("{}: {e}", path.display());
        if path.symlink_metadata().is_ok() {
            return Err(describe(io::ErrorKind::AlreadyExists.into()));
        }
        // Locked before it gets its name.
        let nameless = path.with_extension(format!("made-by-{}", std::process::id()));
        let file = File::create_new(&nameless).map_err(describe)?;
        file.lock().and_then(|()| fs::rename(&nameless, &path)).map_err(describe)?;
        self.0 = Some(file);
        Ok(())
    }

    /// Locks an unlocked buffer.
    ///
    /// # Errors
    /// Returns an error if there is no lock file, or it is locked.
    pub fn hold(&mut self, files: &BufferFiles) -> Result<(), String> {
        let path = files.lock();
        self.0 = Some(take(&path).map_err(|e| format!("{}: {e}", path.display()))?);
        Ok(())
    }

    /// Releases the lock.
    pub fn release(&mut self) {
        if let Some(file) = self.0.take() {
            // Unlocked explicitly: a process that is being started may also have the file open, and
            // then closing it here does not release the lock.
            let _ = file.unlock();
        }
    }
}

fn take(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    file.try_lock()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guard_holds_the_lock_until_release() {
        let files = BufferFiles::of(format!("suite-guarded-{}", std::process::id()));
        let lock = files.lock();
        let _ = fs::create_dir(lock.parent().unwrap());
        let mut guard = SweepGuard::default();
        guard.create(&files).unwrap();
        assert_eq!(files.is_locked(), Ok(true));
        assert!(SweepGuard::default().create(&files).is_err(), "there is one");
        assert!(SweepGuard::default().hold(&files).is_err(), "the buffer is locked");
        guard.release();
        assert_eq!(files.is_locked(), Ok(false));
        guard.hold(&files).unwrap();
        assert_eq!(files.is_locked(), Ok(true));
        drop(guard);
        fs::remove_file(lock).unwrap();
    }
}
