//! Third-party npm packages that tests compare this crate with.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[path = "required.rs"]
mod required;

pub(crate) use required::missing;

/// Installs these packages, each written `name@version`, and returns the folder of their `node_modules`.
/// If they cannot be installed, prints the reason and returns `None`, or panics with `REQUIRE_PEERS=1`.
pub(crate) fn installed(folder: &str, packages: &[&str]) -> Option<PathBuf> {
    match install(folder, packages) {
        Ok(folder) => Some(folder),
        Err(reason) => {
            missing(&format!("{}: {reason}", packages.join(", ")));
            None
        }
    }
}

/// Installs the packages of a folder with a lock file. If they cannot be installed, prints the reason and
/// returns false, or panics with `REQUIRE_PEERS=1`.
#[allow(dead_code, reason = "not every test target has such a folder")]
pub(crate) fn installed_in(folder: &Path) -> bool {
    let installed = install_locked(folder);
    if let Err(reason) = &installed {
        missing(&format!("{}: {reason}", folder.display()));
    }
    installed.is_ok()
}

fn install_locked(folder: &Path) -> Result<(), String> {
    let text = |error: io::Error| error.to_string();
    let lock = folder.join("package-lock.json");
    let marker = folder.join("node_modules").join(".package-lock.json");
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report-ui.lock");
    let guard = File::create(cache).map_err(text)?;
    // Tests in several processes may install at the same time.
    guard.lock().map_err(text)?;
    let time = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    if time(&marker).is_some_and(|installed| Some(installed) >= time(&lock)) {
        return Ok(());
    }
    let output = Command::new("npm")
        .args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("npm ci: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

fn install(folder: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let text = |error: io::Error| error.to_string();
    fs::create_dir_all(cache.join(folder)).map_err(text)?;
    let lock = File::create(cache.join(format!("{folder}.lock"))).map_err(text)?;
    // Tests in several processes may install at the same time.
    lock.lock().map_err(text)?;
    let folder = cache.join(folder);
    if packages.iter().all(|package| is_installed(&folder, package)) {
        return Ok(folder);
    }
    fs::write(folder.join("package.json"), "{\"private\": true}").map_err(text)?;
    // Without scripts, which the tests do not need.
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

/// Returns whether the package is installed in exactly this version.
fn is_installed(folder: &Path, package: &str) -> bool {
    let Some((name, version)) = package.rsplit_once('@') else { return false };
    let manifest = folder.join("node_modules").join(name).join("package.json");
    let manifest = fs::read_to_string(manifest).unwrap_or_default();
    manifest.contains(&format!("\"version\": \"{version}\""))
}
