//! The report files of a run, read by the tools that they are for.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::npm::{self, missing};
use super::suite::Suite;

const FEATURE: &str = "\
@all
Feature: Reports & <others>
  About \"quotes\".

  Background:
    Given all is well

  @good @runner_hook_attaches
  Scenario: Printing
    Given red paper is attached
    When it prints '<b>bold</b>' and logs 'careful </script>'
    Given a table:
      | a | 1 & 2 |
    Given a doc string:
      \"\"\"json
      {\"a\": 1}
      \"\"\"

  Rule: Unstable
    Scenario: Flaky
      When 'r' fails 1 time

    Scenario Outline: Bad <n>
      When it takes <n> of 256
      Then it is pending

      Examples:
        | n   |
        | 300 |

  Scenario: Late
    When the roof burns
    Given all is well
  Scenario: Unknown
    When no step \"matches\" 3
  Scenario: Double
    Given twice über
  Scenario: Skipping
    Given it is skipped
  Scenario: Pending
    Then it is pending
  @runner_before_fails
  Scenario: Hooked
    Given all is well
  Scenario: Nothing
";

/// Runs [`FEATURE`] with this report. The name has an extension, as a browser requires.
pub(crate) fn report(kind: &str) -> (Suite, PathBuf) {
    let suite = Suite::new(FEATURE);
    let ran = suite.run(&[
        "run",
        "--retry",
        "1",
        "--report",
        &format!("{kind}=out.{kind}.html"),
        "-j",
        // The output of scenarios that run at the same time belongs to none of them.
        "1",
    ]);
    ran.assert(1, &["10 scenarios"]);
    let path = suite.path(format!("out.{kind}.html"));
    (suite, path)
}

#[test]
fn junit_has_every_attempt() {
    let (suite, _) = report("junit");
    let xml = suite.read("out.junit.html");
    for part in [
        r#"<testsuites name="harmony-bdd" tests="10" failures="6" errors="0" time="#,
        r#"<testsuite name="Reports &amp; &lt;others&gt;" tests="10" failures="6" errors="0" skipped="2""#,
        r#"<testcase name="Flaky" classname="Reports &amp; &lt;others&gt;: Unstable""#,
        r#"<flakyFailure type="failed" message="failure number 1">"#,
        r#"name="Bad 300 (example at line 29)""#,
        r#"<rerunFailure type="failed""#,
        r#"<failure type="undefined" message="no definition matches this text">"#,
        r#"<failure type="hook" message="hook `before_fails`"#,
        r#"<skipped message="no hardware"/>"#,
        r#"<skipped message="no steps"/>"#,
        "| &lt;b&gt;bold&lt;/b&gt;",
    ] {
        assert!(xml.contains(part), "{part} is missing in:\n{xml}");
    }
    // The XML parser of Python's standard library is strict.
    let read = "import sys, xml.etree.ElementTree as t; print(len(t.parse(sys.argv[1]).findall('.//testcase')))";
    let Some(python) =
        peer("python3", &["-c", read, &suite.path("out.junit.html").to_string_lossy()])
    else {
        return;
    };
    assert_eq!(python.trim(), "10");
}

#[test]
fn messages_refer_only_to_earlier_ids() {
    let (suite, _) = report("messages");
    let text = suite.read("out.messages.html");
    let envelopes: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |name: &str| -> Vec<&Value> { envelopes.iter().filter_map(|e| e.get(name)).collect() };
    assert_eq!(of("testCase").len(), 10);
    assert_eq!(of("testCaseStarted").len(), 13, "three scenarios are tried twice");
    let retried = of("testCaseFinished").iter().filter(|f| f["willBeRetried"] == true).count();
    assert_eq!(retried, 3);
    let statuses: Vec<_> = of("testStepFinished")
        .iter()
        .map(|f| f["testStepResult"]["status"].as_str().unwrap())
        .collect();
    for status in ["PASSED", "FAILED", "SKIPPED", "PENDING", "UNDEFINED", "AMBIGUOUS"] {
        assert!(statuses.contains(&status), "{status} is missing in {statuses:?}");
    }
    assert_references_are_defined(&envelopes);
    let umlauts = of("testCase").into_iter().map(|case| case.to_string().matches("über").count());
    assert_eq!(umlauts.max(), Some(2), "each definition of an ambiguous step captured its part");
    let value = |case: &&&Value| case.to_string().contains(r#""start":9,"value":"300""#);
    assert_eq!(of("testCase").iter().filter(value).count(), 1);
}

/// Asserts that every referenced id is defined by an earlier message.
pub(crate) fn assert_references_are_defined(envelopes: &[Value]) {
    let mut known = std::collections::HashSet::new();
    for envelope in envelopes {
        for id in strings(envelope, &["id"]) {
            assert!(known.insert(id.clone()), "{id} is given twice: {envelope}");
        }
        let referring = [
            "astNodeId",
            "astNodeIds",
            "pickleId",
            "pickleStepId",
            "testCaseId",
            "testCaseStartedId",
            "testStepId",
            "testRunStartedId",
            "testRunHookStartedId",
            "hookId",
            "stepDefinitionIds",
        ];
        for id in strings(envelope, &referring) {
            assert!(known.contains(&id), "{id} is referenced before it is defined: {envelope}");
        }
    }
}

/// Returns all texts below any of `keys`.
fn strings(value: &Value, keys: &[&str]) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if keys.contains(&key.as_str()) => vec![text.clone()],
                Value::Array(texts) if keys.contains(&key.as_str()) => {
                    texts.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect()
                }
                other => strings(other, keys),
            })
            .collect(),
        Value::Array(values) => values.iter().flat_map(|value| strings(value, keys)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn messages_match_the_official_schema() {
    let (suite, path) = report("messages");
    let text = suite.read("out.messages.html");
    for kind in [
        "meta",
        "source",
        "gherkinDocument",
        "pickle",
        "parameterType",
        "stepDefinition",
        "hook",
        "testRunStarted",
        "testRunHookStarted",
        "testRunHookFinished",
        "testCase",
        "testCaseStarted",
        "testStepStarted",
        "attachment",
        "suggestion",
        "testStepFinished",
        "testCaseFinished",
        "testRunFinished",
    ] {
        assert!(
            text.contains(&format!("\n{{\"{kind}\":"))
                || text.starts_with(&format!("{{\"{kind}\":")),
            "there is a {kind}"
        );
    }
    for part in [
        r#""testRunHookStartedId":"#,
        r#""contentEncoding":"BASE64","mediaType":"image/png","fileName":"dot.png""#,
        r#""contentEncoding":"IDENTITY","mediaType":"text/uri-list""#,
        r#""willBeRetried":true"#,
        r#""type":"BEFORE_TEST_CASE","tagExpression":"@runner_hook_attaches""#,
        r#""parameterTypeName":"colour""#,
    ] {
        assert!(text.contains(part), "{part} is written");
    }
    assert_valid(&path, text.lines().count());
}

#[test]
fn all_reports_are_written() {
    let suite = Suite::new(FEATURE);
    let mut kinds = vec![
        ("junit", "<?xml version=\"1.0\""),
        ("messages", "{\"meta\":{"),
        ("timeline", "<!DOCTYPE html>"),
        ("rerun", "features/a.feature"),
    ];
    if cfg!(feature = "html-report") {
        kinds.push(("html", "<!DOCTYPE html>"));
    }
    let reports: Vec<_> = kinds.iter().map(|(kind, _)| format!("--report={kind}={kind}")).collect();
    let arguments: Vec<_> = ["run"].into_iter().chain(reports.iter().map(String::as_str)).collect();
    suite.run(&arguments).assert(1, &["10 scenarios"]);
    for (kind, beginning) in kinds {
        let written = suite.read(kind);
        assert!(written.starts_with(beginning), "{kind} begins with {:.80}", written);
        assert!(written.contains("a.feature"), "{kind}");
    }
}

/// Asserts that the file has this number of messages, all valid by the official schema.
pub(crate) fn assert_valid(path: &Path, count: usize) {
    let packages = ["@cucumber/messages@34.2.1", "ajv@8.17.1"];
    let Some(modules) = npm::installed("cucumber-messages", &packages) else { return };
    let script = "
        const fs = require('fs');
        const Ajv = require('ajv/dist/2020').default;
        const schema = JSON.parse(fs.readFileSync('node_modules/@cucumber/messages/messages.schema.json'));
        const check = new Ajv({ strict: false, allErrors: true }).compile(schema);
        let bad = 0, all = 0;
        for (const line of fs.readFileSync(process.argv[1], 'utf8').split('\\n').filter(Boolean)) {
            all++;
            if (!check(JSON.parse(line))) { bad++; console.log(line.slice(0, 300), JSON.stringify(check.errors)); }
        }
        console.log(`${all} messages, ${bad} bad`);";
    let output =
        Command::new("node").args(["-e", script]).arg(path).current_dir(modules).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.ends_with(&format!("{count} messages, 0 bad\n")),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[cfg(feature = "html-report")]
#[test]
fn html_report_opens_in_a_browser() {
    let (_suite, path) = report("html");
    let Some(page) = dump_dom(&path, "") else { return };
    assert!(!page.contains("<div id=\"content\"></div>"), "the script has filled the page");
    for part in ["Printing", "Bad 300", "the roof is on fire"] {
        assert!(page.contains(part), "{part} is missing in the page of {} bytes", page.len());
    }
}

/// Returns the page after its scripts have run in a headless Chromium.
pub(crate) fn dump_dom(path: &Path, anchor: &str) -> Option<String> {
    let profile = tempfile::tempdir().unwrap();
    let profile = format!("--user-data-dir={}", profile.path().display());
    let url = format!("file://{}{anchor}", path.display());
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        &profile,
        "--virtual-time-budget=5000",
        "--dump-dom",
        &url,
    ];
    peer("chromium", &arguments)
}

/// Returns the output of an external program, which must succeed; `None` if it is not installed.
pub(crate) fn peer(program: &str, arguments: &[&str]) -> Option<String> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            assert!(
                output.status.success(),
                "{program}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(error) => {
            missing(&format!("{program}: {error}"));
            None
        }
    }
}

#[test]
fn report_on_standard_output_is_not_mixed_with_text() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When it prints 'x' and logs 'y'\n");
    for path in ["-", "/dev/stdout", "/dev/fd/1"] {
        let ran = suite.run(&["run", "--report", &format!("messages={path}")]);
        assert_eq!(ran.code, Some(0), "{path}: {}", ran.err);
        let kinds: Vec<_> =
            ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect();
        assert!(kinds.last().unwrap().get("testRunFinished").is_some(), "{path}: {}", ran.out);
        assert!(ran.err.contains("1 scenario (1 passed)"), "{path}: {}", ran.err);
    }
}

#[test]
fn two_reports_on_standard_output_are_refused() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    let arguments = ["run", "--report", "junit=-", "--report", "messages=/dev/stdout"];
    suite.run(&arguments).refused(2, &["used by more than one --report"]);
}

#[test]
fn folders_of_reports_are_created() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    suite.run(&["run", "--report", "junit=deep/down/out.xml"]).assert(0, &[]);
    let merge = ["report", "merge", "--report", "junit=other/all.xml", "deep/down/out.xml"];
    suite.run(&merge).assert(0, &[]);
    assert_eq!(suite.read("deep/down/out.xml").matches("<testcase ").count(), 1);
    assert_eq!(suite.read("other/all.xml").matches("<testcase ").count(), 1);
}

#[test]
fn meta_has_the_version_of_the_compiler() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    suite.run(&["run", "--report", "messages=out.ndjson"]).assert(0, &[]);
    let text = suite.read("out.ndjson");
    let meta: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .arg("--version")
        .output()
        .unwrap();
    let version = String::from_utf8(rustc.stdout).unwrap();
    assert_eq!(meta["meta"]["runtime"]["version"].as_str(), version.split(' ').nth(1));
}

#[test]
fn meta_describes_the_ci_system() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    let mut command = suite.command(&["run", "--report", "messages=out.ndjson"]);
    command.env_remove("GITHUB_ACTIONS").env("GITLAB_CI", "true").env("CI_JOB_ID", "42");
    assert!(command.status().unwrap().success());
    let text = suite.read("out.ndjson");
    let meta: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(meta["meta"]["ci"]["name"], "GitLab");
    assert_eq!(meta["meta"]["ci"]["buildNumber"], "42");
}
