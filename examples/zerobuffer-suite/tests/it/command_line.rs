//! The command line: selection, output, and errors for invalid input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs the binary in the repository's root, where `features/` is.
fn suite(arguments: &[&str]) -> Output {
    suite_in(&root(), arguments)
}

fn suite_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zerobuffer-suite"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("HARMONY_HOST_PID")
        .env_remove("HARMONY_FEATURE_ID")
        .output()
        .unwrap()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Asserts exit code 2 and that stderr contains all of `parts`.
fn assert_refused(output: &Output, parts: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

/// Creates a folder with one feature file of this text.
fn feature(text: impl AsRef<[u8]>) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.feature");
    fs::write(&path, text).unwrap();
    let path = path.to_string_lossy().into_owned();
    (folder, path)
}

#[test]
fn number_selects_its_scenarios() {
    let output = suite(&["run", "-v", "1.4"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(text.matches("✓ 1.4").count(), 3, "one line for each row:\n{text}");
    assert!(text.contains("✓ And the 'writer' process commits zero-copy frame"), "{text}");
    assert!(!text.contains("✓ 1.1"), "{text}");
}

#[test]
fn script_passes_selectors_on() {
    let output = Command::new(root().join("test.sh"))
        .args(["-v", "1.1"])
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .unwrap();
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", stderr(&output));
    assert!(text.contains("1 scenario (1 passed), 9 steps (9 passed)"), "{text}");
}

#[test]
fn undefined_step_shows_a_snippet() {
    let (_folder, path) = feature(
        "Feature: f\n  Scenario: s\n    When the 'moon' rises over 3 hills\n    Then all is well\n",
    );
    let output = suite(&["run", &path]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("no definition matches this step"), "{text}");
    assert!(text.contains(":3:5"), "{text}");
    assert!(text.contains("#[when("), "a snippet to paste:\n{text}");
    assert!(text.contains("fn "), "{text}");
}

#[test]
fn failing_step_is_reported_with_location_and_reason() {
    let (_folder, path) = feature(
        "Feature: f\n  Scenario: s\n    When the 'reader' process signals space available\n    \
         Then no sequence errors should have occurred\n",
    );
    let output = suite(&["run", &path]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("this process has created no buffer in this scenario"), "{text}");
    assert!(text.contains("basic_communication.rs:"), "{text}");
    assert!(text.contains("2 steps (1 failed, 1 skipped)"), "{text}");
}

#[test]
fn run_without_steps_fails() {
    let (_folder, path) = feature("Feature: f\n  Scenario: s\n");
    assert_eq!(suite(&["run", &path]).status.code(), Some(1));
}

#[test]
fn missing_path_is_named() {
    assert_refused(&suite(&["run", "no/such.feature"]), &["no/such.feature", "No such file"]);
    let elsewhere = tempfile::tempdir().unwrap();
    assert_refused(&suite_in(elsewhere.path(), &["run"]), &["features", "name a feature file"]);
}

#[test]
fn folder_without_features_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_string_lossy().into_owned();
    assert_refused(&suite(&["run", &path]), &[&path, "no .feature file"]);
}

#[test]
fn unreadable_path_is_named() {
    // A path below a file cannot be read, not even by root.
    let (_folder, path) = feature("Feature: f\n");
    assert_refused(&suite(&["run", &format!("{path}/below.feature")]), &["below.feature"]);
}

#[test]
fn invalid_utf8_is_refused_with_the_byte() {
    let (_folder, path) = feature(b"Feature: f\n  Scenario: caf\xe9\n");
    assert_refused(&suite(&["run", &path]), &[":2", "not UTF-8", "0xE9"]);
}

#[test]
fn line_without_a_scenario_is_refused() {
    let (_folder, path) = feature("Feature: f\n\n  Scenario: s\n    * a step\n");
    assert_refused(&suite(&["run", &format!("{path}:1")]), &[":1", "no scenario"]);
}

#[test]
fn all_invalid_files_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let stray = "Feature: a\n  Scenario: s\n    Given a step\n    a stray line\n";
    fs::write(folder.path().join("a.feature"), stray).unwrap();
    fs::write(folder.path().join("b.feature"), "no feature at all\n").unwrap();
    let output = suite(&["run", &folder.path().to_string_lossy()]);
    assert_refused(&output, &["a.feature:4:5", "b.feature:1:1"]);
}

#[test]
fn unknown_words_are_refused_with_the_known_ones() {
    assert_refused(&suite(&["run", "--bogus"]), &["unexpected option '--bogus'", "`--help`"]);
    assert_refused(&suite(&["frobnicate"]), &["unknown command 'frobnicate'", "run"]);
    assert_refused(&suite(&["run", "99.1"]), &["nothing matches \"99.1\""]);
    assert_refused(&suite(&["run", "-j", "0"]), &["--jobs", "\"0\""]);
    assert_refused(&suite(&["run", "--step-timeout", "-1"]), &["--step-timeout", "\"-1\""]);
}

#[test]
fn steps_lists_definitions_with_locations() {
    let output = suite(&["steps"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("the {string} process commits zero-copy frame"), "{text}");
    assert!(text.contains("basic_communication.rs:"), "{text}");
}
