//! Merging of reports from several machines.

use serde_json::Value;

use super::reports::{assert_valid, peer};
use super::suite::Suite;

const FEATURE: &str = "\
Feature: Parts
  Background:
    Given all is well

  Scenario: Good
    Given a table:
      | a |
  Scenario: Bad
    When the roof burns
  Scenario: Unknown
    When no step matches
  @runner_before_fails
  Scenario: Hooked
    Given all is well
  Scenario Outline: Row <n>
    When it takes <n> of 256
    Examples:
      | n   |
      | 1   |
      | 300 |
  Scenario: Flaky
    When 'm' fails 1 time
  Scenario: Skipped
    Given it is skipped
";

/// Returns a suite after runs of shard 1, shard 2 and the whole.
fn parts() -> Suite {
    let suite = Suite::new(FEATURE);
    suite.write("features/b.feature", "Feature: Other\n  Scenario: Other\n    Given all is well\n");
    for (name, shard) in [("1", Some("1/2")), ("2", Some("2/2")), ("all", None)] {
        let junit = format!("--report=junit={name}.xml");
        let messages = format!("--report=messages={name}.ndjson");
        let mut arguments = vec!["run", "--retry", "1", &junit, &messages];
        arguments.extend(shard.into_iter().flat_map(|shard| ["--shard", shard]));
        suite.run(&arguments).assert(1, &["failed"]);
    }
    suite
}

fn envelopes(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns the number of messages of each kind, and of steps of each status.
fn counts(envelopes: &[Value]) -> Vec<(String, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for envelope in envelopes {
        let (kind, message) = envelope.as_object().unwrap().iter().next().unwrap();
        *counts.entry(kind.clone()).or_default() += 1;
        if let Some(status) = message["testStepResult"]["status"].as_str() {
            *counts.entry(status.to_owned()).or_default() += 1;
        }
    }
    counts.into_iter().collect()
}

#[test]
fn merged_messages_equal_those_of_one_run() {
    let suite = parts();
    let arguments = ["report", "merge", "--report", "messages=merged.ndjson"];
    let ran = suite.run(&[&arguments[..], &["1.ndjson", "2.ndjson"]].concat());
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""));
    let merged = envelopes(&suite.read("merged.ndjson"));
    let mut whole = counts(&envelopes(&suite.read("all.ndjson")));
    for (kind, count) in &mut whole {
        // Each machine ran the hooks of its run.
        *count *= if kind.starts_with("testRunHook") { 2 } else { 1 };
    }
    assert_eq!(counts(&merged), whole);
    assert!(merged[0].get("meta").is_some());
    let finished = &merged[merged.len() - 1]["testRunFinished"];
    assert_eq!(finished["success"], false);
    assert_eq!(finished["testRunStartedId"], "run");
    super::reports::assert_references_are_defined(&merged);
    for machine in ["1-", "2-"] {
        let is_of_it = |case: &&Value| {
            let worker = case["testCaseStarted"]["workerId"].as_str();
            worker.is_some_and(|worker| worker.starts_with(machine))
        };
        assert!(merged.iter().any(|envelope| is_of_it(&envelope)), "workers of machine {machine}");
    }
    assert_valid(&suite.path("merged.ndjson"), merged.len());
}

#[test]
fn merged_run_passes_only_if_all_passed() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    suite.run(&["run", "--report=messages=good.ndjson"]).assert(0, &["1 passed"]);
    suite.write("features/a.feature", "Feature: f\n  Scenario: s\n    Given all is well\n\n  Scenario: t\n    When the roof burns\n");
    suite.write("features/b.feature", "Feature: g\n  Scenario: s\n    When the roof burns\n");
    suite.run(&["run", "features/b.feature", "--report=messages=bad.ndjson"]).assert(1, &[]);
    for (inputs, success) in [
        (["good.ndjson", "good.ndjson"], true),
        (["good.ndjson", "bad.ndjson"], false),
        (["bad.ndjson", "good.ndjson"], false),
    ] {
        let arguments = ["report", "merge", "--report=messages=merged.ndjson"];
        suite.run(&[&arguments[..], &inputs].concat()).assert(0, &[]);
        let merged = envelopes(&suite.read("merged.ndjson"));
        assert_eq!(merged[merged.len() - 1]["testRunFinished"]["success"], success, "{inputs:?}");
    }
    // The same feature file, changed between the runs.
    suite.run(&["run", "features/a.feature", "--report=messages=new.ndjson"]).assert(1, &[]);
    let arguments = ["report", "merge", "--report=messages=x", "good.ndjson", "new.ndjson"];
    suite
        .run(&arguments)
        .refused(2, &["new.ndjson:2: features/a.feature differs from good.ndjson"]);
}

#[test]
fn merged_junit_equals_that_of_one_run() {
    let suite = parts();
    suite.run(&["report", "merge", "--report=junit=merged.xml", "1.xml", "2.xml"]).assert(0, &[]);
    let read = "\
import sys, xml.etree.ElementTree as t
root = t.parse(sys.argv[1]).getroot()
counts = lambda e: [e.get(n) for n in ('tests', 'failures', 'errors', 'skipped')]
print(counts(root), sorted([s.get('name')] + counts(s) for s in root.iter('testsuite')))
for case in sorted(root.iter('testcase'), key=lambda c: (c.get('classname'), c.get('name'))):
    print(case.get('classname'), case.get('name'), [child.tag for child in case])
";
    let of = |file: &str| peer("python3", &["-c", read, &suite.path(file).to_string_lossy()]);
    let (Some(merged), Some(whole)) = (of("merged.xml"), of("all.xml")) else { return };
    assert_eq!(merged, whole);
    assert!(whole.starts_with("['9', '4', '0', None]"), "{whole}");
}

#[cfg(feature = "html-report")]
#[test]
fn merged_html_report_opens_in_a_browser() {
    let suite = parts();
    let arguments = ["report", "merge", "--report=html=merged.html", "1.ndjson", "2.ndjson"];
    suite.run(&arguments).assert(0, &[]);
    let Some(page) = super::reports::dump_dom(&suite.path("merged.html"), "") else { return };
    for part in ["Good", "Row 300", "the roof is on fire", "features/b.feature"] {
        assert!(page.contains(part), "{part} is missing in the page of {} bytes", page.len());
    }
}

#[test]
fn invalid_input_is_reported_with_file_and_line() {
    let suite = Suite::new("");
    let started = "{\"testRunStarted\":{\"id\":\"1\",\"timestamp\":{\"seconds\":1,\"nanos\":0}}}\n";
    for (name, text) in [
        ("empty", ""),
        ("text", "hello\n"),
        ("cut.ndjson", &started[..40]),
        ("array.ndjson", "{\"meta\": {}}\n[]\n"),
        ("two.ndjson", "{\"meta\": {}, \"source\": {}}\n"),
        ("endless.ndjson", started),
        ("unknown.ndjson", "{\"testCase\":{\"id\":\"1\",\"pickleId\":\"7\"}}\n"),
        ("open.xml", "<testsuites>\n<testsuite>\n</testsuites>"),
        ("page.xml", "<?xml version=\"1.0\"?>\n<html/>"),
    ] {
        suite.write(name, text);
    }
    for (name, reported) in [
        ("empty", "empty:1: empty report"),
        ("text", "text:1: none of JUnit XML, Cucumber Messages and timeline"),
        ("cut.ndjson", "cut.ndjson:1: invalid JSON: "),
        ("array.ndjson", "array.ndjson:2: not a message"),
        ("two.ndjson", "two.ndjson:1: not a message"),
        ("endless.ndjson", "endless.ndjson:1: the stream ends without `testRunFinished`"),
        ("unknown.ndjson", "unknown.ndjson:1: pickleId refers to unknown id \"7\""),
        ("open.xml", "open.xml:3: invalid XML: "),
        ("page.xml", "page.xml:2: <html> is not a JUnit report"),
        ("missing", "missing: cannot read this report: "),
    ] {
        let arguments =
            ["report", "merge", "--report=junit=out.xml", "--report=messages=out.ndjson", name];
        let ran = suite.run(&arguments);
        if name.ends_with(".xml") || name.ends_with(".ndjson") {
            // The input is of one kind only; the report of the other kind is left out.
            let kind = if name.ends_with(".xml") { "junit" } else { "messages" };
            let output = format!("--report={kind}=out");
            suite.run(&["report", "merge", &output, name]).refused(2, &[reported]);
        } else {
            ran.refused(2, &[reported]);
        }
        assert!(!suite.path("out.xml").exists() && !suite.path("out").exists(), "{name}");
    }
}

#[test]
fn merge_without_inputs_is_refused() {
    let suite = Suite::new("");
    suite.write("a.xml", "<testsuites/>");
    for (arguments, reported) in [
        (&["report"][..], "missing command; expected one of: merge"),
        (&["report", "merge", "a.xml"], "missing --report <KIND=FILE>"),
        (&["report", "merge", "--report", "junit=b.xml"], "missing <INPUT>..."),
        (&["report", "split"], "unknown command 'split'; expected one of: merge"),
        (&["report", "merge", "--report", "rerun=b", "a.xml"], "unknown report kind \"rerun\""),
        (&["report", "merge", "--report", "junit", "a.xml"], "expected KIND=FILE"),
        (&["report", "merge", "--out", "b"], "unexpected option '--out'"),
        (
            &["report", "merge", "--report", "messages=b", "a.xml"],
            "a.xml: is JUnit XML, and no --report junit=FILE is given",
        ),
        (
            &["report", "merge", "--report", "messages=b", "--report", "junit=c", "a.xml"],
            "b: no input is Cucumber Messages",
        ),
        (
            &["report", "merge", "--report", "junit=a.xml/no/folder", "a.xml"],
            "cannot write report a.xml/no/folder: ",
        ),
    ] {
        suite.run(arguments).refused(2, &[reported]);
    }
    let help = suite.run(&["report", "merge", "--help"]);
    help.assert(0, &["report merge [OPTIONS] --report <KIND=FILE> <INPUT>...", "--shard 2/2"]);
}

/// Returns a suite after a run in which one of two scenarios failed, and a rerun in which it passed.
fn run_and_rerun() -> Suite {
    let suite = Suite::new(
        "Feature: f\n  Scenario: stable\n    Given all is well\n  Scenario: late\n    When it finds 'fixed'\n",
    );
    for (number, code) in [(1, 1), (2, 0)] {
        let [junit, messages] = ["junit=NUMBER.xml", "messages=NUMBER.ndjson"]
            .map(|report| report.replace("NUMBER", &number.to_string()));
        let name = if number == 1 { "." } else { "late" };
        let arguments =
            ["run", "-j", "1", "--report", &junit, "--report", &messages, "--name", name];
        assert_eq!(suite.run(&arguments).code, Some(code));
        suite.write("fixed", "");
    }
    suite
}

fn merge(suite: &Suite, options: &[&str]) -> super::suite::Ran {
    let mut arguments =
        vec!["report", "merge", "--report", "junit=all.xml", "--report", "messages=all.ndjson"];
    arguments.extend(options);
    suite.run(&arguments)
}

fn messages_of(suite: &Suite, kind: &str) -> Vec<Value> {
    let text = suite.read("all.ndjson");
    let messages = text.lines().map(|line| serde_json::from_str(line).unwrap());
    messages.filter_map(|message: Value| message.get(kind).cloned()).collect()
}

#[test]
fn report_merged_with_itself_counts_once() {
    let suite = run_and_rerun();
    merge(&suite, &["1.xml", "1.xml", "1.ndjson", "1.ndjson"]).assert(0, &[]);
    let xml = suite.read("all.xml");
    assert!(xml.contains(r#"tests="2" failures="1" errors="0""#), "{xml}");
    assert_eq!(xml.matches("<testcase ").count(), 2, "{xml}");
    assert!(!xml.contains("rerunFailure"), "{xml}");
    assert_eq!(messages_of(&suite, "testCaseStarted").len(), 2);
    assert_eq!(messages_of(&suite, "testRunHookStarted").len(), 2);
    assert_eq!(messages_of(&suite, "testRunFinished")[0]["success"], false);
}

#[test]
fn rerun_merges_as_an_attempt_in_junit() {
    let suite = run_and_rerun();
    // The order of the inputs does not matter.
    merge(&suite, &["2.xml", "1.xml", "2.ndjson", "1.ndjson"]).assert(0, &[]);
    let xml = suite.read("all.xml");
    assert!(xml.contains(r#"tests="2" failures="0" errors="0""#), "{xml}");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let late = document.descendants().find(|node| node.attribute("name") == Some("late")).unwrap();
    let children: Vec<_> =
        late.children().filter(|child| child.is_element()).map(|c| c.tag_name().name()).collect();
    assert_eq!(children, ["flakyFailure"], "{xml}");
    let retry = late.children().find(|child| child.has_tag_name("flakyFailure")).unwrap();
    assert!(retry.children().any(|child| child.has_tag_name("stackTrace")), "{xml}");
}

#[test]
fn rerun_merges_as_an_attempt_in_messages() {
    let suite = run_and_rerun();
    merge(&suite, &["2.xml", "1.xml", "2.ndjson", "1.ndjson"]).assert(0, &[]);
    assert_eq!(messages_of(&suite, "testCase").len(), 2);
    let attempts: Vec<_> = messages_of(&suite, "testCaseStarted")
        .into_iter()
        .map(|started| (started["attempt"].as_u64().unwrap(), started["id"].to_string()))
        .collect();
    let numbers: Vec<_> = attempts.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers.iter().filter(|number| **number == 1).count(), 1, "{numbers:?}");
    let retried: Vec<_> = messages_of(&suite, "testCaseFinished")
        .into_iter()
        .filter(|finished| finished["willBeRetried"] == true)
        .collect();
    assert_eq!(retried.len(), 1);
    let second = &attempts.iter().find(|(number, _)| *number == 1).unwrap().1;
    assert_ne!(retried[0]["testCaseStartedId"].to_string(), *second);
    assert_eq!(messages_of(&suite, "testRunFinished")[0]["success"], true);
}

#[test]
fn rerun_that_fails_merges_as_a_failure() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When it fails with 'x'\n");
    for number in ["1", "2"] {
        let report = format!("junit={number}.xml");
        suite.run(&["run", "--report", &report]);
    }
    let ran = suite.run(&["report", "merge", "--report", "junit=all.xml", "1.xml", "2.xml"]);
    ran.assert(0, &[]);
    let xml = suite.read("all.xml");
    assert!(xml.contains(r#"tests="1" failures="1""#), "{xml}");
    assert_eq!((xml.matches("<failure ").count(), xml.matches("<rerunFailure ").count()), (1, 1));
}

#[test]
fn twins_of_two_shards_are_numbered() {
    let twin = "  Scenario: twin\n    Given all is well\n";
    let suite = Suite::new(&format!("Feature: f\n{twin}{twin}"));
    for shard in ["1/2", "2/2"] {
        let report = format!("junit={}.xml", &shard[..1]);
        suite.run(&["run", "--shard", shard, "--report", &report]).assert(0, &["1 scenario"]);
    }
    suite.run(&["report", "merge", "--report", "junit=all.xml", "1.xml", "2.xml"]).assert(0, &[]);
    let xml = suite.read("all.xml");
    assert!(xml.contains(r#"name="twin""#) && xml.contains(r#"name="twin #2""#), "{xml}");
}

#[test]
fn incomplete_inputs_are_merged_on_request() {
    let suite = run_and_rerun();
    let messages = suite.read("2.ndjson");
    let cut = &messages[..messages.find("testRunFinished").unwrap() - 20];
    suite.write("2.ndjson", cut);
    suite.write("2.xml", "");
    let inputs = ["1.xml", "2.xml", "1.ndjson", "2.ndjson"];
    merge(&suite, &inputs).refused(2, &["2.xml:1: empty report"]);
    let ran = merge(&suite, &[&["--partial"], &inputs[..]].concat());
    ran.assert(0, &[]);
    for part in ["warning: incomplete report: 2.xml:1: ", "warning: incomplete report: 2.ndjson:"] {
        assert!(ran.err.contains(part), "{part} in {}", ran.err);
    }
    let xml = suite.read("all.xml");
    assert!(xml.contains(r#"tests="3" failures="1" errors="1""#), "{xml}");
    assert!(xml.contains(r#"<testcase name="2.xml" classname="incomplete reports""#), "{xml}");
    assert_eq!(messages_of(&suite, "testCaseStarted").len(), 3);
    assert_eq!(messages_of(&suite, "testRunFinished")[0]["success"], false);
}
