//! The installation of the Python library, in a run whose output is a pipe, as in CI.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

const SUITE: &str = env!("CARGO_BIN_EXE_zerobuffer-suite");

/// A Python that installs the library only once the file `go` is there, and then runs the suite as serve process.
const PYTHON: &str = r#"#!/bin/sh
case "$*" in
    *venv*)
        for environment in "$@"; do :; done
        mkdir -p "$environment/bin"
        cp "$0" "$environment/bin/python" ;;
    *import*) [ -e "$FOLDER/installed" ] ;;
    *pip*)
        # The pipe ends when the test lets the installation go on.
        cat "$FOLDER/go"
        touch "$FOLDER/installed" ;;
    *) exec "$SUITE" serve ;;
esac
"#;

/// Runs a scenario with a Python whose installation waits; returns the output.
fn output_of_slow_start(format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("python3"), PYTHON).unwrap();
    fs::set_permissions(path("python3"), Permissions::from_mode(0o755)).unwrap();
    nix::unistd::mkfifo(&path("go"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let serve = concat!(env!("CARGO_MANIFEST_DIR"), "/python-serve.sh");
    let config = serde_json::json!({"platforms": {"python": {"executable": serve, "startTimeoutMs": 60_000}}});
    fs::write(path("harmony-config.json"), config.to_string()).unwrap();
    let search = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut run = Command::new(SUITE)
        .args(["harmony", "--platforms", "python", "1.1", "--format", format, "--color", "never"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .env("HARMONY_CONFIG_PATH", path("harmony-config.json"))
        .env("PATH", search)
        .env("FOLDER", folder.path())
        .env("SUITE", SUITE)
        .env("CARGO_TARGET_DIR", folder.path())
        .env("HARMONY_BDD_RERUN_FILE", path("last.rerun"))
        .env_remove("ZEROBUFFER_PYTHON")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(run.stdout.take().unwrap());
    let mut output = String::new();
    while !output.contains("it printed: python: installing") {
        assert!(lines.read_line(&mut output).unwrap() > 0, "the run ended: {output}");
    }
    fs::write(path("go"), "").unwrap();
    lines.read_to_string(&mut output).unwrap();
    assert!(run.wait().unwrap().success(), "{output}");
    output
}

#[test]
fn installation_is_reported_at_its_begin_and_at_its_end() {
    for format in ["pretty", "progress"] {
        let output = output_of_slow_start(format);
        let lines: Vec<&str> = output.lines().filter(|line| line.contains("(python)")).collect();
        assert!(lines[0].starts_with("starting "), "{output}");
        assert!(lines.last().unwrap().starts_with("waited "), "{output}");
        assert!(output.contains("1 scenario (1 passed)"), "{output}");
    }
}
