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
    assert!(ran.out.contains("2 steps (1 passed, 1 skipped)"), "{}", ran.out);
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

const ORDERED: &str = "@runner_feature_notes\nFeature: f\n  @runner_scenario_notes\n  Scenario: a\n    Given all is well\n  @runner_scenario_notes\n  Scenario: b\n    When the roof burns\n";

#[test]
fn hooks_of_every_level_run_once_each_and_in_order() {
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
fn a_feature_begins_and_ends_once_however_many_threads_play_it() {
    let scenario = "  Scenario: s\n    Given all is well\n";
    let text = format!("@runner_feature_notes\nFeature: f\n{}", scenario.repeat(40));
    let suite = Suite::new(&text);
    suite.run(&["run", "-j", "8"]).assert(0, &["40 scenarios (40 passed)"]);
    assert_eq!(suite.read("journal"), "feature begins\nfeature ends\n");
}

#[test]
fn nothing_runs_when_the_hook_before_everything_fails_and_the_one_after_it_does() {
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
fn a_hook_after_everything_that_fails_or_hangs_makes_the_run_red() {
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
fn a_feature_that_cannot_begin_fails_its_scenarios_and_no_hook_of_theirs_runs() {
    let suite = Suite::new(
        "@runner_feature_refuses @runner_feature_notes @runner_scenario_notes\nFeature: f\n  Scenario: a\n    Given all is well\n  Scenario: b\n    Given all is well\n",
    );
    let ran = suite.run(&["run"]);
    ran.assert(
        1,
        &["2 scenarios (2 failed)", "hook `feature_refuses` before the feature (", "no room"],
    );
    assert!(ran.out.contains("2 steps (2 skipped)"), "{}", ran.out);
    let journal = suite.read("journal");
    assert!(journal.ends_with("feature ends\n"), "{journal}");
    assert!(!journal.contains("scenario"), "{journal}");
}

#[test]
fn a_hook_that_hangs_fails_its_scenario_by_name_and_the_run_goes_on() {
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
    let journal = suite.read("journal");
    assert!(journal.ends_with("scenario failed\n"), "the hook after it ran: {journal}");
}

#[test]
fn a_hook_after_a_feature_that_hangs_makes_the_run_red_and_holds_up_nothing() {
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
    let journal = suite.read("journal");
    assert!(journal.ends_with("scenario timed out\nfeature ends\n"), "{journal}");
}

#[test]
fn states_of_every_scope_are_made_once_and_dropped_in_reverse() {
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
fn a_destructor_that_panics_and_an_error_nobody_checked_fail_the_scenario() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When something brittle is used\n  Scenario: b\n    When an error is expected\n  Scenario: c\n    Given all is well\n",
    );
    suite.run(&["run"]).assert(
        1,
        &[
            "3 scenarios (1 passed, 2 failed)",
            "broke when dropped",
            "was caught, but no later step",
        ],
    );
}

#[test]
fn the_progress_report_tells_of_hooks_as_well() {
    let suite = Suite::new(
        "@runner_feature_fails\nFeature: f\n  @runner_before_fails\n  Scenario: a\n    Given all is well\n",
    );
    suite
        .run(&["run", "--format", "progress"])
        .assert(1, &["before_fails", "no power", "left dirty"]);
}

const SAYING: &str = "@runner_hooks_say\nFeature: f\n  Scenario: good\n    Given all is well\n  @runner_hook_says_and_fails\n  Scenario: bad\n    Given all is well\n  @runner_hook_says_and_hangs\n  Scenario: stuck\n    Given all is well\n";

/// What the hook of this name left behind.
fn said(hook: &str) -> [String; 4] {
    ["logs", "traces", "prints", "attaches"].map(|what| format!("{hook} {what}"))
}

#[test]
fn what_hooks_of_every_level_say_is_in_every_report() {
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
            for part in said(hook) {
                assert!(text.contains(&part), "{part:?} is missing in {kind}:\n{text}");
            }
        }
        for part in &said(hook)[..3] {
            assert!(ran.out.contains(part.as_str()), "{part:?} is missing in:\n{}", ran.out);
        }
        assert!(ran.out.contains(&format!("attached \"{hook}.txt\"")), "{hook} in:\n{}", ran.out);
    }
    // Of a hook that was given up there is what it said before.
    for kind in ["junit", "messages", "timeline"] {
        assert!(suite.read(&format!("of.{kind}")).contains("hanging logs"), "{kind}");
    }
    // So is what those said that ran before it.
    assert_eq!(suite.read("of.junit").matches("info before logs").count(), 3);
    // In the order of time: before, the step, after.
    let good = ran.out.split("✓ good").nth(1).unwrap().split("✗ bad").next().unwrap();
    let places = ["before logs", "all is well", "after logs"].map(|part| good.find(part).unwrap());
    assert!(places.is_sorted(), "{good}");
}

#[test]
fn the_story_of_a_hook_that_failed_tells_what_it_said() {
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
