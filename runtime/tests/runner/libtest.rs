//! A suite as a test binary with the options of Rust's test harness.

use super::suite::{Ran, Suite};

const FEATURE: &str = "\
Feature: f
  Scenario: good
    Given all is well
  Scenario: bad
    When the roof burns
  Scenario Outline: row <n>
    Given part <n> is well
    Examples:
      | n |
      | a |
      | b |
  Rule: both
    Scenario: good
      Given all is well
    Scenario: good
      Given all is well
";

fn suite() -> Suite {
    let suite = Suite::new(FEATURE);
    suite.write("features/deep/b.feature", "Feature: g\n  Scenario: good\n    Given all is well\n");
    suite
}

const NAMES: [&str; 7] = [
    "a::good",
    "a::bad",
    "a::row a::row 1",
    "a::row b::row 2",
    "a::both::good",
    "a::both::good #2",
    "deep/b::good",
];

#[test]
fn list_has_a_name_for_each_scenario() {
    let suite = suite();
    let terse = suite.test(&["--list", "--format", "terse"]);
    assert_eq!(terse.out, NAMES.map(|name| format!("{name}: test\n")).concat());
    suite.test(&["--list"]).assert(0, &["a::good: test", "7 tests, 0 benchmarks\n"]);
    assert_eq!(suite.test(&["--list", "--format", "terse", "--ignored"]).out, "");
    assert_eq!(
        suite.test(&["--list", "--format", "terse", "row", "--skip", "row 1"]).out,
        "a::row b::row 2: test\n"
    );
}

#[test]
fn exact_runs_one_test() {
    let suite = suite();
    for name in NAMES {
        let ran = suite.test(&["--exact", name, "--nocapture"]);
        let code = if name == "a::bad" { 101 } else { 0 };
        let word = if name == "a::bad" { "FAILED" } else { "ok" };
        ran.assert(code, &["\nrunning 1 test\n", &format!("test {name} ... {word}\n")]);
    }
    suite.test(&["--exact", "a::goo"]).assert(0, &["running 0 tests", "test result: ok. 0 passed"]);
}

#[test]
fn exact_reads_only_its_file() {
    let suite = suite();
    suite.write("features/broken.feature", "no feature\n");
    suite.test(&["--exact", "deep/b::good"]).assert(0, &["test deep/b::good ... ok"]);
    suite.test(&["deep/b::good"]).refused(101, &["broken.feature:1:1"]);
}

#[test]
fn failure_has_the_format_of_the_harness() {
    let ran = suite().test(&["--test-threads", "1"]);
    ran.assert(101, &[
        "running 7 tests", "test a::bad ... FAILED", "\nfailures:\n\n---- a::bad ----\nerror: the roof is on fire",
        "\nfailures:\n    a::bad\n", "test result: FAILED. 6 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.",
    ]);
    let terse = suite().test(&["-q", "--test-threads=1", "good"]);
    terse.assert(0, &["\nrunning 4 tests\n....\n", "3 filtered out"]);
}

#[test]
fn ignored_test_shows_its_reason() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given it is skipped\n");
    suite.test(&[]).assert(0, &["test a::s ... ignored, no hardware\n", "0 failed; 1 ignored"]);
}

#[test]
fn flaky_test_is_a_failure_if_it_fails_the_run() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: s\n    When 'z' fails 1 time\n  Scenario: t\n    Given all is well\n",
    );
    suite.write("harmony.toml", "[run]\nretry = 1\nflaky = \"fail\"\n");
    let reason = "error: flaky: passed on attempt 2, which fails this run, failed first at";
    let words = ["test a::s ... FAILED (flaky)\n", reason, "FAILED. 1 passed; 1 failed"];
    suite.test(&[]).assert(101, &words);
    let json = suite.test(&["-Zunstable-options", "--format", "json"]);
    json.assert(101, &[reason, r#""event":"failed","#, r#""failed":1"#, r#""passed":1"#]);
    assert_eq!(json.out.matches(r#""event":"failed""#).count(), 2, "{}", json.out);
}

#[test]
fn settings_apply_to_test_binaries() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When 'z' fails 1 time\n");
    let mut command = suite.command(&[]);
    command.env("RUNNER_TEST_AS_TEST_BINARY", "1").env("HARMONY_BDD_RETRY", "1");
    Ran::of(command.output().unwrap())
        .assert(0, &["test a::s ... ok (flaky)", "1 passed; 0 failed"]);
    suite.test(&["--bogus"]).refused(101, &["unexpected option '--bogus'"]);
}

#[test]
fn help_of_a_test_binary_is_that_of_the_harness() {
    suite().test(&["--help"]).assert(0, &["TEST_BINARY", "--test-threads", "--show-output"]);
}
