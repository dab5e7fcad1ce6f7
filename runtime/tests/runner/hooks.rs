//! Hooks around scenarios and features, as a run reports them.

use super::suite::Suite;

#[test]
fn a_failing_hook_fails_its_scenario_and_the_hooks_after_run_all_the_same() {
    let suite = Suite::new(
        "Feature: f\n  @runner_before_fails @runner_after_notes\n  Scenario: dark\n    Given all is well\n  Scenario: light\n    Given all is well\n",
    );
    let ran = suite.run(&["run"]);
    ran.assert(
        1,
        &["✗ dark", "✓ light", "before_fails", "no power", "2 scenarios (1 passed, 1 failed)"],
    );
    assert!(ran.out.contains("2 steps (1 skipped, 1 passed)"), "{}", ran.out);
    assert_eq!(suite.read("hook"), "after\n");
}

#[test]
fn hooks_after_run_when_the_scenario_failed_and_when_fail_fast_ends_the_run() {
    let suite = Suite::new(
        "Feature: f\n  @runner_after_notes\n  Scenario: a\n    When the roof burns\n  @runner_after_notes\n  Scenario: b\n    Given all is well\n",
    );
    suite.run(&["run", "--fail-fast", "-j", "1"]).assert(1, &["1 scenario (1 failed)"]);
    assert_eq!(suite.read("hook"), "after\n");
}

#[test]
fn a_failing_hook_of_a_feature_makes_the_run_red() {
    let suite = Suite::new(
        "@runner_feature_fails\nFeature: f\n  Scenario: a\n    Given all is well\n  Scenario: b\n    Given all is well\n",
    );
    let ran = suite.run(&["run"]);
    ran.assert(1, &["2 scenarios (2 passed)", "after_feature_fails", "left dirty"]);
    assert_eq!(ran.out.matches("left dirty").count(), 1, "{}", ran.out);
}

#[test]
fn a_dry_run_runs_no_hook() {
    let suite = Suite::new(
        "Feature: f\n  @runner_before_fails @runner_after_notes\n  Scenario: a\n    Given all is well\n",
    );
    suite.run(&["run", "--dry-run"]).assert(0, &["1 scenario (1 skipped)"]);
    assert!(!suite.path("hook").exists());
}
