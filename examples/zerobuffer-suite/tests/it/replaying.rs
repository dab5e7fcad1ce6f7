//! `harmony replay` with the serve processes of Rust and Python.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::command_line::stdout;
use crate::harmony_run::{finish, harmony, suite};
use crate::python_environment::python;

/// A reader that needs no writer.
const ALONE: &str = "\
Feature: Alone
  Scenario: 77.1 - A reader creates its buffer
    Given the test environment is initialized
    And all processes are ready
    And the 'reader' process creates buffer 'alone' with metadata size '1024' and payload size '10240'
";

/// Runs a scenario with Rust alone; returns its trace.
fn record(folder: &Path, selector: &str) -> PathBuf {
    let trace = folder.join("trace.jsonl");
    let mut command = harmony(&["--platforms", "rust", "--trace"]);
    let output = finish(command.arg(&trace).arg(selector).spawn().unwrap());
    assert!(output.status.success(), "{}", stdout(&output));
    trace
}

fn replay(trace: &Path, role: &str, python: Option<&str>) -> Output {
    let mut command = suite(&["harmony", "replay"]);
    command.arg(trace).args(["--role", role]);
    if let Some(python) = python {
        command.args(["--platform", "python"]).env("ZEROBUFFER_PYTHON", python);
    }
    finish(command.spawn().unwrap())
}

#[test]
fn rust_and_python_reply_as_recorded_of_rust() {
    let folder = tempfile::tempdir().unwrap();
    let feature = folder.path().join("77-Alone.feature");
    fs::write(&feature, ALONE).unwrap();
    let trace = record(folder.path(), feature.to_str().unwrap());
    let output = replay(&trace, "reader", None);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(
        stdout(&output).contains("reader (rust): 5 replies, as recorded"),
        "{}",
        stdout(&output)
    );
    let Some(python) = python("the replay with Python") else { return };
    let output = replay(&trace, "reader", Some(python.to_str().unwrap()));
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).contains("reader (python): 5 replies, as recorded"));
}

#[test]
fn writer_without_its_reader_is_a_difference() {
    let folder = tempfile::tempdir().unwrap();
    let trace = record(folder.path(), "1.1");
    let output = replay(&trace, "writer", None);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let difference = "\
  executeStep: the 'writer' process connects to buffer 'solo' (id 6)
    success
      - true
      + false
    error
      - nothing
      + \"";
    assert!(text.contains(difference), "{text}");
}
