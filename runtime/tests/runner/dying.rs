//! Runs whose process dies: the death is a failure of what ran, and all reports are complete.

use std::io::{BufReader, Read};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::suite::{Ran, SUPERVISED, Suite, read_notice_of_stop};

/// Runs a passing scenario, one whose only interesting step is `step`, and one that would fail.
fn run_with(step: &str, arguments: &[&str]) -> (Suite, Ran) {
    let suite = Suite::new(&format!(
        "Feature: f
  Scenario: before
    Given all is well
  Scenario: dying
    When it prints 'last words' and logs 'a log'
    When {step}
    Then all is well
  Scenario: after
    When the roof burns
"
    ));
    let ran = suite.supervised(&[&["run", "-j1"], arguments].concat());
    (suite, ran)
}

/// Asserts that the run failed, and that standard error contains every one of `parts`.
#[track_caller]
fn assert_death(ran: &Ran, parts: &[&str]) {
    ran.refused(1, &["error: the process of the run ", "scenario: dying (features/a.feature:4)"]);
    ran.refused(1, parts);
}

#[test]
fn exit_in_a_step_fails_the_run() {
    let (_, ran) = run_with("the process exits with 0", &[]);
    assert_death(
        &ran,
        &["exited with code 0", "the step When the process exits with 0 (features/a.feature:6:5)"],
    );
    ran.assert(1, &["✓ before", "✗ dying", "3 scenarios (1 passed, 1 failed, 1 not run)"]);
    ran.assert(
        1,
        &[
            "error: the process exited with code 0 while this step ran",
            "definition: runtime/tests/runner/steps.rs:",
        ],
    );
}

#[test]
fn exit_in_a_thread_of_a_step_fails_the_run() {
    let (_, ran) = run_with("a thread exits with 0", &[]);
    assert_death(&ran, &["exited with code 0", "the step When a thread exits with 0"]);
}

#[test]
fn exit_without_another_process_that_waits_fails_the_run() {
    for step in ["the process exits with 0", "a thread exits with 0"] {
        let suite = Suite::new(&format!("Feature: f\n  Scenario: dying\n    When {step}\n"));
        for arguments in [&["run", "--no-capture"][..], &["run"]] {
            let ran = suite.run(arguments);
            ran.refused(1, &["error: the process exits before the run has finished"]);
            ran.refused(1, &["scenario: dying (features/a.feature:2)"]);
            ran.refused(1, &[&format!("the step When {step} (features/a.feature:3:5)")]);
        }
    }
}

#[test]
fn exit_after_a_run_keeps_its_code() {
    let suite = Suite::new("Feature: f\n  Scenario: right\n    Given all is well\n");
    suite.run(&["run"]).assert(0, &["1 scenario (1 passed)"]);
}

#[test]
fn exit_of_a_forked_child_keeps_its_code() {
    let suite = Suite::new("Feature: f\n  Scenario: right\n    When a forked child exits with 0\n");
    suite.run(&["run"]).assert(0, &["1 scenario (1 passed)"]);
}

#[test]
fn abort_in_a_step_is_reported() {
    let (_, ran) = run_with("the process aborts", &[]);
    assert_death(&ran, &["was killed by signal 6 (SIGABRT)", "the step When the process aborts"]);
}

#[test]
fn both_panics_of_a_step_are_reported() {
    let (_, ran) = run_with("it panics twice", &[]);
    let panics = ["the first panic", "the second panic"].map(located);
    let panics = panics.each_ref().map(String::as_str);
    assert_death(&ran, &panics);
    ran.assert(1, &panics);
}

/// Returns the message of a panic in the steps with its location, as it is reported.
fn located(message: &str) -> String {
    let source = include_str!("steps.rs");
    let panic = format!("panic!(\"{message}\")");
    let line = source.lines().position(|line| line.contains(&panic)).unwrap() + 1;
    format!("steps.rs:{line}: {message}")
}

#[test]
fn stack_overflow_passes_on_the_output_of_the_step() {
    let (_, ran) = run_with("the stack overflows", &[]);
    assert_death(
        &ran,
        &["the step When the stack overflows", "    | ", "has overflowed its stack"],
    );
    ran.assert(1, &["has overflowed its stack"]);
}

#[test]
fn reports_are_complete_after_a_death() {
    let reports = ["--report=junit=j.xml", "--report=messages=m", "--report=rerun=again"];
    let (suite, ran) = run_with("the process exits with 0", &reports);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let xml = suite.read("j.xml");
    for part in
        ["tests=\"2\" failures=\"1\"", "name=\"before\"", "while this step ran", "last words"]
    {
        assert!(xml.contains(part), "{part:?} is missing in {xml}");
    }
    assert!(
        suite.read("m").contains("\"testRunStartedId\":\"run\",\"success\":false"),
        "{}",
        suite.read("m")
    );
    assert!(suite.read("again").contains("features/a.feature:4"));
}

#[test]
fn steps_before_the_death_keep_their_results() {
    let (_, ran) = run_with("the process exits with 0", &["--verbose"]);
    ran.assert(1, &["✓ When it prints 'last words'", "warn a log", "- Then all is well"]);
}

#[test]
fn exit_in_a_hook_fails_its_scenario() {
    let suite =
        Suite::new("Feature: f\n  @runner_after_exits\n  Scenario: s\n    Given all is well\n");
    let ran = suite.supervised(&["run"]);
    ran.refused(
        1,
        &["scenario: s (features/a.feature:3)", "running: the hooks after the scenario"],
    );
    ran.assert(1, &["✗ s", "in the hooks after the scenario"]);
}

#[test]
fn death_in_a_test_binary_fails_the_test() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    Given all is well\n  Scenario: b\n    When the process exits with 0\n  Scenario: c\n    Given all is well\n",
    );
    let mut command = suite.command(&["--test-threads=1"]);
    let ran = Ran::of(
        command.env(SUPERVISED, "1").env("RUNNER_TEST_AS_TEST_BINARY", "1").output().unwrap(),
    );
    ran.refused(101, &["exited with code 0", "scenario: b (features/a.feature:4)"]);
    ran.assert(
        101,
        &["test a::a ... ok", "test a::b ... FAILED", "1 test not run", "1 passed; 1 failed"],
    );
}

#[test]
fn output_before_the_death_is_printed_once() {
    let (_, ran) = run_with("the process exits with 0", &[]);
    for part in ["Feature: f", "✓ before", "✗ dying"] {
        assert_eq!(ran.out.matches(part).count(), 1, "{part:?} in {}", ran.out);
    }
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    Given all is well\n  Scenario: b\n    When the process exits with 0\n",
    );
    let mut command =
        suite.test_command(&["--test-threads=1", "--format=json", "-Zunstable-options"]);
    let ran = Ran::of(command.env(SUPERVISED, "1").output().unwrap());
    // The harness of this test binary prints lines as well.
    let events: Vec<String> = ran
        .out
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .map(|event: serde_json::Value| format!("{} {}", event["type"], event["event"]))
        .collect();
    let expected =
        ["suite started", "test started", "test ok", "test started", "test failed", "suite failed"];
    assert_eq!(events.join(", ").replace('"', ""), expected.join(", "), "{ran:?}");
}

#[test]
fn scenarios_that_the_death_prevented_are_counted() {
    let (_, ran) = run_with("the process exits with 0", &[]);
    ran.assert(1, &["3 scenarios (1 passed, 1 failed, 1 not run)"]);
}

#[test]
fn death_in_the_last_scenario_prevents_no_other() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When the process exits with 0\n");
    let ran = suite.supervised(&["run"]);
    ran.assert(1, &["1 scenario (1 failed)"]);
    assert!(!ran.out.contains("interrupted"), "{}", ran.out);
}

#[test]
fn run_that_does_not_die_keeps_its_exit_code() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    suite.supervised(&["run"]).assert(0, &["1 scenario (1 passed)"]);
    suite.supervised(&["run", "no/such"]).refused(2, &["no/such"]);
    suite.supervised(&["run", "--tags", "@none"]).refused(1, &["no scenario is selected"]);
}

const WAITING: &str = "\
@runner_feature_notes
Feature: f
  Scenario: running
    When it notes 'step' in 'journal' until 'go' is there
    Then all is well
";

#[test]
fn signal_to_the_supervisor_ends_the_run() {
    let suite = Suite::new(WAITING);
    let mut command = suite.command(&["run"]);
    command.env(SUPERVISED, "1").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    while !std::fs::read_to_string(suite.path("journal")).unwrap_or_default().contains("step") {
        std::thread::yield_now();
    }
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
    read_notice_of_stop(&mut stdout);
    suite.write("go", "");
    let mut out = String::new();
    stdout.read_to_string(&mut out).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{out}");
    assert!(suite.read("journal").contains("feature ends"), "{out}");
}

#[test]
fn run_ends_with_its_supervisor() {
    let suite = Suite::new(WAITING);
    let mut command = suite.command(&["run"]);
    command.env(SUPERVISED, "1").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    while !std::fs::read_to_string(suite.path("journal")).unwrap_or_default().contains("step") {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // The other process holds the pipe until it has ended.
    child.stdout.take().unwrap().read_to_string(&mut String::new()).unwrap();
}
