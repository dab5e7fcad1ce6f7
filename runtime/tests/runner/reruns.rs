//! Running again: what failed, and what changed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::suite::Suite;

const FEATURE: &str = "\
Feature: f
  Scenario: good
    Given all is well
  Scenario Outline: row <n>
    When it takes <n> of 256
    Examples:
      | n   |
      | 1   |
      | 300 |
";

#[test]
fn a_rerun_file_selects_what_failed() {
    let suite = Suite::new(FEATURE);
    suite.run(&["run", "--report", "rerun=again.txt"]).assert(1, &["(2 passed, 1 failed)"]);
    assert_eq!(suite.read("again.txt"), "features/a.feature:9\n");
    let ran = suite.run(&["run", "--rerun", "again.txt", "--report", "rerun=again.txt"]);
    assert_eq!(ran.scenarios(), ["row 300 (example at line 9)"], "{ran:?}");
    suite.write("features/a.feature", &FEATURE.replace("300", "200"));
    suite
        .run(&["run", "--rerun", "again.txt", "--report", "rerun=again.txt"])
        .assert(0, &["1 passed"]);
    suite.run(&["run", "--rerun", "again.txt"]).refused(1, &["again.txt: lists no scenario"]);
    suite.run(&["run", "--rerun", "gone.txt"]).refused(2, &["gone.txt", "No such file"]);
}

#[test]
fn a_report_that_cannot_be_written_ends_the_run_before_it_begins() {
    let suite =
        Suite::new("Feature: f\n  Scenario: a\n    When it notes \"x\" in \"notes\" for 0 ms\n");
    suite
        .run(&[
            "run",
            "--report",
            "rerun=features/a.feature/no/file",
            "--report",
            "rerun=a",
            "--report",
            "rerun=a",
        ])
        .refused(
            2,
            &[
                "cannot write report features/a.feature/no/file: ",
                "a: used by more than one --report",
            ],
        );
    assert!(!suite.path("notes").exists());
    suite.run(&["run", "--report", "tap=x", "--report", "rerun"]).refused(
        2,
        &["unknown report kind \"tap\"; expected one of: junit,", "expected KIND=FILE"],
    );
}

#[test]
fn watching_runs_what_changed_until_it_is_stopped() {
    let suite = Suite::new(FEATURE);
    suite.write("features/b.feature", "Feature: other\n  Scenario: b\n    Given all is well\n");
    let mut command = suite.command(&["run", "--watch", "-q"]);
    let mut child = Watching(command.stdout(Stdio::piped()).spawn().unwrap());
    let (sender, lines) = mpsc::channel();
    let out = BufReader::new(child.0.stdout.take().unwrap());
    thread::spawn(move || {
        out.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)))
    });
    let summary = || loop {
        let line = lines.recv_timeout(Duration::from_secs(60)).unwrap();
        if line.contains("scenario") && line.contains("steps (") || line.contains("1 step (") {
            return line;
        }
    };
    assert!(summary().starts_with("4 scenarios (3 passed, 1 failed)"));
    // Written again and again: the first writes may come before the watch.
    let changed = loop {
        suite.write("features/a.feature", &FEATURE.replace("300", "200"));
        match lines.recv_timeout(Duration::from_millis(500)) {
            Ok(line) if line.contains("3 scenarios") => break line,
            Ok(_) | Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(error) => panic!("the suite ended: {error}"),
        }
    };
    assert!(changed.starts_with("3 scenarios (3 passed)"), "{changed}");
    let process = nix::unistd::Pid::from_raw(child.0.id().try_into().unwrap());
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGINT).unwrap();
    assert_eq!(child.0.wait().unwrap().code(), Some(130));
}

/// A suite that goes on until it is stopped; killed when dropped.
struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
