//! A Python that has the ring's library for Python.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use harmony_bdd::Outcome;

const PACKAGES: [&str; 2] = ["zerobuffer-ipc==1.3.0", "posix-ipc"];
const IMPORT: &str = "import zerobuffer, posix_ipc";

/// The interpreter that `ZEROBUFFER_PYTHON` names, or one of a virtual environment below the target
/// folder, made now if it is not there.
///
/// # Errors
/// What becomes of a step without one: it is skipped, and with `REQUIRE_PEERS=1` it fails.
pub fn python() -> Result<PathBuf, Outcome> {
    let named = env::var_os("ZEROBUFFER_PYTHON").map(PathBuf::from);
    named.map_or_else(environment, Ok).map_err(|reason| {
        let reason = format!("there is no Python with {}: {reason}", PACKAGES.join(" and "));
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
    // Cargo locks the folder of a profile by this file; the target folder is above it.
    let target = program
        .ancestors()
        .find(|folder| folder.join(".cargo-lock").exists())
        .and_then(Path::parent)
        .ok_or("this program is in no target folder, and ZEROBUFFER_PYTHON names none")?;
    let cache = target.join("tmp");
    let home = cache.join("zerobuffer-python");
    let python = home.join("bin/python");
    fs::create_dir_all(&cache).map_err(text)?;
    let lock = File::create(cache.join("zerobuffer-python.lock")).map_err(text)?;
    // Held until this function returns: scenarios and tests come here at once.
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
    let told = |reason: &str| format!("{} {}: {reason}", program.display(), arguments.join(" "));
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(told(String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Err(told(&error.to_string())),
    }
}
