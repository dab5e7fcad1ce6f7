//! The command `mutate`, in this process and across processes.

use std::fs;

use serde_json::Value;

use crate::command_line::stdout;
use crate::harmony_run::suite;

const FEATURE: &str = "\
Feature: Comet
  Scenario: 79.1 returns
    # @mutate.equal(metadata size, payload size: any buffer)
    Given the 'reader' process creates buffer 'comet' with metadata size '64' and payload size '4096'
    When the 'writer' process connects to buffer 'comet'
    And the 'writer' process writes frame with sequence '1'
    Then the 'reader' process should read frame with sequence '1'
";

/// Returns the findings for the scenario. Steps wait for 1 s at most, so that they fail before the
/// timeout of a mutant.
fn findings(options: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("79-Comet.feature");
    fs::write(&path, FEATURE).unwrap();
    let mut command = suite(&["mutate", "--format", "json", "--min-timeout", "20"]);
    command.args(["--set", "zerobuffer.buffer_timeout_ms=1000"]).args(options).arg(&path);
    let output = command.output().unwrap();
    let found: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(output.status.code(), Some(0), "{found:#}{output:?}");
    let all = found["findings"].as_array().unwrap().clone();
    let unnoticed = all.iter().filter(|finding| finding["verdict"] == "unnoticed");
    assert_eq!(unnoticed.count(), 0, "{found:#}");
    all
}

fn changes(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|finding| finding["change"].as_str().unwrap()).collect()
}

#[test]
fn steps_notice_every_change_in_one_process() {
    let findings = findings(&[]);
    assert!(changes(&findings).contains(&"leave-out"), "{findings:#?}");
    assert!(!changes(&findings).contains(&"swap-role"), "{findings:#?}");
}

#[test]
fn steps_notice_that_another_role_executes_them() {
    let findings = findings(&["--combo", "rust_rust"]);
    let swapped = changes(&findings).iter().filter(|change| **change == "swap-role").count();
    assert_eq!(swapped, 4, "one for each step: {findings:#?}");
    let rerun = findings[0]["rerun"].as_str().unwrap();
    assert!(rerun.contains(" --combo reader=rust,writer=rust "), "{rerun}");
}
