//! Finds or installs a Python with the library `zerobuffer-ipc`.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use harmony_bdd::Outcome;

const PACKAGES: [&str; 2] = ["zerobuffer-ipc==1.3.0", "posix-ipc"];
const IMPORT: &str = "import zerobuffer, posix_ipc";

/// Returns the interpreter named by `ZEROBUFFER_PYTHON`, or that of a virtual environment in the
/// target folder, which is created if necessary.
///
/// # Errors
/// Returns the outcome of a step without a Python: skipped, or failed with `REQUIRE_PEERS=1`.
pub fn python() -> Result<PathBuf, Outcome> {
    let named = env::var_os("ZEROBUFFER_PYTHON").map(PathBuf::from);
    named.map_or_else(environment, Ok).map_err(|reason| {
        let reason = format!("no Python with {} is available: {reason}", PACKAGES.join(" and "));
        match env::var("REQUIRE_PEERS").as_deref() {
            Ok("1") => Outcome::from(harmony_bdd::model::Failure::new(
                harmony_bdd::model::FailureKind::Error,
                format!("REQUIRE_PEERS=1, but {reason}"),
            )),
            _ => Outcome::skip(reason),
        }
    })
}

fn environment() -> Result<PathBuf, String> {
    let text = |error: std::io::Error| error.to_string();
    let program = env::current_exe().map_err(text)?;
    // Cargo's lock file in the folder of a profile; the parent is the target folder.
    let target = program
        .ancestors()
        .find(|folder| folder.join(".cargo-lock").exists())
        .and_then(Path::parent)
        .ok_or("this program is not in a target folder, and ZEROBUFFER_PYTHON is not set")?;
    let cache = target.join("tmp");
    let home = cache.join("zerobuffer-python");
    let python = home.join("bin/python");
    fs::create_dir_all(&cache).map_err(text)?;
    let lock = File::create(cache.join("zerobuffer-python.lock")).map_err(text)?;
    // Held until this function returns: scenarios and tests may install at the same time.
    lock.lock().map_err(text)?;
    if run(&python, &["-c", IMPORT]).is_err() {
        let home = home.to_string_lossy();
        run(Path::new("python3"), &["-m", "venv", "--clear", &home])?;
        run(&python, &[&["-m", "pip", "install", "--quiet"], &PACKAGES[..]].concat())?;
        run(&python, &["-c", IMPORT])?;
    }
    Ok(python)
}

fn run(program: &Path, arguments: &[&str]) -> Result<(), String> {
    let message = |reason: &str| format!("{} {}: {reason}", program.display(), arguments.join(" "));
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(message(String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Err(message(&error.to_string())),
    }
}
