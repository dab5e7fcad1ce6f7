//! When and how often `harmony` runs scenarios.

use super::processes::suite_of_peers;
use super::suite::{Ran, Suite};

/// The first scenario waits for the third, and the second may not run meanwhile.
const ONE_AT_A_TIME: &str = "
  Scenario: a
    When the 'reader' process notes 'a' in 'notes' until 'go' is there
TAG
  Scenario: b
    When the 'reader' process notes 'b' in 'notes'
";

/// Lets the first scenario go on.
const GO: &str = "Feature: g\n  Scenario: c\n    When the 'reader' process notes 'c' in 'go'\n";

fn run(suite: &Suite, options: &[&str]) -> Ran {
    suite.run(&[&["harmony", "-p", "a"], options].concat())
}

#[test]
fn serial_scenarios_run_alone() {
    let suite = suite_of_peers(
        "Feature: f
  @serial
  Scenario: a
    When the 'reader' process notes 'a' in 'notes'
  Scenario: b
    When the 'reader' process notes 'b' in 'notes'
  @serial
  Scenario: c
    When the 'reader' process notes 'c' in 'notes'
",
    );
    run(&suite, &["-j", "3"]).assert(0, &["3 scenarios (3 passed)"]);
    assert_eq!(suite.read("notes"), "b begins\nb ends\na begins\na ends\nc begins\nc ends\n");
}

#[test]
fn scenarios_with_one_lock_do_not_overlap() {
    for (tag, options) in [("@lock(database)", &[][..]), ("@database", &["--lock", "@database"])] {
        let features = ONE_AT_A_TIME.replace("TAG", tag);
        let suite = suite_of_peers(&format!("Feature: f\n{tag}{features}"));
        suite.write("features/b.feature", GO);
        let options = [&["-j", "3"], options].concat();
        run(&suite, &options).assert(0, &["3 scenarios (3 passed)"]);
        assert_eq!(suite.read("notes"), "a begins\na ends\nb begins\nb ends\n");
    }
}

#[test]
fn scenarios_of_parallel_features_run_in_order() {
    let suite = suite_of_peers(&format!("Feature: f\n{}", ONE_AT_A_TIME.replace("TAG", "")));
    suite.write("features/b.feature", GO);
    suite.write("harmony.toml", "[harmony]\nparallel = \"features\"\n");
    run(&suite, &["-j", "3"]).assert(0, &["3 scenarios (3 passed)"]);
    assert_eq!(suite.read("notes"), "a begins\na ends\nb begins\nb ends\n");
}

const UNSTABLE: &str = "\
@retry(2)
Feature: f
  Scenario: twice
    When the 'reader' process stumbles 'x' '2' times
  @retry
  Scenario: once
    When the 'reader' process stumbles 'y' '2' times
  @retry.after(50ms)
  Scenario: later
    When the 'reader' process stumbles 'z' '1' times
  @retry(0)
  Scenario: never
    When the 'reader' process stumbles 'n' '1' times
";

#[test]
fn failed_scenarios_are_retried_by_tags() {
    let ran = run(&suite_of_peers(UNSTABLE), &["-j", "2", "--matrix", "m.json"]);
    let parts =
        ["~ twice", "✗ once", "failed 2 times", "~ later", "✗ never", "(2 failed, 2 flaky)"];
    ran.assert(1, &parts);
}

#[test]
fn verdict_of_a_retried_scenario_is_that_of_its_last_attempt() {
    let suite = suite_of_peers(UNSTABLE);
    run(&suite, &["--matrix", "m.json", "twice"]).assert(0, &["1 scenario (1 flaky)"]);
    let matrix = suite.read("m.json");
    assert!(matrix.contains("\"passed\"") && !matrix.contains("\"failed\""), "{matrix}");
}

#[test]
fn failed_scenarios_are_retried_by_options() {
    let suite = suite_of_peers(
        "Feature: f
  @net
  Scenario: net
    When the 'reader' process stumbles 'x' '1' times
  Scenario: disk
    When the 'reader' process stumbles 'y' '1' times
",
    );
    let options = ["--retry", "3", "--retry-tag-filter", "@net", "--retry-delay", "1ms"];
    let parts = ["~ net", "✗ disk", "2 scenarios (1 failed, 1 flaky)"];
    run(&suite, &options).assert(1, &parts);
}

#[test]
fn flaky_scenario_may_fail_the_run() {
    let run = |result| run(&suite_of_peers(UNSTABLE), &["--flaky", result, "later"]);
    run("pass").assert(0, &["1 scenario (1 flaky)"]);
    run("fail").assert(1, &["1 scenario (1 flaky)", "error: flaky scenarios fail this run"]);
}

#[test]
fn scenario_of_the_last_attempt_is_kept() {
    let suite = suite_of_peers(UNSTABLE);
    let ran = run(&suite, &["--keep-on-failure", "twice"]);
    ran.assert(0, &["1 scenario (1 flaky)"]);
    assert!(!ran.out.contains("Kept:"), "{}", ran.out);
}

#[test]
fn allowed_scenario_is_skipped_at_a_missing_step() {
    let suite = suite_of_peers(
        "Feature: f
  @allow.skipped
  Scenario: lacking
    Given the 'reader' process reads
    Then the 'reader' process flies
  Scenario: well
    Given the 'reader' process reads
",
    );
    let reason = "skipped: undefined, which @allow.skipped allows";
    run(&suite, &[]).assert(0, &[reason, "2 scenarios (1 passed, 1 skipped)"]);
}

#[test]
fn stopped_run_does_not_wait_for_a_delay() {
    let suite = suite_of_peers(
        "Feature: f
  @retry.after(1h)
  Scenario: a
    When the 'reader' process stumbles 'x' '9' times
  Scenario: b
    When the 'reader' process falls
",
    );
    run(&suite, &["-j", "1", "--fail-fast"]).assert(1, &["error: it fell"]);
}

#[test]
fn retries_without_effect_are_reported() {
    let suite = suite_of_peers(UNSTABLE);
    let compat = "warning: --mode compat: retries and the tags @serial, @lock";
    suite.write("features/01-a.feature", &suite.read("features/a.feature"));
    let arguments = ["harmony", "-p", "a", "--mode", "compat", "features/01-a.feature:3"];
    suite.run(&arguments).refused(1, &[compat]);
    let chaos = ["--chaos", "1", "--schedules", "1", "features/a.feature:3"];
    run(&suite, &chaos).refused(1, &["warning: --chaos: retries have no effect"]);
}
