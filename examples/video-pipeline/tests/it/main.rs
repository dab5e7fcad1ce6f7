//! Runs the example with and without a Python.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

#[path = "../../../../zerobuffer/tests/it/python_environment.rs"]
mod python_environment;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use python_environment::python;

/// Exit code, output and process id of the example.
struct Ran {
    code: Option<i32>,
    text: String,
    pid: u32,
}

fn run(program: &Path, prepare: impl FnOnce(&mut Command)) -> Ran {
    let mut command = Command::new(program);
    command
        .args(["run", "features"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("ZEROBUFFER_PYTHON")
        .env_remove("REQUIRE_PEERS")
        .stdout(Stdio::piped());
    prepare(&mut command);
    let child = command.spawn().unwrap();
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Ran { code: output.status.code(), text, pid }
}

#[test]
fn scenarios_pass_and_leave_nothing() {
    let Some(python) = python("the video pipeline") else { return };
    let program = Path::new(env!("CARGO_BIN_EXE_video-pipeline"));
    let Ran { code, text, pid } = run(program, |command| {
        command.env("ZEROBUFFER_PYTHON", python);
    });
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("6 scenarios (6 passed)"), "{text}");
    let own = format!("video-{pid}-");
    for folder in ["/dev/shm", "/tmp/zerobuffer"] {
        let left: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains(&own))
            .collect();
        assert!(left.is_empty(), "{folder}: {left:?}");
    }
}

#[test]
fn scenarios_are_skipped_without_python_or_fail_if_required() {
    // Outside of a target folder no environment can be created, and no interpreter is configured.
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("video-pipeline");
    fs::copy(env!("CARGO_BIN_EXE_video-pipeline"), &program).unwrap();
    let Ran { code, text, .. } = run(&program, |_| {});
    // A run without executed scenarios fails.
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("skipped: no Python with zerobuffer-ipc"), "{text}");
    assert!(text.contains("6 scenarios (6 skipped)"), "{text}");

    let Ran { code, text, .. } = run(&program, |command| {
        command.env("REQUIRE_PEERS", "1");
    });
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("REQUIRE_PEERS=1, but no Python"), "{text}");
    assert!(text.contains("6 scenarios (6 failed)"), "{text}");
}
