//! Hooks around scenarios and features, as a run reports them.

use super::suite::Suite;

#[test]
fn after_hooks_run_despite_a_failing_hook() {
    let suite = Suite::new(
        "Feature: f\n  @runner_before_fails @runner_after_notes\n  Scenario: dark\n    Given all is well\n  Scenario: light\n    Given all is well\n",
    );
    let ran = suite.run(&["run"]);
    ran.assert(
        1,
        &["✗ dark", "✓ light", "before_fails", "no power", "2 scenarios (1 passed, 1 failed)"],
    );
    assert!(ran.out.contains("2 steps (1 passed, 1 skipped)"), "{}", ran.out);
    assert_eq!(suite.read("hook"), "after\n");
}

#[test]
fn after_hooks_run_despite_fail_fast() {
    let suite = Suite::new(
        "Feature: f\n  @runner_after_notes\n  Scenario: a\n    When the roof burns\n  @runner_after_notes\n  Scenario: b\n    Given all is well\n",
    );
    suite.run(&["run", "--fail-fast", "-j", "1"]).assert(1, &["2 scenarios (1 failed, 1 not run)"]);
    assert_eq!(suite.read("hook"), "after\n");
}

#[test]
fn failing_feature_hook_fails_the_run() {
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

const ORDERED: &str = "@runner_feature_notes\nFeature: f\n  @runner_scenario_notes\n  Scenario: a\n    Given all is well\n  @runner_scenario_notes\n  Scenario: b\n    When the roof burns\n";

#[test]
fn hooks_of_every_level_run_in_order() {
    let suite = Suite::new(ORDERED);
    suite.write("before_all", "notes");
    suite.write("after_all", "notes");
    suite.run(&["run", "-j", "1"]).assert(1, &["2 scenarios (1 passed, 1 failed)"]);
    let one = "scenario begins first\nscenario begins\nscenario";
    let wanted = format!(
        "before_all\nfeature begins\n{one} passed\n{one} failed\nfeature ends\nafter_all\n"
    );
    assert_eq!(suite.read("journal"), wanted);
}

#[test]
fn feature_hooks_run_once_on_many_threads() {
    let scenario = "  Scenario: s\n    Given all is well\n";
    let text = format!("@runner_feature_notes\nFeature: f\n{}", scenario.repeat(40));
    let suite = Suite::new(&text);
    suite.run(&["run", "-j", "8"]).assert(0, &["40 scenarios (40 passed)"]);
    assert_eq!(suite.read("journal"), "feature begins\nfeature ends\n");
}

#[test]
fn only_after_all_runs_if_before_all_fails() {
    for (how, reason) in
        [("panics", "before_all on purpose"), ("hangs", "still running after 2000 ms")]
    {
        let suite = Suite::new(ORDERED);
        suite.write("before_all", how);
        suite.write("after_all", "notes");
        let ran = suite.run(&["run"]);
        ran.assert(1, &["hook `before_everything` before all (", "steps.rs:", reason]);
        assert_eq!(suite.read("journal"), "after_all\n");
    }
}

#[test]
fn failing_after_all_hook_fails_the_run() {
    for (how, reason) in
        [("panics", "after_all on purpose"), ("hangs", "still running after 2000 ms")]
    {
        let suite = Suite::new("Feature: f\n  Scenario: a\n    Given all is well\n");
        suite.write("after_all", how);
        let ran = suite.run(&["run"]);
        ran.assert(1, &["1 scenario (1 passed)", "hook `after_everything` after all (", reason]);
    }
}

#[test]
fn failing_before_feature_hook_fails_its_scenarios() {
    let suite = Suite::new(
        "@runner_feature_refuses @runner_feature_notes @runner_scenario_notes\nFeature: f\n  Scenario: a\n    Given all is well\n  Scenario: b\n    Given all is well\n",
    );
    let ran = suite.run(&["run"]);
    ran.assert(
        1,
        &["2 scenarios (2 failed)", "hook `feature_refuses` before the feature (", "no room"],
    );
    assert!(ran.out.contains("2 steps (2 skipped)"), "{}", ran.out);
    let step_log = suite.read("journal");
    assert!(step_log.ends_with("feature ends\n"), "{step_log}");
    assert!(!step_log.contains("scenario"), "{step_log}");
}

#[test]
fn hanging_hook_fails_its_scenario() {
    let suite = Suite::new(
        "Feature: f\n  @runner_before_hangs @runner_scenario_notes\n  Scenario: a\n    Given all is well\n  @runner_after_hangs\n  Scenario: b\n    Given all is well\n  Scenario: c\n    Given all is well\n",
    );
    let ran = suite.run(&["run", "-j", "1", "--step-timeout", "1"]);
    ran.assert(
        1,
        &[
            "3 scenarios (1 passed, 2 failed)",
            "hook `before_hangs` before the scenario (",
            "hook `after_hangs` after the scenario (",
        ],
    );
    let step_log = suite.read("journal");
    assert!(step_log.ends_with("scenario failed\n"), "the hook after it ran: {step_log}");
}

#[test]
fn hanging_after_feature_hook_fails_the_run() {
    let suite =
        Suite::new("@runner_feature_hangs\nFeature: f\n  Scenario: a\n    Given all is well\n");
    suite.write("features/b.feature", "Feature: g\n  Scenario: b\n    Given all is well\n");
    let ran = suite.run(&["run", "-j", "1", "--step-timeout", "1"]);
    ran.assert(1, &["2 scenarios (2 passed)", "hook `feature_hangs` after the feature ("]);
}

#[test]
fn hooks_after_run_when_a_step_hung() {
    let suite = Suite::new(
        "@runner_feature_notes\nFeature: f\n  @runner_scenario_notes\n  Scenario: a\n    When nothing comes back for long\n    Given all is well\n",
    );
    suite.run(&["run"]).assert(1, &["1 scenario (1 failed)"]);
    let step_log = suite.read("journal");
    assert!(step_log.ends_with("scenario timed out\nfeature ends\n"), "{step_log}");
}

#[test]
fn state_of_every_scope_is_created_once() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When every scope is used\n  Scenario: b\n    When every scope is used\n    When the roof burns\n",
    );
    suite.write("features/b.feature", "Feature: g\n  Scenario: c\n    When every scope is used\n");
    suite.run(&["run", "-j", "1"]).assert(1, &["3 scenarios (2 passed, 1 failed)"]);
    let one = "makes scenario\ndrops scenario\n";
    let wanted = format!(
        "makes suite\nmakes feature\n{one}{one}drops feature\nmakes feature\n{one}drops feature\ndrops suite\n"
    );
    assert_eq!(suite.read("journal"), wanted);
}

#[test]
fn panicking_destructor_fails_the_scenario() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When something brittle is used\n  Scenario: b\n    Given all is well\n",
    );
    suite.run(&["run"]).assert(1, &["2 scenarios (1 passed, 1 failed)", "broke when dropped"]);
}

#[test]
fn unchecked_expected_error_fails_the_scenario() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When an error is expected\n  Scenario: b\n    Given all is well\n",
    );
    suite.run(&["run"]).assert(1, &["2 scenarios (1 passed, 1 failed)", "was never checked"]);
}

#[test]
fn progress_report_shows_hook_failures() {
    let suite = Suite::new(
        "@runner_feature_fails\nFeature: f\n  @runner_before_fails\n  Scenario: a\n    Given all is well\n",
    );
    suite
        .run(&["run", "--format", "progress"])
        .assert(1, &["before_fails", "no power", "left dirty"]);
}

const SAYING: &str = "@runner_hooks_say\nFeature: f\n  Scenario: good\n    Given all is well\n  @runner_hook_says_and_fails\n  Scenario: bad\n    Given all is well\n  @runner_hook_says_and_hangs\n  Scenario: stuck\n    Given all is well\n";

/// Returns the texts that the hook of this name logs and attaches.
fn texts_of(hook: &str) -> [String; 4] {
    ["logs", "traces", "prints", "attaches"].map(|what| format!("{hook} {what}"))
}

#[test]
fn logs_of_all_hooks_are_in_every_report() {
    let suite = Suite::new(SAYING);
    suite.write("before_all", "says");
    suite.write("after_all", "says");
    let reports =
        ["junit", "messages", "timeline"].map(|kind| format!("--report={kind}=of.{kind}"));
    let mut arguments = vec!["run", "-v", "-j", "1"];
    arguments.extend(reports.iter().map(String::as_str));
    let ran = suite.run(&arguments);
    ran.assert(1, &["3 scenarios (1 passed, 2 failed)"]);
    for hook in ["before", "after", "feature", "failing", "before_all", "after_all"] {
        for kind in ["junit", "messages", "timeline"] {
            let text = suite.read(&format!("of.{kind}"));
            for part in texts_of(hook) {
                assert!(text.contains(&part), "{part:?} is missing in {kind}:\n{text}");
            }
        }
        for part in &texts_of(hook)[..3] {
            assert!(ran.out.contains(part.as_str()), "{part:?} is missing in:\n{}", ran.out);
        }
        assert!(ran.out.contains(&format!("attached \"{hook}.txt\"")), "{hook} in:\n{}", ran.out);
    }
    // An abandoned hook keeps what it logged before.
    for kind in ["junit", "messages", "timeline"] {
        assert!(suite.read(&format!("of.{kind}")).contains("hanging logs"), "{kind}");
    }
    // The hooks that ran before it keep their logs, too.
    assert_eq!(suite.read("of.junit").matches("info before logs").count(), 3);
    // In chronological order: before, the step, after.
    let good = ran.out.split("✓ good").nth(1).unwrap().split("✗ bad").next().unwrap();
    let locations =
        ["before logs", "all is well", "after logs"].map(|part| good.find(part).unwrap());
    assert!(locations.is_sorted(), "{good}");
}

#[test]
fn failed_hook_is_shown_with_its_log() {
    let suite = Suite::new(SAYING);
    let ran = suite.run(&["run", "-q", "-j", "1"]);
    let story = |heading: &str| {
        let text =
            ran.out.split(heading).nth(1).unwrap_or_else(|| panic!("{heading}: {}", ran.out));
        text.split("\nerror: ").next().unwrap().to_owned()
    };
    let failing = story("error: hook `says_and_fails` after the scenario (");
    for part in [
        "= log: info failing logs",
        "= log: warn runner::steps: failing traces",
        "= printed: failing prints",
        "= attached: \"failing.txt\"",
        "= panicked at: ",
    ] {
        assert!(failing.contains(part), "{part:?} is missing in {failing}");
    }
    let hanging = story("error: hook `says_and_hangs` before the scenario (");
    assert!(hanging.contains("= log: info hanging logs"), "{hanging}");
}

#[test]
fn after_hook_receives_the_outcome_of_a_before_hook() {
    for (tag, outcome) in [
        ("runner_before_skips", "skipped"),
        ("runner_before_pends", "pending"),
        ("runner_before_fails", "failed"),
    ] {
        let suite = Suite::new(&format!(
            "Feature: f\n  @{tag} @runner_scenario_notes\n  Scenario: s\n    Given all is well\n"
        ));
        suite.run(&["run"]);
        let step_log = suite.read("journal");
        assert!(step_log.ends_with(&format!("scenario {outcome}\n")), "{tag}: {step_log}");
    }
}
