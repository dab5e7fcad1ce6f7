//! The installation of the Python library, with output to a pipe, as in CI, and to a terminal.

use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nix::pty::{Winsize, openpty};
use tempfile::TempDir;

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

/// A folder with a Python whose installation waits.
struct SlowPython(TempDir);

impl SlowPython {
    fn new() -> Self {
        let slow = Self(tempfile::tempdir().unwrap());
        fs::write(slow.path("python3"), PYTHON).unwrap();
        fs::set_permissions(slow.path("python3"), Permissions::from_mode(0o755)).unwrap();
        nix::unistd::mkfifo(&slow.path("go"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let serve = concat!(env!("CARGO_MANIFEST_DIR"), "/python-serve.sh");
        let config = serde_json::json!({"platforms": {"python": {"executable": serve, "startTimeoutMs": 60_000}}});
        fs::write(slow.path("harmony-config.json"), config.to_string()).unwrap();
        slow
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Returns a command of the suite with this Python.
    fn command(&self, arguments: &[&str]) -> Command {
        let search = format!("{}:{}", self.0.path().display(), std::env::var("PATH").unwrap());
        let mut command = Command::new(SUITE);
        command
            .args(arguments)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .env("HARMONY_CONFIG_PATH", self.path("harmony-config.json"))
            .env("PATH", search)
            .env("FOLDER", self.0.path())
            .env("SUITE", SUITE)
            .env("CARGO_TARGET_DIR", self.0.path())
            .env("HARMONY_BDD_RERUN_FILE", self.path("last.rerun"))
            .env_remove("ZEROBUFFER_PYTHON")
            .stdin(Stdio::null());
        command
    }

    /// Reads `output` until it contains `part`, lets the installation go on, and reads the rest.
    fn install_after(&self, part: &str, mut output: impl Read) -> String {
        let (mut read, mut chunk) = (Vec::new(), [0; 4096]);
        let mut is_waiting = true;
        loop {
            // The end of a terminal is an error.
            let length = output.read(&mut chunk).unwrap_or(0);
            read.extend_from_slice(&chunk[..length]);
            let text = String::from_utf8_lossy(&read).into_owned();
            if is_waiting && text.contains(part) {
                fs::write(self.path("go"), "").unwrap();
                is_waiting = false;
            }
            if length == 0 {
                assert!(!is_waiting, "the run ended: {text}");
                return text;
            }
        }
    }
}

#[test]
fn installation_is_reported_at_its_begin_and_at_its_end() {
    for format in ["pretty", "progress"] {
        let slow = SlowPython::new();
        let arguments =
            ["harmony", "--platforms", "python", "1.1", "--format", format, "--color", "never"];
        let mut run = slow.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let output =
            slow.install_after("it printed: python: installing", run.stdout.take().unwrap());
        assert!(run.wait().unwrap().success(), "{output}");
        let lines: Vec<&str> = output.lines().filter(|line| line.contains("(python)")).collect();
        assert!(lines[0].starts_with("starting "), "{output}");
        assert!(lines.last().unwrap().starts_with("waited "), "{output}");
        assert!(output.contains("1 scenario (1 passed)"), "{output}");
    }
}

#[test]
fn check_reports_the_installation_in_lines() {
    let slow = SlowPython::new();
    let mut check =
        slow.command(&["check", "--platforms", "python", "features/01-BasicCommunication.feature"]);
    let mut check = check.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = slow.install_after("it printed: python: installing", check.stderr.take().unwrap());
    let (first, last) = (lines.lines().next().unwrap(), lines.lines().last().unwrap());
    assert!(first.starts_with("starting python: "), "{lines}");
    assert!(last.starts_with("waited ") && last.ends_with(" for the start of python"), "{lines}");
    let output = check.wait_with_output().unwrap();
    let found = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && found.starts_with("python: "), "{found}");
}

#[test]
fn check_updates_one_line_on_a_terminal() {
    let slow = SlowPython::new();
    let size = Winsize { ws_row: 24, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = openpty(&size, None).unwrap();
    let mut command =
        slow.command(&["check", "--platforms", "python", "features/01-BasicCommunication.feature"]);
    command
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .stdout(Stdio::null())
        .stderr(terminal.slave);
    let mut check = command.spawn().unwrap();
    // The command owns the other end of the terminal, which must be closed for reading to end.
    drop(command);
    let written =
        slow.install_after("starting python: python: installing", File::from(terminal.master));
    assert!(check.wait().unwrap().success(), "{written}");
    assert!(!written.contains('\n'), "{written:?}");
    assert!(written.ends_with("\r\x1b[2K"), "the line is removed: {written:?}");
    let widest = written.split("\r\x1b[2K").map(|line| line.chars().count()).max();
    assert!(widest < Some(60), "{written:?}");
}

#[test]
fn replay_reports_the_installation() {
    let recorded = SlowPython::new();
    let trace = recorded.path("trace.jsonl");
    let trace = trace.to_str().unwrap();
    let arguments = ["harmony", "--platforms", "rust", "1.1", "--trace", trace];
    let run = recorded.command(&arguments).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));

    let slow = SlowPython::new();
    let arguments = ["harmony", "replay", trace, "--role", "reader", "--platform", "python"];
    let mut replay = slow.command(&arguments);
    let mut replay = replay.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = slow.install_after("it printed: python: installing", replay.stderr.take().unwrap());
    assert!(lines.starts_with("starting python: "), "{lines}");
    assert!(lines.contains(" for the start of python"), "{lines}");
    let found = String::from_utf8(replay.wait_with_output().unwrap().stdout).unwrap();
    assert!(found.contains("reader (python)"), "{found}");
}
