//! `harmony replay`: recorded conversations with one process.

use super::processes::suite_of_peers;
use super::scopes::suite_with_scopes;
use super::suite::{Ran, Suite};

const FEATURE: &str = "\
Feature: f
  Scenario: one
    Given the 'reader' process counts
    And the 'writer' process writes
    When the 'reader' process counts
    Then the 'reader' process times out
  Scenario: two
    Given the 'reader' process is known
    And all are ready
";

/// Returns a suite with the trace of a run.
fn recorded(variables: &[(&str, &str)]) -> Suite {
    let suite = suite_of_peers(FEATURE);
    let mut command = suite.command(&["harmony", "-p", "a", "--trace", "trace", "--jobs", "1"]);
    command.envs(variables.iter().copied());
    let ran = Ran::of(command.output().unwrap());
    assert!(ran.out.contains("2 scenarios"), "{ran:?}");
    suite
}

/// Replays the reader's conversations in an environment.
fn replay(suite: &Suite, options: &[&str], variables: &[(&str, &str)]) -> Ran {
    let replay = ["harmony", "replay", "trace", "--role", "reader"];
    let mut command = suite.command(&[&replay, options].concat());
    command.envs(variables.iter().copied());
    Ran::of(command.output().unwrap())
}

#[test]
fn same_serve_replies_as_recorded() {
    let suite = recorded(&[]);
    let ran = replay(&suite, &[], &[]);
    ran.assert(
        0,
        &[
            "✓ one [reader=a, writer=a], reader (a): 5 replies, as recorded\n",
            "✓ two [reader=a], reader (a): 4 replies, as recorded\n",
            "\n2 conversations, as recorded\n",
            "not compared: logs, times, process ids",
        ],
    );
    assert_eq!(ran.err, "");
    replay(&suite, &["--scenario", "two"], &[]).assert(0, &["1 conversation, as recorded"]);
    replay(&suite, &["--platform", "b"], &[]).assert(0, &["reader (b): 5 replies, as recorded"]);
}

#[test]
fn members_that_other_serves_refuse_are_not_replayed_to_them() {
    let suite = suite_with_scopes();
    suite.run(&["harmony", "-p", "rust", "-n", "^one$", "--trace", "trace"]).assert(0, &[]);
    assert!(suite.read("trace").contains("FeaturePath"));
    let role = suite.read("trace").split("\"process\":\"").nth(1).unwrap().to_owned();
    let role = role.split('"').next().unwrap();
    let replay = ["harmony", "replay", "trace", "--role", role, "--platform", "peer"];
    let ran = suite.run(&replay);
    assert!(ran.out.contains("(peer): 4 replies"), "{ran:?}");
    assert!(!ran.out.contains("initialize"), "{ran:?}");
}

#[test]
fn each_other_reply_is_shown_beside_the_recorded_one() {
    let suite = recorded(&[]);
    let ran = replay(&suite, &[], &[("PEER_COUNT", "2")]);
    let difference = "\
✗ one [reader=a, writer=a], reader (a): 5 replies, 2 differ
  executeStep: the 'reader' process counts (id 4)
    context.count
      - \"1\"
      + \"2\"
  executeStep: the 'reader' process counts (id 5)
";
    ran.assert(1, &[difference, "2 conversations, 1 not as recorded (- recorded, + now)"]);
}

#[test]
fn serve_that_breaks_the_protocol_is_a_difference() {
    let suite = recorded(&[]);
    for (mode, now) in [
        ("dies", "died: exit code 7"),
        ("garbage", "wrote an invalid response to stdout"),
        ("silent", "did not respond within 300 ms"),
    ] {
        let limit = if mode == "silent" { "0.3" } else { "35" };
        let options = ["--scenario", "one", "--step-timeout", limit];
        let ran = replay(&suite, &options, &[("PEER_MODE", mode)]);
        let first = "  executeStep: the 'reader' process counts (id 4)\n    reply\n      - a reply\n      + ";
        ran.assert(1, &[first, now, "3 replies, 1 differs, 2 not compared"]);
    }
}

#[test]
fn recorded_death_is_expected_again() {
    let suite = recorded(&[("PEER_MODE", "dies")]);
    let same = replay(&suite, &["--scenario", "one"], &[("PEER_MODE", "dies")]);
    same.assert(0, &["3 replies, as recorded"]);
    let ran = replay(&suite, &["--scenario", "one"], &[]);
    ran.assert(1, &["    reply\n      - no reply, exit code 7\n      + result {"]);
}

#[test]
fn what_cannot_be_replayed_is_an_error() {
    let suite = recorded(&[]);
    suite.write("other", "not a trace\n");
    let refused = |words: &[&str], part: &str| {
        suite.run(&[&["harmony", "replay"], words].concat()).refused(2, &[part]);
    };
    refused(&["trace", "--role", "raeder"], "no messages of role 'raeder'; roles: reader, writer");
    refused(&["trace", "--role", "reader", "--scenario", "three"], "\"three\" in its name");
    refused(&["other", "--role", "reader"], "other:1: not a line of a trace");
    refused(&["nowhere", "--role", "reader"], "cannot read the trace: No such file");
    refused(&["trace", "--role", "reader", "--platform", "c"], "no platform `c`");
    refused(&["trace"], "--role <ROLE>");
}
