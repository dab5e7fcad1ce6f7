//! In which order and how often scenarios run.

use std::fmt::Write;

use super::suite::Suite;

#[test]
fn serial_scenarios_run_alone() {
    let mut text = "Feature: f\n".to_owned();
    for number in 0..6 {
        let tag = if number % 2 == 0 { "  @alone\n" } else { "" };
        let _ = writeln!(
            text,
            "{tag}  Scenario: s{number}\n    When it notes \"{}{number}\" in \"notes\" for 30 ms",
            if tag.is_empty() { "t" } else { "a" }
        );
    }
    let suite = Suite::new(&text);
    suite.run(&["run", "-j", "4", "--serial", "@alone"]).assert(0, &["6 scenarios (6 passed)"]);
    let notes = suite.read("notes");
    let lines: Vec<_> = notes.lines().collect();
    assert_eq!(lines.len(), 12, "{notes}");
    // Whatever runs alone ends before anything else begins.
    for (index, line) in lines.iter().enumerate() {
        if let Some(name) = line.strip_suffix(" begins").filter(|name| name.starts_with('a')) {
            assert_eq!(lines[index + 1], format!("{name} ends"), "{notes}");
        }
    }
    let together = lines
        .windows(2)
        .any(|pair| pair.iter().all(|l| l.starts_with('t') && l.ends_with("begins")));
    assert!(together, "the others run side by side:\n{notes}");
}

#[test]
fn serial_tag_needs_no_option() {
    let suite = Suite::new(
        "Feature: f
  @serial
  Scenario: a
    When it notes \"a\" in \"notes\" for 0 ms
  @alone
  Scenario: b
    When it notes \"b\" in \"notes\" for 0 ms
",
    );
    suite.run(&["run", "-j", "1"]).assert(0, &["2 scenarios (2 passed)"]);
    assert_eq!(suite.read("notes"), "b begins\nb ends\na begins\na ends\n", "b, then a alone");
    std::fs::remove_file(suite.path("notes")).unwrap();
    suite.run(&["run", "-j", "1", "--serial", "@alone"]).assert(0, &["2 scenarios (2 passed)"]);
    assert_eq!(suite.read("notes"), "a begins\na ends\nb begins\nb ends\n", "a, then b alone");
}

/// The first scenario waits for the third, and the second may not run meanwhile.
const ONE_AT_A_TIME: &str = "
  Scenario: a
    When it notes \"a\" in \"notes\" until \"go\" is there
TAG
  Scenario: b
    When it notes \"b\" in \"notes\" for 0 ms
";

/// Lets the first scenario go on.
const GO: &str = "Feature: g\n  Scenario: c\n    When it notes \"c\" in \"go\" for 0 ms\n";

#[test]
fn scenarios_with_one_lock_do_not_overlap() {
    for (tag, options) in [("@lock(database)", &[][..]), ("@database", &["--lock", "@database"])] {
        let features = ONE_AT_A_TIME.replace("TAG", tag);
        let suite = Suite::new(&format!("Feature: f\n{tag}{features}"));
        suite.write("features/b.feature", GO);
        let arguments = [&["run", "-j", "3"], options].concat();
        suite.run(&arguments).assert(0, &["3 scenarios (3 passed)"]);
        assert_eq!(suite.read("notes"), "a begins\na ends\nb begins\nb ends\n");
    }
}

#[test]
fn scenarios_of_parallel_features_run_in_order() {
    let suite = Suite::new(&format!("Feature: f\n{}", ONE_AT_A_TIME.replace("TAG", "")));
    suite.write("features/b.feature", GO);
    suite.write("harmony.toml", "[run]\nparallel = \"features\"\n");
    suite.run(&["run", "-j", "3"]).assert(0, &["3 scenarios (3 passed)"]);
    assert_eq!(suite.read("notes"), "a begins\na ends\nb begins\nb ends\n");
}

#[test]
fn stopped_run_does_not_wait_for_a_lock_or_a_delay() {
    let suite = Suite::new(
        "Feature: f
  @retry.after(1h) @lock(a)
  Scenario: a
    When it fails with 'x'
  @lock(b)
  Scenario: b
    When it notes \"b\" in \"notes\" until \"go\" is there
  @lock(b)
  Scenario: c
    When it fails with 'y'
  Scenario: d
    When it notes \"d\" in \"go\" for 0 ms
",
    );
    suite.run(&["run", "-j", "4", "--fail-fast"]).assert(1, &["error: y"]);
}

#[test]
fn retry_tags_need_no_option() {
    let suite = Suite::new(
        "@retry(2)
Feature: f
  Scenario: twice
    When 'x' fails 2 times
  @retry
  Scenario: once
    When 'y' fails 2 times
  @retry.after(200ms)
  Scenario: later
    When 'z' fails 1 time
  @retry(0)
  Scenario: never
    When 'n' fails 1 time
",
    );
    let started = std::time::Instant::now();
    suite.run(&["run"]).assert(
        1,
        &["~ twice", "✗ once", "failed 2 times", "~ later", "✗ never", "(2 failed, 2 flaky)"],
    );
    assert!(started.elapsed() >= std::time::Duration::from_millis(200));
}

#[test]
fn retries_can_be_limited_to_tags() {
    let suite = Suite::new(
        "Feature: f
  @net
  Scenario: net
    When 'x' fails 1 time
  Scenario: disk
    When 'y' fails 1 time
",
    );
    let parts = &["~ net", "✗ disk", "2 scenarios (1 failed, 1 flaky)"];
    let filter = ["--retry-tag-filter", "@net", "--retry-delay", "1ms"];
    suite.run(&[&["run", "--retry", "3"], &filter[..]].concat()).assert(1, parts);
    suite.run(&[&["run"], &filter[..]].concat()).assert(1, parts);
}

#[test]
fn flaky_scenario_may_fail_the_run() {
    let suite = Suite::new("Feature: f\n  @retry\n  Scenario: s\n    When 'x' fails 1 time\n");
    suite.run(&["run", "--flaky", "pass"]).assert(0, &["1 scenario (1 flaky)"]);
    let arguments = ["run", "--flaky", "fail", "--report", "messages=m.ndjson"];
    suite
        .run(&arguments)
        .assert(1, &["1 scenario (1 flaky)", "error: flaky scenarios fail this run"]);
    assert!(suite.read("m.ndjson").contains("\"success\":false"));
    suite.write("harmony.toml", "[run]\nflaky = \"fail\"\n");
    suite.test(&[]).assert(101, &["FAILED (flaky)", "error: flaky tests fail this run: 1"]);
}

#[test]
fn allowed_scenario_is_skipped_at_a_missing_step() {
    let suite = Suite::new(
        "Feature: f
  @allow.skipped
  Scenario: a
    When no step matches
    Then it is pending
  @allow.skipped
  Scenario: b
    Then it is pending
  Scenario: c
    Given all is well
",
    );
    suite.run(&["run"]).assert(
        0,
        &[
            "skipped: undefined, which @allow.skipped allows",
            "skipped: pending, which @allow.skipped allows",
            "3 scenarios (1 passed, 2 skipped)",
        ],
    );
    suite.run(&["check"]).assert(0, &["0 errors"]);
}

#[test]
fn retried_scenario_that_passes_is_flaky() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: unstable\n    When 'x' fails 2 times\n  Scenario: hopeless\n    When 'y' fails 9 times\n  Scenario: missing\n    When no step matches\n",
    );
    let ran = suite.run(&["run", "--retry", "2", "--report", "rerun=again"]);
    ran.assert(
        1,
        &[
            "~ unstable",
            "flaky: passed on attempt 3",
            "✗ hopeless",
            "failed 3 times",
            "passed on attempt 3, failed first at \"'x' fails 2 times\": failure number 1",
            "error: failure number 3",
            "3 scenarios (2 failed, 1 flaky)",
        ],
    );
    assert!(!ran.out.contains("missing  failed"), "what is undefined stays so: {}", ran.out);
    assert_eq!(
        suite.read("again"),
        "# flaky: features/a.feature:2\nfeatures/a.feature:4\nfeatures/a.feature:6\n"
    );
    let green = Suite::new("Feature: f\n  Scenario: unstable\n    When 'x' fails 1 time\n");
    green.run(&["run", "--retry", "1"]).assert(0, &["1 scenario (1 flaky)"]);
    green.run(&["run"]).assert(1, &["1 scenario (1 failed)"]);
}

#[test]
fn fail_fast_starts_nothing_after_a_failure() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When it fails with 'x'\n  Scenario: b\n    Given all is well\n",
    );
    let ran = suite.run(&["run", "--fail-fast", "-j", "1"]);
    ran.assert(1, &["2 scenarios (1 failed, 1 not run)"]);
    suite.run(&["run", "-j", "1"]).assert(1, &["2 scenarios (1 passed, 1 failed)"]);
}

#[test]
fn dry_run_only_matches_steps() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When it notes \"x\" in \"notes\" for 0 ms\n    And the roof burns\n",
    );
    suite
        .run(&["run", "--dry-run"])
        .assert(0, &["1 scenario (1 skipped), 2 steps (2 skipped)", "skipped: dry run"]);
    assert!(!suite.path("notes").exists());
    suite.write(
        "features/a.feature",
        "Feature: f\n  Scenario: a\n    When no step matches\n    And the roof burns\n    And twice over\n",
    );
    suite.run(&["run", "--dry-run"]).assert(1, &["3 steps (1 undefined, 1 ambiguous, 1 skipped)"]);
}

#[test]
fn hanging_step_is_retried() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When nothing comes back\n    And the roof burns\n  Scenario: b\n    Given all is well\n",
    );
    let ran = suite.run(&["run", "--step-timeout", "0.05", "--retry", "1", "-j", "1"]);
    ran.assert(
        1,
        &[
            "the step was still running after 50.0 ms",
            "failed 2 times",
            "2 scenarios (1 passed, 1 failed), 3 steps (1 passed, 1 timed out, 1 skipped)",
        ],
    );
}

#[test]
fn flaky_scenario_names_the_hook_that_failed_first() {
    let suite = Suite::new(
        "Feature: f
  @runner_before_fails_once
  Scenario: before
    Given all is well
  @runner_after_fails_once
  Scenario: after
    Given all is well
",
    );
    suite.run(&["run", "--retry", "1"]).assert(
        0,
        &[
            "features/a.feature:3  before\n                passed on attempt 2, failed first around its steps: hook `fails_once_before`",
            "features/a.feature:6  after\n                passed on attempt 2, failed first around its steps: hook `fails_once_after`",
            "2 scenarios (2 flaky)",
        ],
    );
}

#[test]
fn step_that_hangs_is_reported_with_its_definition() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When nothing comes back\n");
    suite.run(&["run", "--step-timeout", "0.1"]).assert(
        1,
        &["definition: runtime/tests/runner/steps.rs:", "(hangs), \"nothing comes back\""],
    );
}

#[test]
fn every_undefined_step_has_a_snippet() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: s\n    When no step matches\n    Then no other step matches\n    And no other step matches\n",
    );
    let ran = suite.run(&["run", "--report", "junit=j.xml"]);
    ran.assert(
        1,
        &[
            "5 |     And no other step matches",
            "Define them for \"s\":",
            "#[when(\"no step matches\")]",
            "#[then(\"no other step matches\")]",
        ],
    );
    assert_eq!(ran.out.matches("#[then(\"no other step matches\")]").count(), 1, "{}", ran.out);
    let xml = suite.read("j.xml");
    for part in ["When no step matches", "Then no other step matches", "And no other step matches"]
    {
        assert!(xml.contains(&format!("{part}&#10;  at ")), "{part:?} is missing in {xml}");
    }
}
