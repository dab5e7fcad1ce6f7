//! A binary that links no step crate says so, whatever it is asked to do, and does nothing.
//!
//! It needs a binary of its own: every other test binary registers steps. Called with arguments this
//! one is the suite without steps; called without any it is the test, which starts itself.

use std::env;
use std::process::{Command, ExitCode, Stdio};

const COMMANDS: [&[&str]; 3] = [&["run"], &["serve"], &["steps"]];

fn main() -> ExitCode {
    let first = env::args().nth(1);
    match first.as_deref() {
        Some("run" | "serve" | "steps") => harmony_bdd::cli::main(),
        // A test runner that wants to know the tests gets the one there is.
        Some("--list") => list(),
        _ => every_command_says_that_nothing_is_registered(),
    }
}

fn list() -> ExitCode {
    print("a_binary_without_steps: test\n")
}

fn every_command_says_that_nothing_is_registered() -> ExitCode {
    for command in COMMANDS {
        let output = Command::new(env::current_exe().expect("the path of this binary"))
            .args(command)
            .stdin(Stdio::null())
            .output()
            .expect("this binary starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {error}");
        assert!(error.contains("registered no steps"), "{command:?}: {error}");
        assert!(error.contains("use my_steps as _;"), "{command:?} says what to do: {error}");
        assert_eq!(error.trim().lines().count(), 1, "{command:?} says it in one line: {error}");
        assert!(output.stdout.is_empty(), "{command:?} leaves stdout alone");
    }
    print("test a_binary_without_steps ... ok\n")
}

fn print(text: &str) -> ExitCode {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
