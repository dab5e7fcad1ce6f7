//! `harmony` with serve processes of another implementation.

use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::suite::{Ran, Suite};
use super::timeline;

/// Returns a suite with this feature and two platforms of the other implementation, `a` and `b`.
pub(crate) fn suite_of_peers(feature: &str) -> Suite {
    let suite = Suite::new(feature);
    suite.write("serve.py", include_str!("peer/serve.py"));
    suite.write(
        "harmony-config.json",
        r#"{"platforms": {
            "a": {"executable": "python3", "arguments": ["serve.py"]},
            "b": {"executable": "python3", "arguments": ["serve.py"]}}}"#,
    );
    suite
}

const PASSES_FAILS_LACKS: &str = "\
Feature: f
  Scenario: well
    Given the 'reader' process reads
  Scenario: bad
    Given the 'reader' process falls
    Then the 'reader' process reads
  Scenario: lacking
    Given the 'reader' process reads
    Then the 'reader' process flies
";

#[test]
fn unsupported_step_is_one_line() {
    let suite = suite_of_peers(PASSES_FAILS_LACKS);
    let ran = suite.run(&["harmony", "-p", "a", "--report", "junit=out.xml", "lacking"]);
    let reason = "unsupported: step 2: [reader (a)] has no definition for this step";
    ran.assert(1, &["- lacking [reader=a]", reason, "1 scenario (1 unsupported)"]);
    assert_eq!(ran.out.lines().filter(|line| !line.is_empty()).count(), 3, "{}", ran.out);
    assert!(suite.read("out.xml").contains(&format!("<skipped message=\"{reason}\"/>")));
    let quiet = suite.run(&["harmony", "-p", "a", "-q", "lacking"]);
    quiet.assert(1, &["1 scenario (1 unsupported)"]);
    assert_eq!(quiet.out.lines().filter(|line| !line.is_empty()).count(), 1, "{}", quiet.out);
}

#[test]
fn summary_and_matrix_agree() {
    let suite = suite_of_peers(PASSES_FAILS_LACKS);
    let run = |options: &[&str]| suite.run(&[&["harmony", "-p", "a,b"], options].concat());
    let ran = run(&[]);
    ran.assert(1, &["6 scenarios (2 passed, 2 failed, 2 unsupported)"]);
    ran.assert(1, &["\na: 1 passed, 1 failed, 1 unsupported\nb: 1 passed, 1 failed, 1 unsupp"]);
    assert_eq!(ran.out.matches("error: it fell").count(), 2, "{}", ran.out);
    let quiet = run(&["-q"]);
    quiet.assert(1, &["error: it fell", "\na: 1 passed, 1 failed, 1 unsupported\n"]);
    assert!(!quiet.out.contains("lacking"), "{}", quiet.out);
}

#[test]
fn log_of_a_failure_is_limited() {
    let suite = suite_of_peers(PASSES_FAILS_LACKS);
    let ran = suite.run(&["harmony", "-p", "a", "bad"]);
    ran.assert(1, &["log: … 161 earlier records", "[reader (a)] log 199", "the last messages"]);
    assert!(ran.out.lines().count() < 80, "{}", ran.out);
}

#[test]
fn limits_of_peers_are_accepted_if_something_passed() {
    let suite = suite_of_peers(PASSES_FAILS_LACKS);
    let run = |selectors: &[&str]| -> Ran {
        let options = ["harmony", "-p", "a", "--accept-peer-limits"];
        suite.run(&[&options, selectors].concat())
    };
    run(&["lacking", "well"]).assert(0, &["(1 passed, 1 unsupported)"]);
    run(&["lacking"]).assert(1, &["(1 unsupported)"]);
    run(&["lacking", "bad"]).assert(1, &["(1 failed, 1 unsupported)"]);
}

#[test]
fn lenient_run_warns_of_broken_rules() {
    let suite = suite_of_peers(PASSES_FAILS_LACKS);
    let run = |arguments: &[&str]| {
        let mut command = suite.command(arguments);
        Ran::of(command.env("PEER_WITHOUT_VERSION", "1").output().unwrap())
    };
    let rule = "breaks a rule of the protocol: ";
    run(&["harmony", "-p", "a", "well"]).assert(1, &[rule]);
    let lenient = run(&["harmony", "-p", "a", "--lenient", "-v", "well"]);
    lenient.assert(0, &["warn [reader (a)] breaks a rule", "1 scenario (1 passed)"]);
    run(&["check", "-p", "a", "well"]).assert(1, &[rule]);
    let checked = suite.run(&["check", "-p", "a", "well"]);
    checked.assert(0, &["a: 3 definitions, supports 1 of 1 scenarios"]);
}

#[test]
fn trace_on_a_full_disk_is_an_error() {
    let suite = suite_of_peers(PASSES_FAILS_LACKS);
    let ran = suite.run(&["harmony", "-p", "a", "--trace", "/dev/full", "well"]);
    ran.refused(2, &["error: cannot write trace /dev/full: No space left on device"]);
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    assert!(ran.out.contains("1 scenario (1 passed)"), "the run was reported: {ran:?}");
}

#[test]
fn operations_measured_by_a_peer_are_in_the_stats() {
    let suite =
        suite_of_peers("Feature: f\n  Scenario: s\n    Given the 'reader' process measures it\n");
    let ran = suite.run(&["harmony", "-p", "a", "--stats"]);
    ran.assert(0, &["Time of measured operations:"]);
    let line = ran.out.lines().find(|line| line.ends_with("  write")).unwrap();
    let cells: Vec<&str> = line.split_whitespace().collect();
    // Count, total, minimum, mean, median, p95 and maximum.
    assert_eq!(cells.join(" "), "3 4.5 ms 500 µs 1.5 ms 1.5 ms 2.5 ms 2.5 ms write");
}

/// Returns whether a process `sleep SECONDS` runs.
fn sleeps(seconds: &str) -> bool {
    let command = format!("/bin/sleep\0{seconds}\0");
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut commands = processes.map(|p| std::fs::read(p.path().join("cmdline")));
    commands.any(|found| found.is_ok_and(|found| found == command.as_bytes()))
}

#[test]
fn process_that_a_serve_hides_ends_with_the_run() {
    // Without the group, the environment and the parent by which it could be found.
    let seconds = format!("7{}", std::process::id());
    let feature = format!(
        "Feature: f\n  Scenario: s\n    When the 'reader' process hides '{seconds}' from all\n"
    );
    suite_of_peers(&feature).run(&["harmony", "-p", "a"]).assert(0, &["1 scenario (1 passed)"]);
    assert!(!sleeps(&seconds));
}

/// Returns the command with SIGHUP as a terminal leaves it. The tests may run under `nohup`, which ignores
/// it, and processes inherit that.
fn hearing_hangup(command: &Command) -> Command {
    let mut hearing = Command::new("env");
    hearing.arg("--default-signal=HUP").arg(command.get_program()).args(command.get_args());
    hearing.current_dir(command.get_current_dir().unwrap()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => hearing.env(name, value),
            None => hearing.env_remove(name),
        };
    }
    hearing
}

#[test]
fn loss_of_the_terminal_ends_the_run() {
    let suite = suite_of_peers(
        "Feature: f\n  Scenario: s\n    When the 'reader' process says 'ready' \n    \
         And wait for '3600' seconds\n",
    );
    let trace = suite.path("trace");
    let mut command = hearing_hangup(&suite.command(&["harmony", "-p", "a", "--trace", "trace"]));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !std::fs::read_to_string(&trace).unwrap_or_default().contains("\"success\": true") {
        std::thread::yield_now();
    }
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGHUP).unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    ran.assert(130, &["1 scenario (1 interrupted)"]);
}

#[test]
fn run_under_nohup_goes_on_without_its_terminal() {
    let suite = suite_of_peers(
        "Feature: f\n  Scenario: s\n    Given the 'reader' process says 'ready'\n    \
         And the 'reader' process waits for the file 'go'\n",
    );
    let trace = suite.path("trace");
    let mut command = Command::new("nohup");
    let suite_command = suite.command(&["harmony", "-p", "a", "--trace", "trace"]);
    command.arg(suite_command.get_program()).args(suite_command.get_args());
    command.envs(suite_command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(suite.path("")).stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !std::fs::read_to_string(&trace).unwrap_or_default().contains("waits for the file") {
        std::thread::yield_now();
    }
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGHUP).unwrap();
    suite.write("go", "");
    let ran = Ran::of(child.wait_with_output().unwrap());
    ran.assert(0, &["1 scenario (1 passed), 2 steps (2 passed)"]);
}

#[test]
fn process_is_paused_and_resumed() {
    let suite = suite_of_peers(
        "Feature: f\n  Scenario: s\n    Given the 'reader' process reads\n    \
         When the 'reader' process is paused\n    And the 'writer' process writes\n    \
         And the 'reader' process is resumed\n    Then the 'reader' process reads\n",
    );
    let ran = suite.run(&["harmony", "-p", "a", "--report=timeline=t.html"]);
    ran.assert(0, &["1 scenario (1 passed), 5 steps (5 passed)"]);
    let scenario = &timeline::scenarios(&suite.read("t.html"))[0];
    let changes = scenario["processes"].as_array().unwrap().iter().map(|process| {
        let kinds = process["changes"].as_array().unwrap().iter().map(|change| &change["kind"]);
        kinds.map(|kind| kind.as_str().unwrap()).collect::<Vec<_>>()
    });
    let of_reader = changes.into_iter().find(|kinds| kinds.contains(&"paused")).unwrap();
    assert_eq!(of_reader, ["started", "ready", "paused", "resumed", "exited"]);
}

#[test]
fn step_for_a_paused_process_fails_at_once() {
    let suite = suite_of_peers(
        "Feature: f\n  Scenario: s\n    Given the 'reader' process reads\n    \
         When the 'reader' process is paused\n    And the 'reader' process reads\n",
    );
    let ran = suite.run(&["harmony", "-p", "a"]);
    ran.assert(1, &["is paused since features/a.feature:4:5; use \"the '…' process is resumed\""]);
}

#[test]
fn paused_process_is_killed_and_ended() {
    let suite = suite_of_peers(
        "Feature: f\n  Scenario: killed\n    Given the 'reader' process reads\n    \
         When the 'reader' process is paused\n    And the 'reader' process is killed\n  \
         Scenario: ended\n    Given the 'reader' process reads\n    \
         When the 'reader' process is paused\n",
    );
    suite.run(&["harmony", "-p", "a"]).assert(0, &["2 scenarios (2 passed)"]);
}

#[test]
fn mixed_combinations_are_counted_by_check() {
    let suite = suite_of_peers(
        "Feature: f\n  Scenario: both\n    Given the 'reader' process reads\n    \
         And the 'writer' process writes\n  Scenario: one\n    \
         Given the 'reader' process writes\n    And the 'writer' process reads\n  \
         Scenario: alone\n    Given the 'reader' process reads\n",
    );
    suite.write(
        "harmony-config.json",
        r#"{"platforms": {
            "a": {"executable": "python3", "arguments": ["serve.py"]},
            "b": {"executable": "python3", "arguments": ["serve.py"],
                  "environmentVariables": {"PEER_PATTERN": ".*reads"}}}}"#,
    );
    let ran = suite.run(&["check", "-p", "a,b"]);
    ran.assert(1, &["\na_a: supports 2 of 2 scenarios\na_b: supports 1 of 2 scenarios\n"]);
    ran.assert(1, &["\nb_a: supports 1 of 2 scenarios\nb_b: supports 0 of 2 scenarios\n"]);
    let json = suite.run(&["check", "-p", "a,b", "--format", "json"]);
    let platforms: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(platforms[1]["combinations"]["b_a"]["supported"], 1);
}
