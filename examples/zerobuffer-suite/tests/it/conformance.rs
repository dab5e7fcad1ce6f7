//! Whole feature files in one process: they pass and leave nothing.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::command_line::{root, stdout};
use crate::leftovers;
use crate::reference_features::reference_features;

/// Scenarios of the reference features that contradict themselves; the README gives the reasons.
const CONTRADICTORY: [&str; 4] = ["13.6", "4.8", "5.5", "6.1"];

/// Runs `path`, or else the folder `features`, in its own process; returns its output and its exit code.
fn run(path: Option<&Path>) -> (String, Option<i32>) {
    let child = Command::new(env!("CARGO_BIN_EXE_zerobuffer-suite"))
        .arg("run")
        .args(path)
        .current_dir(root())
        .env_remove("HARMONY_HOST_PID")
        .env_remove("HARMONY_FEATURE_ID")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    // Buffer names end with the process id and a number, with `child` in between for child
    // processes.
    leftovers::assert_none(&format!("_{pid}_"));
    leftovers::assert_none(&format!("_{pid}child_"));
    (stdout(&output), output.status.code())
}

#[test]
fn run_without_a_path_passes_our_features_and_leaves_nothing() {
    let (text, code) = run(None);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Feature: Basic communication"), "{text}");
    for number in 1..=7 {
        assert!(text.contains(&format!("✓ 1.{number} ")), "1.{number} is missing in:\n{text}");
    }
    assert!(text.contains("skipped: needs Windows"), "{text}");
}

#[test]
fn reference_features_pass_except_contradictory_ones() {
    let folder = reference_features();
    let ours = root().join("features");
    let mut failed = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "feature") || !ours.join(entry.file_name()).exists()
        {
            continue;
        }
        let (text, _) = run(Some(&path));
        let passed = text.lines().filter(|line| line.contains(" s ✓ Test ")).count();
        assert!(passed > 0, "{text}");
        failed.extend(text.lines().filter_map(|line| {
            let number = line.split_once(" s ✗ Test ")?.1.split(' ').next()?;
            Some(number.to_owned())
        }));
    }
    failed.sort();
    assert_eq!(failed, CONTRADICTORY);
}
