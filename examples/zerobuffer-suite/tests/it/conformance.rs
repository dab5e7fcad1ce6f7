//! Whole feature files played in one process: what passes, and what is left afterwards.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::command_line::{root, stdout};
use crate::leftovers;

/// Scenarios of the reference features whose text contradicts itself; the README gives the reasons.
const CONTRADICTORY: [&str; 4] = ["13.6", "4.8", "5.5", "6.1"];

/// Plays `path` in a process of its own; gives what it printed and its exit code.
fn play(path: &Path) -> (String, Option<i32>) {
    let child = Command::new(env!("CARGO_BIN_EXE_zerobuffer-suite"))
        .arg("run")
        .arg(path)
        .current_dir(root())
        .env_remove("HARMONY_HOST_PID")
        .env_remove("HARMONY_FEATURE_ID")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    // Names end with the process and a number; those of child processes with `child` in between.
    leftovers::assert_none(&format!("_{pid}_"));
    leftovers::assert_none(&format!("_{pid}child_"));
    (stdout(&output), output.status.code())
}

#[test]
fn all_our_features_pass_and_leave_nothing() {
    let (text, code) = play(&root().join("features"));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("skipped: needs Windows"), "{text}");
}

#[test]
fn the_reference_features_pass_but_for_what_contradicts_itself() {
    let folder = root().join("../shared/reference-features");
    if !folder.exists() {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    }
    let ours = root().join("features");
    let mut failed = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "feature") || !ours.join(entry.file_name()).exists()
        {
            continue;
        }
        let (text, _) = play(&path);
        let passed = text.lines().filter(|line| line.starts_with("  ✓ Test ")).count();
        assert!(passed > 0, "{text}");
        failed.extend(text.lines().filter_map(|line| {
            let number = line.strip_prefix("  ✗ Test ")?.split(' ').next()?;
            Some(number.to_owned())
        }));
    }
    failed.sort();
    assert_eq!(failed, CONTRADICTORY);
}
