//! Keeps other programs from clearing away what a scenario leaves lying about on purpose.
//!
//! Readers of other implementations sweep this machine for buffers whose lock nobody holds and whose
//! processes are dead. Until the reader comes that a scenario is about, the lock is held for it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::BufferFiles;

/// Holds the lock of an abandoned buffer.
#[derive(Debug, Default)]
pub struct SweepGuard(Option<File>);

impl SweepGuard {
    /// Makes the lock file of a buffer; nobody but this guard ever holds it.
    ///
    /// # Errors
    /// When there is one, or it cannot be made.
    pub fn create(&mut self, files: &BufferFiles) -> Result<(), String> {
        let path = files.lock();
        let told = |e: io::Error| format!("{}: {e}", path.display());
        if path.symlink_metadata().is_ok() {
            return Err(told(io::ErrorKind::AlreadyExists.into()));
        }
        // Held before it has its name.
        let nameless = path.with_extension(format!("made-by-{}", std::process::id()));
        let file = File::create_new(&nameless).map_err(told)?;
        file.lock().and_then(|()| fs::rename(&nameless, &path)).map_err(told)?;
        self.0 = Some(file);
        Ok(())
    }

    /// Takes the lock of a buffer that nobody holds.
    ///
    /// # Errors
    /// When there is none, or somebody holds it.
    pub fn hold(&mut self, files: &BufferFiles) -> Result<(), String> {
        let path = files.lock();
        self.0 = Some(take(&path).map_err(|e| format!("{}: {e}", path.display()))?);
        Ok(())
    }

    /// Lets go of the lock.
    pub fn release(&mut self) {
        if let Some(file) = self.0.take() {
            // By name, since a process that is being started may have the file open as well.
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
    fn a_guarded_lock_is_held_until_it_is_released() {
        let files = BufferFiles::of(format!("suite-guarded-{}", std::process::id()));
        let lock = files.lock();
        let _ = fs::create_dir(lock.parent().unwrap());
        let mut guard = SweepGuard::default();
        guard.create(&files).unwrap();
        assert_eq!(files.is_locked(), Ok(true));
        assert!(SweepGuard::default().create(&files).is_err(), "there is one");
        assert!(SweepGuard::default().hold(&files).is_err(), "somebody holds it");
        guard.release();
        assert_eq!(files.is_locked(), Ok(false));
        guard.hold(&files).unwrap();
        assert_eq!(files.is_locked(), Ok(true));
        drop(guard);
        fs::remove_file(lock).unwrap();
    }
}
