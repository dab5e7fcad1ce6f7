//! Runs in pid namespaces: they have equal process ids and one `/dev/shm`.

use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::npm::missing;
use super::processes::suite_of_peers;
use super::suite::{Ran, Suite};

const FEATURE: &str = "\
Feature: f
  Scenario: s
    Given the 'reader' process leaves a file
    And the 'reader' process waits for the file 'go'
    Then the 'reader' process has its file
";

/// The command that starts programs in a new pid namespace.
type Wrapper = &'static [&'static str];

/// With `/proc` of the new namespace, and with that of the old one.
const WRAPPERS: [Wrapper; 2] =
    [&["unshare", "--pid", "--fork", "--mount-proc"], &["unshare", "--pid", "--fork"]];

/// Returns whether this machine allows the wrapper; reports if not.
fn is_allowed(wrapper: Wrapper) -> bool {
    let mut command = Command::new(wrapper[0]);
    let status = command.args(&wrapper[1..]).arg("true").stderr(Stdio::null()).status();
    let is_allowed = status.is_ok_and(|status| status.success());
    if !is_allowed {
        missing(&format!("the right to create pid namespaces (`{}`)", wrapper.join(" ")));
    }
    is_allowed
}

/// Starts a run in a pid namespace.
fn start(suite: &Suite, wrapper: Wrapper) -> Child {
    let command = suite.command(&["harmony", "-p", "a", "--trace", "trace"]);
    let mut wrapped = Command::new(wrapper[0]);
    wrapped.args(&wrapper[1..]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    wrapped.current_dir(suite.path("")).stdin(Stdio::null());
    wrapped.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until the scenario waits for the file `go`.
fn wait_until_waiting(suite: &Suite, run: &mut Child) {
    let text = || std::fs::read_to_string(suite.path("trace")).unwrap_or_default();
    while !text().contains("waits for the file") {
        assert!(run.try_wait().unwrap().is_none(), "the run has ended:\n{}", text());
        std::thread::yield_now();
    }
}

/// Returns the process id of the reader, in the namespace of the runner, and the number that it got.
fn pid_and_number(suite: &Suite) -> (u64, u64) {
    let text = suite.read("trace");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let initialize = lines.into_iter().find(|line| line["body"]["method"] == "initialize").unwrap();
    let number = initialize["body"]["params"][0]["HostPid"].as_u64().unwrap();
    (initialize["pid"].as_u64().unwrap(), number)
}

#[test]
fn runs_with_equal_process_ids_do_not_meet() {
    for wrapper in WRAPPERS {
        if !is_allowed(wrapper) {
            return;
        }
        let suites = [suite_of_peers(FEATURE), suite_of_peers(FEATURE)];
        let mut runs = suites.each_ref().map(|suite| start(suite, wrapper));
        for (suite, run) in suites.iter().zip(&mut runs) {
            wait_until_waiting(suite, run);
        }
        let [(one_pid, one), (other_pid, other)] = suites.each_ref().map(pid_and_number);
        assert_eq!(one_pid, other_pid, "the processes have equal ids");
        assert_ne!(one, other);
        // The second run finds its file after the first one has ended and cleaned up.
        for (suite, run) in suites.iter().zip(runs) {
            suite.write("go", "");
            let ran = Ran::of(run.wait_with_output().unwrap());
            ran.assert(0, &["1 scenario (1 passed), 3 steps (3 passed)"]);
        }
    }
}

#[test]
fn each_run_has_a_random_number() {
    let suite = suite_of_peers("Feature: f\n  Scenario: s\n    Given the 'reader' process reads\n");
    let mut numbers = Vec::new();
    // Numbers may repeat, but not so often.
    for _ in 0..4 {
        suite.run(&["harmony", "-p", "a", "--trace", "trace"]).assert(0, &[]);
        // Without the bits of the process id, which differ anyway.
        numbers.push(pid_and_number(&suite).1 >> 22);
    }
    numbers.dedup();
    assert!(numbers.len() > 1, "{numbers:?}");
}
