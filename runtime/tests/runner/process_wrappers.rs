//! Roles whose processes are started by a wrapper: in other namespaces, or out of reach.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::npm::missing;
use super::processes::suite_of_peers;
use super::suite::{Ran, Suite};

const KILLS: &str = "\
Feature: f
  Scenario: s
    Given the 'reader' process reads
    And the 'writer' process writes
    When the 'reader' process is killed
    Then the 'writer' process finds no process 'MARKER'
    When a new 'reader' process reads
    Then the 'writer' process writes
";

/// Returns a word that no other process has.
fn marker(test: &str) -> String {
    format!("{test}-{}", std::process::id())
}

/// Returns a suite whose platform `far` is behind a wrapper, with these arguments of its serve.
fn suite_behind(wrapper: &[&str], feature: &str, arguments: &[&str]) -> Suite {
    let suite = suite_of_peers(feature);
    let arguments = [&["serve.py"], arguments].concat();
    suite.write(
        "harmony-config.json",
        &serde_json::json!({"platforms": {
            "a": {"executable": "python3", "arguments": ["serve.py"]},
            "far": {"executable": "python3", "arguments": arguments, "wrapper": wrapper},
        }})
        .to_string(),
    );
    suite
}

fn run(suite: &Suite, combination: &str) -> Ran {
    suite.run(&["harmony", "-v", "--combo", combination])
}

/// Returns the command that starts programs in a network and a pid namespace, if this machine allows it.
fn unshare() -> Option<Vec<&'static str>> {
    let as_root = vec!["unshare", "--net", "--pid", "--fork"];
    let as_user = [&as_root[..], &["--user", "--map-root-user"]].concat();
    let works = |words: &Vec<&str>| {
        let status =
            Command::new(words[0]).args(&words[1..]).arg("true").stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let found = [as_root, as_user].into_iter().find(works);
    if found.is_none() {
        missing("the right to create network and pid namespaces (`unshare --net --pid --fork`)");
    }
    found
}

#[test]
fn process_in_other_namespaces_is_killed_and_replaced() {
    let Some(wrapper) = unshare() else { return };
    let marker = marker("in-a-namespace");
    let suite = suite_behind(&wrapper, &KILLS.replace("MARKER", &marker), &[&marker]);
    run(&suite, "reader=far,writer=a").assert(0, &["1 scenario (1 passed), 6 steps (6 passed)"]);
}

#[test]
fn process_that_left_the_group_of_its_wrapper_is_killed() {
    // The wrapper leads a group, so it starts the program in a separate session and waits for it.
    let marker = marker("in-a-session");
    let wrapper = ["setsid", "--wait"];
    let suite = suite_behind(&wrapper, &KILLS.replace("MARKER", &marker), &[&marker]);
    run(&suite, "reader=far,writer=a").assert(0, &["1 scenario (1 passed), 6 steps (6 passed)"]);
}

#[test]
fn role_has_its_wrapper() {
    let suite = suite_of_peers(
        "Feature: f\n  Scenario: s\n    Given the 'reader' process shows its environment\n    \
         And the 'writer' process shows its environment\n",
    );
    let config = |wrapper: &str| {
        format!(
            r#"{{"platforms": {{"a": {{"executable": "python3", "arguments": ["serve.py"]}}}},
                "roles": {{"reader": {{"wrapper": {wrapper}}}}}}}"#
        )
    };
    suite.write("harmony-config.json", &config(r#"["env", "PEER=wrapped"]"#));
    let ran = suite.run(&["harmony", "-p", "a", "-v"]);
    ran.assert(0, &["[reader (a)] wrapped", "[writer (a)] none"]);
    for (wrapper, error) in [
        (
            r#""env""#,
            "`roles.reader.wrapper` must be an array of strings: a program and its arguments",
        ),
        ("[]", "`roles.reader.wrapper` must be an array of strings"),
        (r#"["no-such-wrapper"]"#, "`roles.reader.wrapper`: no executable \"no-such-wrapper\""),
    ] {
        suite.write("harmony-config.json", &config(wrapper));
        suite.run(&["harmony", "-p", "a"]).refused(2, &[error]);
    }
}

/// A process that starts programs out of the reach of the runner.
struct FarHost {
    host: Child,
}

impl FarHost {
    fn start(suite: &Suite) -> Self {
        suite.write("far.py", include_str!("peer/far.py"));
        let mut command = Command::new("python3");
        command.args(["far.py", "listen", "socket"]).current_dir(suite.path(""));
        let mut host = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(host.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "listening\n");
        Self { host }
    }
}

/// Ends the host, which ends what it started.
impl Drop for FarHost {
    fn drop(&mut self) {
        drop(self.host.stdin.take());
        let _ = self.host.wait();
    }
}

const FAR: [&str; 4] = ["python3", "far.py", "call", "socket"];

#[test]
fn numbers_reach_a_process_without_the_environment() {
    let feature = "Feature: f\n  Scenario: s\n    Given the 'reader' process shows its numbers\n";
    let suite = suite_behind(&FAR, feature, &[]);
    let _host = FarHost::start(&suite);
    let ran = run(&suite, "reader=far");
    ran.assert(0, &["1 scenario (1 passed)"]);
    let numbers = ran.out.lines().find_map(|line| line.split_once("numbers: ")).unwrap().1;
    let [variable, host, feature] = numbers.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{numbers}")
    };
    assert_eq!((variable, feature), ("None", "999"));
    assert!(host.parse::<u32>().unwrap() > 0);
}

#[test]
fn process_out_of_reach_is_asked_to_end_and_seen_to_end() {
    let marker = marker("out-of-reach");
    let suite = suite_behind(&FAR, &KILLS.replace("MARKER", &marker), &[&marker]);
    let _host = FarHost::start(&suite);
    run(&suite, "reader=far,writer=a").assert(0, &["1 scenario (1 passed), 6 steps (6 passed)"]);
}

#[test]
fn process_out_of_reach_that_does_not_end_is_an_error() {
    let marker = marker("stays");
    let suite = suite_behind(&FAR, &KILLS.replace("MARKER", &marker), &[&marker, "stays"]);
    let _host = FarHost::start(&suite);
    let ran = run(&suite, "reader=far,writer=a");
    ran.assert(1, &["features/a.feature:5", " may still run: ", "far.py call socket` did not end"]);
}

#[test]
fn process_out_of_reach_that_survives_its_scenario_is_reported() {
    let feature = "Feature: f\n  Scenario: s\n    Given the 'reader' process reads\n";
    let suite = suite_behind(&FAR, feature, &["stays"]);
    let _host = FarHost::start(&suite);
    let ran = run(&suite, "reader=far");
    ran.assert(0, &["process out of reach: the 'reader' process (far, pid "]);
}

#[test]
fn process_out_of_reach_cannot_be_paused() {
    let feature = "Feature: f\n  Scenario: s\n    Given the 'reader' process reads\n    \
                   When the 'reader' process is paused\n";
    let suite = suite_behind(&FAR, feature, &[]);
    let _host = FarHost::start(&suite);
    run(&suite, "reader=far").assert(1, &["cannot be paused: signals do not reach it behind `"]);
}
