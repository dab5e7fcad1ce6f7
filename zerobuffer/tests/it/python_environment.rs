//! A Python with the peer library, in a virtual environment that the tests make for themselves.
//!
//! The tests of more than one package use this file; the environment is made once per target
//! folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PACKAGES: [&str; 2] = ["zerobuffer-ipc==1.3.0", "posix-ipc"];

/// The Python to start. `None`, with a message, if it is not available; a failure instead if
/// `REQUIRE_PEERS=1`.
pub(crate) fn python(needed_for: &str) -> Option<PathBuf> {
    match environment() {
        Ok(python) => Some(python),
        Err(reason) => {
            let required = std::env::var("REQUIRE_PEERS").is_ok_and(|value| value == "1");
            assert!(!required, "REQUIRE_PEERS=1, but there is no Python peer: {reason}");
            // Straight to stderr: what a passing test prints with a macro is swallowed.
            let _ = writeln!(std::io::stderr(), "\nSKIPPED {needed_for}: {reason}\n");
            None
        }
    }
}

fn environment() -> Result<PathBuf, String> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let home = cache.join("zerobuffer-python");
    let python = home.join("bin/python");
    let text = |error: std::io::Error| error.to_string();
    fs::create_dir_all(cache).map_err(text)?;
    let lock = File::create(cache.join("zerobuffer-python.lock")).map_err(text)?;
    // Held until this function returns: the tests of several packages may come here at once.
    lock.lock().map_err(text)?;
    let usable = || run(Command::new(&python).args(["-c", "import zerobuffer, posix_ipc"]));
    if usable().is_ok() {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    usable()?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{command:?}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
