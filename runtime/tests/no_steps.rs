//! A binary without step crates reports that for every command, and does nothing.
//!
//! A separate binary, since every other test binary registers steps. With arguments it is the suite
//! without steps; without arguments it is the test, which starts itself.

use std::env;
use std::process::{Command, ExitCode, Stdio};

const COMMANDS: [&[&str]; 3] = [&["run"], &["serve"], &["steps"]];

fn main() -> ExitCode {
    let first = env::args().nth(1);
    match first.as_deref() {
        Some("run" | "serve" | "steps" | "check") => harmony_bdd::cli::main(),
        // A test runner lists the tests.
        Some("--list") => list(),
        _ => every_command_reports_missing_steps(),
    }
}

fn list() -> ExitCode {
    print("a_binary_without_steps: test\n")
}

fn every_command_reports_missing_steps() -> ExitCode {
    for command in COMMANDS {
        let output = Command::new(env::current_exe().expect("the path of this binary"))
            .args(command)
            .stdin(Stdio::null())
            .output()
            .expect("this binary starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {error}");
        assert!(error.contains("no step definitions are linked"), "{command:?}: {error}");
        assert!(error.contains("use my_steps as _;"), "{command:?} gives no help: {error}");
        assert_eq!(
            error.trim().lines().count(),
            1,
            "{command:?} prints more than one line: {error}"
        );
        assert!(output.stdout.is_empty(), "{command:?} prints to stdout");
    }
    other_platforms_are_checked();
    print("test a_binary_without_steps ... ok\n")
}

/// The definitions of other platforms are those of their serve processes.
fn other_platforms_are_checked() {
    let output = Command::new(env::current_exe().expect("the path of this binary"))
        .args(["check", "--platforms", "elsewhere", "tests/bound/basket.feature"])
        .output()
        .expect("this binary starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("no platform `elsewhere`"), "{error}");
}

fn print(text: &str) -> ExitCode {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
