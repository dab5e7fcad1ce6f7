//! A test target: the options and variables that cargo, nextest and development environments use.

use serde_json::{Value, json};

use super::suite::{Ran, Suite};

const FEATURE: &str = "\
Feature: f
  Scenario: good
    Given it prints 'a word' and logs 'a log'
  Scenario: bad
    When the roof burns
  Scenario: skipped
    Given it is skipped
";

/// Runs the suite as a test target with these arguments and variables.
fn test(suite: &Suite, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = suite.test_command(arguments);
    command.env_remove("NEXTEST").envs(variables.iter().copied());
    Ran::of(command.output().unwrap())
}

/// Returns the events of a JSON output.
fn events(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn json_has_an_event_for_each_start_and_end() {
    let arguments = ["-Z", "unstable-options", "--format", "json", "--test-threads", "1"];
    let ran = test(&Suite::new(FEATURE), &arguments, &[]);
    assert_eq!(ran.code, Some(101), "{ran:?}");
    let events = events(&ran);
    let brief = events.iter().map(|event| {
        let name = event["name"].as_str().unwrap_or_default();
        format!("{} {} {name}", event["type"].as_str().unwrap(), event["event"].as_str().unwrap())
    });
    let expected = [
        "suite started ",
        "test started a::good",
        "test ok a::good",
        "test started a::bad",
        "test failed a::bad",
        "test started a::skipped",
        "test ignored a::skipped",
        "suite failed ",
    ];
    assert_eq!(brief.collect::<Vec<_>>(), expected);
    assert_eq!(events[0]["test_count"], 3);
    assert!(events[2].get("stdout").is_none(), "{}", events[2]);
    let stdout = events[4]["stdout"].as_str().unwrap();
    assert!(
        stdout.starts_with("error: the roof is on fire\n --> features/a.feature:5:5"),
        "{stdout}"
    );
    assert_eq!(events[6]["message"], "no hardware");
    let counts = ["passed", "failed", "ignored", "measured", "filtered_out"];
    assert_eq!(counts.map(|count| events[7][count].clone()), [1, 1, 1, 0, 0].map(Value::from));
    assert!(events[7]["exec_time"].is_number());
}

#[test]
fn json_lists_the_tests() {
    let arguments = ["--list", "--format=json", "-Zunstable-options"];
    let ran = test(&Suite::new(FEATURE), &arguments, &[]);
    let events = events(&ran);
    assert_eq!(events.len(), 5, "{ran:?}");
    assert_eq!(events[0], json!({"type": "suite", "event": "discovery"}));
    assert_eq!(events[1]["name"], "a::good");
    assert_eq!((&events[4]["event"], &events[4]["total"]), (&json!("completed"), &json!(3)));
}

#[test]
fn show_output_shows_what_passed_tests_print() {
    let suite = Suite::new(FEATURE);
    let json = ["--format", "json", "--show-output", "good"];
    let events = events(&test(&suite, &json, &[]));
    assert_eq!(events[2]["stdout"], "a word\nerr a word\n", "{events:?}");
    let shown =
        ["\nsuccesses:\n\n---- a::good stdout ----\na word\n", "\nsuccesses:\n    a::good\n"];
    test(&suite, &["--show-output", "good"], &[]).assert(0, &shown);
    assert!(!test(&suite, &["good"], &[]).out.contains("a word"));
}

#[test]
fn rust_test_nocapture_prints_output_immediately() {
    let suite = Suite::new(FEATURE);
    let variable = |value| [("RUST_TEST_NOCAPTURE", value)];
    test(&suite, &["good"], &variable("1")).assert(0, &["a word\n"]);
    assert!(!test(&suite, &["good"], &variable("0")).out.contains("a word"));
}

#[test]
fn rust_test_threads_sets_the_number_of_threads() {
    let mut feature = "Feature: f\n".to_owned();
    for number in 0..4 {
        let step = format!("When it notes \"{number}\" in \"notes\" for 30 ms");
        feature += &format!("  Scenario: s{number}\n    {step}\n");
    }
    let suite = Suite::new(&feature);
    let begins_in_parallel = |threads: &str, arguments: &[&str]| {
        let variables = [("RUST_TEST_THREADS", threads), ("HARMONY_BDD_JOBS", "4")];
        suite.write("notes", "");
        test(&suite, arguments, &variables).assert(0, &["4 passed"]);
        let notes = suite.read("notes");
        let lines: Vec<_> = notes.lines().collect();
        lines.windows(2).any(|pair| pair.iter().all(|line| line.ends_with(" begins")))
    };
    assert!(!begins_in_parallel("1", &[]));
    assert!(begins_in_parallel("4", &[]));
    assert!(
        !begins_in_parallel("4", &["--test-threads", "1"]),
        "the option overrides the variable"
    );
}

#[test]
fn test_threads_rejects_zero() {
    let error = "--test-threads: expected an integer of at least 1, got \"0\"";
    Suite::new(FEATURE).test(&["--test-threads", "0"]).refused(101, &[error]);
}

#[test]
fn options_of_cargo_and_editors_are_accepted() {
    let options =
        ["--include-ignored", "--report-time", "-Z", "unstable-options", "--test", "good"];
    test(&Suite::new(FEATURE), &options, &[]).assert(0, &["1 passed"]);
}

#[test]
fn reason_of_a_failure_is_an_error_line_for_nextest() {
    let suite = Suite::new(FEATURE);
    let ran = test(&suite, &["--exact", "a::bad"], &[("NEXTEST", "1")]);
    assert_eq!(ran.code, Some(101));
    let line = "Error: the roof is on fire (panicked at runtime/tests/runner/steps.rs:";
    assert!(ran.err.starts_with(line) && ran.err.lines().count() == 1, "{}", ran.err);
    assert_eq!(test(&suite, &["--exact", "a::bad"], &[]).err, "");
}

#[test]
fn report_of_the_settings_is_written() {
    let suite = Suite::new(FEATURE);
    test(&suite, &["good"], &[("HARMONY_BDD_REPORT", "junit=j.xml")]).assert(0, &[]);
    assert!(suite.read("j.xml").contains("<testcase name=\"good\""), "{}", suite.read("j.xml"));
}

#[test]
fn report_under_nextest_is_a_warning() {
    let suite = Suite::new(FEATURE);
    let variables = [("HARMONY_BDD_REPORT", "junit=j.xml"), ("NEXTEST", "1")];
    let ran = test(&suite, &["good"], &variables);
    assert!(ran.err.starts_with("warning: no report is written, since nextest"), "{}", ran.err);
    assert!(!suite.path("j.xml").exists());
}

const TAGGED: &str = "\
Feature: f
  @fast @first
  Scenario: good
    Given all is well
  @fast
  Scenario: other
    Given all is well
  Scenario: slow
    Given all is well
";

/// Asserts that these arguments select these scenarios.
#[track_caller]
fn selects(arguments: &[&str], expected: &[&str]) {
    let ran = test(&Suite::new(TAGGED), &[arguments, &["-j1"]].concat(), &[]);
    let passed = ran.out.lines().filter_map(|line| line.strip_prefix("test a::"));
    let names: Vec<_> = passed.filter_map(|line| line.strip_suffix(" ... ok")).collect();
    assert_eq!(names, expected, "{ran:?}");
}

#[test]
fn options_of_run_select_tests() {
    selects(&["-t", "@fast and not @first"], &["other"]);
    selects(&["--tags=@fast", "--tags=@first"], &["good"]);
    selects(&["-n", "^(good|slow)$"], &["good", "slow"]);
    selects(&["--tags", "@fast", "goo"], &["good"]);
}

#[test]
fn options_of_run_on_the_command_line_are_stronger_than_the_environment() {
    let variables = [("HARMONY_BDD_TAGS", "@first"), ("HARMONY_BDD_RETRY", "2")];
    let ran = test(&Suite::new(TAGGED), &["-t", "not @fast", "--list"], &variables);
    assert_eq!(ran.out.lines().next(), Some("a::slow: test"), "{ran:?}");
}

#[test]
fn number_of_parallel_tests_has_the_names_of_run_and_of_cucumber_rs() {
    let suite = Suite::new(TAGGED);
    for arguments in [["-j", "2"], ["--jobs", "2"], ["-c", "2"], ["--concurrency", "2"]] {
        test(&suite, &arguments, &[]).assert(0, &["3 passed"]);
    }
    let ran = test(&suite, &["--concurrency", "many"], &[]);
    assert!(ran.err.contains("expected an integer of at least 1"), "{ran:?}");
}

#[test]
fn failed_tests_are_retried_as_often_as_the_command_line_says() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When the roof burns\n");
    let arguments = ["--retry", "1", "--retry-after", "1ms", "--retry-tag-filter", "not @x"];
    let ran = test(&suite, &arguments, &[]);
    assert_eq!(ran.code, Some(101), "{ran:?}");
    let refused = test(&suite, &["--retry", "often"], &[]);
    assert!(refused.err.contains("--retry"), "{refused:?}");
}

#[test]
fn fail_fast_ends_after_the_first_failure() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When the roof burns\n  Scenario: b\n    Given all is well\n",
    );
    let ran = test(&suite, &["--fail-fast", "-j1"], &[]);
    assert!(ran.out.contains("1 failed") && !ran.out.contains("a::b ... ok"), "{ran:?}");
}

#[test]
fn options_of_other_command_lines_are_answered() {
    for (argument, answer) in [
        ("--input=a*", "'--input'; the name of a test begins with that of its feature file"),
        ("-vv", "'-v'; `--show-output` and `--no-capture` show what steps print"),
        (
            "--step-timeout=9",
            "as `step_timeout`, or in the environment as HARMONY_BDD_STEP_TIMEOUT",
        ),
        ("--report=junit=a.xml", "as `report`, or in the environment as HARMONY_BDD_REPORT"),
    ] {
        let ran = test(&Suite::new(TAGGED), &[argument], &[]);
        assert_eq!(ran.code, Some(101), "{ran:?}");
        assert!(ran.err.contains(answer), "{ran:?}");
    }
}
