//! Reports of several machines made into one.

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
    When nobody knows
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

/// A suite whose parts 1 and 2 were run, and all of it too.
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

/// How many messages of each kind, and how many steps of each status.
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
fn messages_of_all_parts_are_those_of_the_whole() {
    let suite = parts();
    let arguments = ["report", "merge", "--report", "messages=merged.ndjson"];
    let ran = suite.run(&[&arguments[..], &["1.ndjson", "2.ndjson"]].concat());
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""));
    let merged = envelopes(&suite.read("merged.ndjson"));
    let mut whole = counts(&envelopes(&suite.read("all.ndjson")));
    for (kind, count) in &mut whole {
        // Each machine ran the hooks around its run.
        *count *= if kind.starts_with("testRunHook") { 2 } else { 1 };
    }
    assert_eq!(counts(&merged), whole);
    assert!(merged[0].get("meta").is_some());
    let finished = &merged[merged.len() - 1]["testRunFinished"];
    assert_eq!(finished["success"], false);
    assert_eq!(finished["testRunStartedId"], "run");
    super::reports::assert_refers_only_to_what_was_told(&merged);
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
fn a_merged_run_is_a_success_when_all_were() {
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
        .refused(2, &["new.ndjson:2: features/a.feature has another content in good.ndjson"]);
}

#[test]
fn junit_of_all_parts_is_that_of_the_whole() {
    let suite = parts();
    suite.run(&["report", "merge", "--report=junit=merged.xml", "1.xml", "2.xml"]).assert(0, &[]);
    let read = "\
import sys, xml.etree.ElementTree as t
root = t.parse(sys.argv[1]).getroot()
told = lambda e: [e.get(n) for n in ('tests', 'failures', 'errors', 'skipped')]
print(told(root), sorted([s.get('name')] + told(s) for s in root.iter('testsuite')))
for case in sorted(root.iter('testcase'), key=lambda c: (c.get('classname'), c.get('name'))):
    print(case.get('classname'), case.get('name'), [child.tag for child in case])
";
    let of = |file: &str| peer("python3", &["-c", read, &suite.path(file).to_string_lossy()]);
    let (Some(merged), Some(whole)) = (of("merged.xml"), of("all.xml")) else { return };
    assert_eq!(merged, whole);
    assert!(whole.starts_with("['9', '4', '0', '1']"), "{whole}");
}

#[cfg(feature = "html-report")]
#[test]
fn the_merged_html_report_opens_in_a_browser() {
    let suite = parts();
    let arguments = ["report", "merge", "--report=html=merged.html", "1.ndjson", "2.ndjson"];
    suite.run(&arguments).assert(0, &[]);
    let Some(page) = super::reports::dump_dom(&suite.path("merged.html"), "") else { return };
    for part in ["Good", "Row 300", "the roof is on fire", "features/b.feature"] {
        assert!(page.contains(part), "{part} is missing in the page of {} bytes", page.len());
    }
}

#[test]
fn what_cannot_be_merged_is_refused_with_file_and_line() {
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
    for (name, told) in [
        ("empty", "empty:1: the file is empty"),
        ("text", "text:1: this is neither JUnit XML nor Cucumber Messages"),
        ("cut.ndjson", "cut.ndjson:1: this line is no JSON: "),
        ("array.ndjson", "array.ndjson:2: this line is no message"),
        ("two.ndjson", "two.ndjson:1: this line is no message"),
        ("endless.ndjson", "endless.ndjson:1: the stream ends here without `testRunFinished`"),
        ("unknown.ndjson", "unknown.ndjson:1: pickleId is \"7\", which no line before told"),
        ("open.xml", "open.xml:3: this is no XML: "),
        ("page.xml", "page.xml:2: <html> is no JUnit report"),
        ("missing", "missing: cannot be read: "),
    ] {
        let arguments =
            ["report", "merge", "--report=junit=out.xml", "--report=messages=out.ndjson", name];
        let ran = suite.run(&arguments);
        if name.ends_with(".xml") || name.ends_with(".ndjson") {
            // One input cannot feed both; the kind it is not of is left out.
            let kind = if name.ends_with(".xml") { "junit" } else { "messages" };
            let output = format!("--report={kind}=out");
            suite.run(&["report", "merge", &output, name]).refused(2, &[told]);
        } else {
            ran.refused(2, &[told]);
        }
        assert!(!suite.path("out.xml").exists() && !suite.path("out").exists(), "{name}");
    }
}

#[test]
fn a_command_line_that_merges_nothing_is_refused() {
    let suite = Suite::new("");
    suite.write("a.xml", "<testsuites/>");
    for (arguments, told) in [
        (&["report"][..], "takes at least one `--report KIND=FILE` and the files to merge"),
        (&["report", "merge", "a.xml"], "takes at least one `--report KIND=FILE`"),
        (&["report", "merge", "--report", "junit=b.xml"], "and the files to merge"),
        (&["report", "split"], "unknown command 'report split'; known: merge"),
        (&["report", "merge", "--report", "rerun=b", "a.xml"], "\"rerun\" cannot be merged"),
        (&["report", "merge", "--report", "junit", "a.xml"], "takes KIND=FILE"),
        (&["report", "merge", "--out", "b"], "unknown option '--out'; known: --report"),
        (
            &["report", "merge", "--report", "messages=b", "a.xml"],
            "a.xml: is JUnit XML, and no --report junit=FILE takes it",
        ),
        (
            &["report", "merge", "--report", "messages=b", "--report", "junit=c", "a.xml"],
            "b: no input is of the kind it is made of",
        ),
        (
            &["report", "merge", "--report", "junit=no/such/folder", "a.xml"],
            "the report no/such/folder cannot be written: ",
        ),
    ] {
        suite.run(arguments).refused(2, &[told]);
    }
    suite.run(&["report", "--help"]).assert(0, &["report merge --report KIND=FILE", "--shard 2/2"]);
}
