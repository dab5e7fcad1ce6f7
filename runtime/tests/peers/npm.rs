//! Packages of others from npm, which tests hold this crate against.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder whose `node_modules` holds these packages, each written `name@version`, installed once.
/// `None`, said loudly, where they cannot be had; a failure instead where `REQUIRE_PEERS=1`.
pub(crate) fn installed(folder: &str, packages: &[&str]) -> Option<PathBuf> {
    match install(folder, packages) {
        Ok(folder) => Some(folder),
        Err(reason) => {
            missing(&format!("{}: {reason}", packages.join(", ")));
            None
        }
    }
}

/// Fails where peers are required, and says loudly what was not tested otherwise.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
pub(crate) fn missing(what: &str) {
    let required = std::env::var_os("REQUIRE_PEERS").is_some_and(|value| value == "1");
    assert!(!required, "REQUIRE_PEERS=1, and there is no {what}");
    eprintln!("\nSKIPPED, not tested against {what}\n");
}

fn install(folder: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let told = |error: io::Error| error.to_string();
    fs::create_dir_all(cache.join(folder)).map_err(told)?;
    let lock = File::create(cache.join(format!("{folder}.lock"))).map_err(told)?;
    // Tests of several processes may want it at the same time.
    lock.lock().map_err(told)?;
    let folder = cache.join(folder);
    if packages.iter().all(|package| is_there(&folder, package)) {
        return Ok(folder);
    }
    fs::write(folder.join("package.json"), "{\"private\": true}").map_err(told)?;
    // Without scripts: what these packages are used for needs none.
    let output = Command::new("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"])
        .args(packages)
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm: {error}"))?;
    match output.status.success() {
        true => Ok(folder),
        false => Err(format!("npm install: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// Whether the package is installed in just this version.
fn is_there(folder: &Path, package: &str) -> bool {
    let Some((name, version)) = package.rsplit_once('@') else { return false };
    let manifest = folder.join("node_modules").join(name).join("package.json");
    let manifest = fs::read_to_string(manifest).unwrap_or_default();
    manifest.contains(&format!("\"version\": \"{version}\""))
}
