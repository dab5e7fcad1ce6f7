//! A configured `rust` platform that is an older build of this program.

use std::env;
use std::path::{Path, PathBuf};

use super::config::{Config, OWN_PLATFORM};

/// A platform `rust` that is an older build of this program, so that a run would test the old steps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "platform `{OWN_PLATFORM}` is {executable}, which is older than this program; build it again, or \
     remove the platform from the configuration: `{OWN_PLATFORM}` is then this program",
    executable = .executable.display()
)]
pub struct StaleExecutable {
    /// The configured program.
    pub executable: PathBuf,
}

impl Config {
    /// Returns the program of the platform `rust` if it has the name of this program and is older.
    pub fn stale_executable(&self) -> Option<StaleExecutable> {
        let executable = &self.platform(OWN_PLATFORM).ok()?.executable;
        is_stale(executable, &env::current_exe().ok()?)
            .then(|| StaleExecutable { executable: executable.clone() })
    }
}

fn is_stale(executable: &Path, own: &Path) -> bool {
    let modified = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let is_other_build = executable.file_name() == own.file_name()
        && executable.canonicalize().ok() != own.canonicalize().ok();
    is_other_build && modified(executable) < modified(own)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::{Duration, SystemTime};

    use super::*;

    fn file(path: &Path, age: Duration) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn an_older_build_of_this_program_is_stale() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let hour = Duration::from_secs(3600);
        file(&path("debug/suite"), hour);
        file(&path("release/suite"), Duration::ZERO);
        file(&path("debug/other"), hour);
        assert!(is_stale(&path("debug/suite"), &path("release/suite")));
        assert!(!is_stale(&path("release/suite"), &path("debug/suite")), "newer");
        assert!(!is_stale(&path("debug/suite"), &path("debug/suite")), "the same");
        assert!(!is_stale(&path("debug/other"), &path("release/suite")), "another program");
    }
}
