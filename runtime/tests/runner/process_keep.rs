//! `harmony --keep-on-failure`: the processes of a failed scenario survive the run.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::processes::suite_of_peers;
use super::suite::Ran;

const FEATURE: &str = "\
Feature: f
  Scenario: well
    Given the 'reader' process leaves a file
  Scenario: bad
    Given the 'reader' process leaves a file
    And the 'writer' process falls
  Scenario: also bad
    Given the 'reader' process falls
";

/// Returns the state and the group of a process; `None` if it does not exist.
fn state_and_group(process: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some((fields[0].to_owned(), fields[2].parse().ok()?))
}

/// Returns whether the process exists and has not ended.
fn runs(process: u32) -> bool {
    state_and_group(process).is_some_and(|(state, _)| state != "Z")
}

/// Returns whether a process holds the streams of the process that leads this group.
fn has_holder(group: u32) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let mut ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.any(|id| {
        let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        command.starts_with(b"sleep\0")
            && state_and_group(id).is_some_and(|(_, leader)| leader == group)
    })
}

/// Runs the command that a line of the output ends with.
fn run_command(ran: &Ran, line: &str) {
    let command = ran.out.lines().find_map(|l| l.trim().strip_prefix(line)).unwrap();
    assert!(Command::new("/bin/sh").args(["-c", command]).status().unwrap().success());
}

#[test]
fn processes_and_shared_memory_of_the_first_failure_are_kept() {
    let suite = suite_of_peers(FEATURE);
    let ran = suite.run(&["harmony", "-p", "a", "--keep-on-failure", "--jobs", "1"]);
    ran.assert(1, &["3 scenarios (1 passed, 2 failed)", "Kept: bad [reader=a, writer=a]\n"]);
    let pids: Vec<u32> =
        ran.out.lines().filter_map(|line| line.split_once(" (a): pid ")?.1.parse().ok()).collect();
    assert_eq!(pids.len(), 2, "{}", ran.out);
    for &pid in &pids {
        assert!(runs(pid) && has_holder(pid), "{pid}: {}", ran.out);
    }
    let kept = ran.out.lines().find(|line| line.starts_with("  /dev/shm/kept_")).unwrap();
    let kept = Path::new(kept.trim());
    assert!(kept.exists());

    run_command(&ran, "end the processes: ");
    while pids.iter().any(|&pid| runs(pid) || has_holder(pid)) {
        std::thread::yield_now();
    }
    run_command(&ran, "then remove the files: ");
    assert!(!kept.exists());
}

#[test]
fn nothing_is_kept_of_a_run_that_passes() {
    let ran = suite_of_peers(FEATURE).run(&["harmony", "-p", "a", "--keep-on-failure", "well"]);
    ran.assert(0, &["1 scenario (1 passed)"]);
    assert!(!ran.out.contains("Kept"), "{}", ran.out);
}
