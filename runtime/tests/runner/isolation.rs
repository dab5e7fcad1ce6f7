//! `--isolation process`: whose output the reports show, and what a death takes with it.

use std::fmt::Write as _;
use std::io::{BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde_json::Value;

use super::suite::{Ran, SUPERVISED, Suite, read_notice_of_stop};

const SCENARIOS: usize = 60;

/// Two scenarios of which each prints while the other runs: they wait for each other's notes.
const TOGETHER: &str = "\
Feature: f
  Scenario: failing
    When it notes 'a' in 'a1' until 'b1' is there
    And it prints 'from a' and logs 'log of a'
    And a thread, a task and a child print 'of a'
    And it notes 'a' in 'a2' until 'b2' is there
    And it prints and fails with 'end of a'
  Scenario: neighbor
    When it notes 'b' in 'b1' until 'a1' is there
    And it prints 'from b' and logs 'log of b'
    And a thread, a task and a child print 'of b'
    And it notes 'b' in 'b2' until 'a2' is there
";

fn run(suite: &Suite, arguments: &[&str]) -> Ran {
    suite.supervised(&[&["run", "--isolation", "process"], arguments].concat())
}

#[test]
fn failure_shows_what_its_scenario_has_printed() {
    let ran = run(&Suite::new(TOGETHER), &["-j", "2"]);
    ran.assert(1, &["= printed: end of a", "2 scenarios (1 passed, 1 failed)"]);
    assert!(!ran.out.contains("from b") && !ran.out.contains("printed while"), "{}", ran.out);
    let verbose = run(&Suite::new(TOGETHER), &["-j", "2", "-v"]);
    for scenario in ["a", "b"] {
        let own = |line: &&str| line.contains(&format!("of {scenario}"));
        let begins = |by: &str| verbose.out.lines().filter(own).any(|line| line.contains(by));
        assert!(["thread", "task", "step"].iter().all(|by| begins(by)), "{}", verbose.out);
    }
    assert_eq!(verbose.out.matches("by a child").count(), 2, "{}", verbose.out);
}

#[test]
fn junit_case_has_what_its_scenario_has_printed() {
    let suite = Suite::new(TOGETHER);
    run(&suite, &["-j", "2", "--report", "junit=j.xml"]).assert(1, &[]);
    let xml = suite.read("j.xml");
    let cases: Vec<&str> = xml.split("<testcase ").skip(1).collect();
    let case = |name: &str| *cases.iter().find(|case| case.contains(name)).unwrap();
    let (failing, neighbor) = (case("name=\"failing\""), case("name=\"neighbor\""));
    assert!(failing.contains("err from a") && failing.contains("thread of a"), "{xml}");
    assert!(neighbor.contains("err from b") && neighbor.contains("thread of b"), "{xml}");
    assert!(!failing.contains("from b") && !neighbor.contains("from a"), "{xml}");
    assert!(!xml.contains("printed while"), "{xml}");
}

#[test]
fn messages_attach_what_a_step_has_printed_to_the_step() {
    let suite = Suite::new(TOGETHER);
    run(&suite, &["-j", "2", "--report", "messages=m"]).assert(1, &[]);
    let messages: Vec<Value> =
        suite.read("m").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let attachments = messages.iter().filter_map(|message| message.get("attachment"));
    let printed = attachments.filter(|a| a["body"].as_str().unwrap().contains("from "));
    let of_step = |attachment: &Value| {
        let step = attachment["testStepId"].as_str().unwrap();
        (step.to_owned(), attachment["body"].as_str().unwrap().to_owned())
    };
    let (steps, texts): (Vec<_>, Vec<_>) = printed.map(of_step).unzip();
    assert_eq!(steps.len(), 2, "{texts:?}");
    assert_ne!(steps[0], steps[1]);
    assert!(!texts.iter().any(|text| text.contains("from a") && text.contains("from b")));
}

/// Scenarios around one that ends with `step`.
fn suite_with(step: &str) -> Suite {
    Suite::new(&format!(
        "Feature: f
  Scenario: before
    Given all is well
  Scenario: dying
    When it prints 'last words' and logs 'a log'
    When {step}
    Then all is well
  Scenario: after
    Given all is well
"
    ))
}

#[test]
fn death_is_the_failure_of_one_scenario() {
    for (step, death) in [
        ("the process exits with 0", "the process exited with code 0 while this step ran"),
        ("the process aborts", "the process was killed by signal 6 (SIGABRT) while this step ran"),
    ] {
        let suite = suite_with(step);
        let ran = run(&suite, &["-j", "1", "--report", "junit=j.xml"]);
        ran.assert(1, &["✓ before", "✗ dying", "✓ after", "error: ", death]);
        ran.assert(1, &["3 scenarios (2 passed, 1 failed)"]);
        assert!(suite.read("j.xml").contains("last words"), "what it printed before");
        assert!(!ran.err.contains("the process of the run"), "{}", ran.err);
    }
}

#[test]
fn failure_of_a_death_has_the_output_of_its_step() {
    let ran = run(&suite_with("the stack overflows"), &["-j", "1"]);
    ran.assert(1, &["has overflowed its stack", "3 scenarios (2 passed, 1 failed)"]);
}

#[test]
fn scenario_that_ended_its_process_is_retried() {
    let suite = suite_with("the process dies unless 'mark' is there");
    let ran = run(&suite, &["-j", "1", "--retry", "1"]);
    ran.assert(0, &["~ dying", "passed on attempt 2, failed first at", "(2 passed, 1 flaky)"]);
}

#[test]
fn every_scenario_has_its_output_in_every_report() {
    let mut text = "Feature: f\n".to_owned();
    for number in 0..SCENARIOS {
        let _ = writeln!(text, "  Scenario: s{number}");
        for part in 0..3 {
            let _ = writeln!(text, "    When it prints 'out {number}.{part}!' and logs 'l'");
        }
    }
    let suite = Suite::new(&text);
    let reports = ["junit=j", "messages=m", "timeline=t", "json=c"];
    let reports: Vec<_> = reports.iter().flat_map(|report| ["--report", report]).collect();
    let ran = run(&suite, &[&["-j", "4", "-v"], &reports[..]].concat());
    ran.assert(0, &["60 scenarios (60 passed)"]);
    for report in ["j", "m", "t", "c"].map(|file| suite.read(file)).iter().chain([&ran.out]) {
        assert!(!report.contains("printed while"));
    }
    // Of each step, between its line and that of the next one.
    let steps: Vec<&str> = ran.out.split("When it prints '").skip(1).collect();
    assert_eq!(steps.len(), SCENARIOS * 3);
    for step in steps {
        let own = step.split('\'').next().unwrap();
        let printed = step.lines().filter_map(|line| line.split_once("| ")).map(|(_, text)| text);
        assert_eq!(printed.collect::<Vec<_>>(), [own, &format!("err {own}")], "{step}");
    }
    let xml = suite.read("j");
    for (number, case) in xml.split("<testcase ").skip(1).enumerate() {
        let printed = case.split("| out ").skip(1).map(|text| text.split('.').next().unwrap());
        let number = number.to_string();
        assert_eq!(printed.collect::<Vec<_>>(), [&number, &number, &number], "{case}");
    }
}

#[test]
fn scenario_after_an_abandoned_step_has_another_process() {
    let suite = Suite::new(
        "Feature: f
  Scenario: first
    When it notes its process in 'processes'
  Scenario: hanging
    When it notes its process in 'processes'
    When nothing comes back for long
  Scenario: next
    When it notes its process in 'processes'
",
    );
    let ran = run(&suite, &["-j", "1"]);
    ran.assert(
        1,
        &["the step was still running after 200.0 ms", "3 scenarios (2 passed, 1 failed)"],
    );
    let processes = suite.read("processes");
    let processes: Vec<&str> = processes.lines().collect();
    assert_eq!(processes[0], processes[1]);
    assert_ne!(processes[1], processes[2]);
}

#[test]
fn failed_scenario_is_retried() {
    let suite = Suite::new(
        "Feature: f
  @retry.after(1ms)
  Scenario: later
    When 'x' fails 1 time
  Scenario: at once
    When 'y' fails 1 time
",
    );
    run(&suite, &["-j", "1", "--retry", "1"]).assert(0, &["2 scenarios (2 flaky)"]);
}

#[test]
fn schedule_is_that_of_threads() {
    let suite = Suite::new(
        "Feature: f
  @serial
  Scenario: serial
    When it notes 's' in 'notes' for 0 ms
  @lock(a)
  Scenario: a
    When it notes 'a' in 'notes' until 'go' is there
  @lock(a)
  Scenario: b
    When it notes 'b' in 'notes' for 0 ms
  Scenario: c
    When it notes 'c' in 'go' for 0 ms
",
    );
    run(&suite, &["-j", "3"]).assert(0, &["4 scenarios (4 passed)"]);
    let notes = "a begins\na ends\nb begins\nb ends\ns begins\ns ends\n";
    assert_eq!(suite.read("notes"), notes);
}

#[test]
fn features_in_parallel_stay_in_their_processes() {
    let scenarios = |name: &str| {
        let one = format!("  Scenario: s\n    When it notes its process in '{name}'\n");
        format!("@runner_feature_notes\nFeature: {name}\n{}", one.repeat(20))
    };
    let suite = Suite::new(&scenarios("a"));
    suite.write("features/b.feature", &scenarios("b"));
    run(&suite, &["-j", "4", "--parallel", "features"]).assert(0, &["40 scenarios (40 passed)"]);
    for name in ["a", "b"] {
        let processes = suite.read(name);
        let first = processes.lines().next().unwrap();
        assert!(processes.lines().all(|process| process == first), "{processes}");
    }
    assert_eq!(suite.read("journal").matches("feature begins").count(), 2);
}

#[test]
fn hooks_of_the_suite_run_in_each_process() {
    let suite = Suite::new(
        "@runner_feature_notes
Feature: f
  Scenario: a
    When it notes 'a' in 'a' until 'b' is there
  Scenario: b
    When it notes 'b' in 'b' until 'a' is there
",
    );
    suite.write("before_all", "notes");
    suite.write("after_all", "notes");
    run(&suite, &["-j", "2"]).assert(0, &["2 scenarios (2 passed)"]);
    let journal = suite.read("journal");
    for line in ["before_all", "feature begins", "feature ends", "after_all"] {
        assert_eq!(journal.lines().filter(|other| *other == line).count(), 2, "{journal}");
    }
}

#[test]
fn failing_hook_of_the_suite_ends_the_run() {
    let suite = Suite::new("Feature: f\n  Scenario: a\n    Given all is well\n");
    suite.write("before_all", "panics");
    let ran = run(&suite, &["-j", "1"]);
    ran.assert(1, &["before_all on purpose", "1 scenario (1 not run)"]);
    let suite = Suite::new("Feature: f\n  Scenario: a\n    Given all is well\n");
    suite.write("after_all", "panics");
    run(&suite, &["-j", "1"]).assert(1, &["after_all on purpose", "1 scenario (1 passed)"]);
}

#[test]
fn first_failure_may_end_the_run() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When it fails with 'x'\n  Scenario: b\n    Given all is well\n",
    );
    run(&suite, &["-j", "1", "--fail-fast"]).assert(1, &["2 scenarios (1 failed, 1 not run)"]);
}

/// Runs a scenario, and sends SIGINT while its step runs: to the process that waits for the run, or as a
/// terminal does to all.
fn interrupt(to_all: bool) {
    let suite = Suite::new(
        "Feature: f
  Scenario: running
    When it notes 'step' in 'journal' until 'go' is there
    Then all is well
  Scenario: waiting
    Given all is well
",
    );
    let mut command = suite.command(&["run", "-j", "1", "--isolation", "process"]);
    command.env(SUPERVISED, "1").stdout(Stdio::piped()).process_group(0);
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    while !suite.path("journal").exists() {
        assert_eq!(child.try_wait().unwrap(), None, "the run ended before its step ran");
        std::thread::yield_now();
    }
    let process = Pid::from_raw(child.id().cast_signed());
    let sent = if to_all { killpg(process, Signal::SIGINT) } else { kill(process, Signal::SIGINT) };
    sent.unwrap();
    read_notice_of_stop(&mut stdout);
    suite.write("go", "");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("1 not run"), "{rest}");
}

#[test]
fn interrupt_ends_the_run_after_the_running_step() {
    interrupt(false);
}

#[test]
fn interrupt_of_all_processes_ends_the_run_after_the_running_step() {
    interrupt(true);
}

#[test]
fn test_target_runs_scenarios_in_processes() {
    let suite = suite_with("the process exits with 0");
    suite.write("harmony.toml", "[run]\nisolation = \"process\"\n");
    let mut command = suite.test_command(&["--test-threads=2"]);
    let ran = Ran::of(command.env(SUPERVISED, "1").output().unwrap());
    ran.assert(101, &["2 passed; 1 failed", "exited with code 0"]);
}

#[test]
fn invalid_use_is_refused() {
    let suite = Suite::new("Feature: f\n  Scenario: a\n    Given all is well\n");
    let refused = |option: &str, message: &str| {
        suite.run(&["run", "--isolation", "process", option]).refused(2, &[message]);
    };
    refused("--no-capture", "conflicts with --no-capture");
    refused("--resources", "conflicts with --isolation process");
    // This program was not started as `main!` starts it.
    refused("-q", "--isolation process starts this program again");
}
