//! Runs the example in two processes.

use std::fs;
use std::process::{Command, Stdio};

#[test]
fn plain_program_reads_all_frames_of_its_child() {
    let output = Command::new(env!("CARGO_BIN_EXE_plain")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    // 1 + 2 + … + 100
    assert_eq!(text, "frames of rising length: 100 frames, 5050 bytes; writer: exit status: 0\n");
}

#[test]
fn scenarios_pass_across_two_processes_without_leaks() {
    let child = Command::new(env!("CARGO_BIN_EXE_two-process-ring"))
        .args(["harmony", "--platforms", "rust", "-v", "features/"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("HARMONY_CONFIG_PATH")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let host = child.id();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    // No scenario is skipped, because each role is a process.
    assert!(text.contains("4 scenarios (4 passed)"), "{text}");
    assert!(text.contains("[reader=rust, writer=rust]"), "{text}");
    let own = format!("_{host}_");
    let left: Vec<_> = fs::read_dir("/dev/shm")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(&own))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
