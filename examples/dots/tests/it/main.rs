//! Runs the binary and checks what the reporter prints.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_dots");
    Command::new(program).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn scenarios_are_dots() {
    let calculator = Path::new(env!("CARGO_MANIFEST_DIR")).join("../calculator");
    let output = run(&calculator, &["features"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("........\n8 of 8 passed in "), "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn failure_names_its_step() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Feature: f\n  Scenario: s\n    Given a calculator\n    When I add 1\n    Then it shows 2\n  Scenario: t\n    Given a calculator\n";
    std::fs::write(folder.path().join("a.feature"), text).unwrap();
    let output = run(folder.path(), &["-j", "1", "a.feature"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let expected = "F.\na.feature:2:3: s: \"it shows 2\" failed\n1 of 2 passed in ";
    assert!(text.starts_with(expected), "{text}");
}
