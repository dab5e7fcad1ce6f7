//! Builds of other packages by the tests. They take the compiled dependencies from the target folder of this
//! workspace, so that the tests do not compile all of them a second time.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the folder of the programs that the tests build.
pub(crate) fn target_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages")
}

/// Returns the command that runs cargo in the folder of a package.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .env("CARGO_TARGET_DIR", target_folder())
        // Known to cargo 1.91 and newer. An older one compiles the dependencies again.
        .env("CARGO_BUILD_BUILD_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
        // As in the manifest of the workspace: dependencies of another profile are others.
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .env_remove("RUSTFLAGS")
        .current_dir(folder);
    cargo
}
