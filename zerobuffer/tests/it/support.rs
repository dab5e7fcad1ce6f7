//! Names of their own for every test, and a look at the system from outside the crate.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A buffer name no other test uses. On drop it removes what a failed test left behind.
pub(crate) struct TestName(String);

impl TestName {
    pub(crate) fn new(topic: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(format!("zb-test-{topic}-{}-{count}", std::process::id()))
    }

    pub(crate) fn shm_path(&self) -> PathBuf {
        Path::new("/dev/shm").join(&self.0)
    }

    pub(crate) fn semaphore_path(&self, letter: char) -> PathBuf {
        Path::new("/dev/shm").join(format!("sem.sem-{letter}-{}", self.0))
    }

    pub(crate) fn lock_path(&self) -> PathBuf {
        Path::new("/tmp/zerobuffer").join(format!("{}.lock", self.0))
    }

    pub(crate) fn paths(&self) -> [PathBuf; 4] {
        [self.shm_path(), self.semaphore_path('w'), self.semaphore_path('r'), self.lock_path()]
    }

    /// Which of the objects of this name exist.
    pub(crate) fn remains(&self) -> Vec<PathBuf> {
        self.paths().into_iter().filter(|path| path.symlink_metadata().is_ok()).collect()
    }
}

impl std::ops::Deref for TestName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for TestName {
    fn drop(&mut self) {
        for path in self.remains() {
            let _ = std::fs::remove_file(path);
        }
    }
}
