//! `test.sh`: how its words select a command, platforms and scenarios.

use std::process::{Command, Output};

use crate::command_line::{root, stdout};
use crate::python_environment::python;

/// Runs the script with the platforms configured in the repository.
fn script(arguments: &[&str]) -> Output {
    Command::new(root().join("test.sh"))
        .args(arguments)
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("HARMONY_CONFIG_PATH")
        .output()
        .unwrap()
}

#[track_caller]
fn assert_passes(arguments: &[&str], part: &str) {
    let output = script(arguments);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{output:?}");
    assert!(text.contains(part), "{part:?} is missing in\n{text}");
}

#[track_caller]
fn assert_lists_platforms(arguments: &[&str], unknown: &str) {
    let output = script(arguments);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains(&format!("unknown platform {unknown}")), "{text}");
    assert!(text.contains("platforms: rust, python, or all"), "{text}");
}

#[test]
fn number_and_star_select_feature_file() {
    assert_passes(&["2.*", "--dry-run"], "Feature: Process lifecycle");
}

#[test]
fn one_platform_is_used_for_all_roles() {
    assert_passes(&["rust", "1.1"], "[reader=rust, writer=rust]");
}

#[test]
fn flags_may_precede_platform() {
    assert_passes(&["-v", "rust", "1.1"], "[reader=rust, writer=rust]");
}

#[test]
fn hyphen_joins_platforms() {
    let Some(_) = python("test.sh python-rust") else { return };
    assert_passes(&["python-rust", "1.1"], "[reader=python, writer=rust]");
}

#[test]
fn all_runs_every_combination() {
    let Some(_) = python("test.sh all") else { return };
    assert_passes(&["all", "1.1"], "4 scenarios (4 passed)");
}

#[test]
fn unknown_platform_before_number_is_refused() {
    assert_lists_platforms(&["cobol", "1.1"], "cobol");
}

#[test]
fn unknown_platform_in_combination_is_refused() {
    assert_lists_platforms(&["rust-cobol"], "cobol");
}

#[test]
fn word_of_no_feature_is_refused_as_platform() {
    assert_lists_platforms(&["cobol"], "cobol");
}
