//! Reports for CI systems and other tools: GitHub, GitLab, Cucumber JSON, trace events, history.

use std::process::Command;

use serde_json::Value;

use super::npm;
use super::reports::dump_dom;
use super::suite::{Ran, Suite};

const FEATURE: &str = "\
@all
Feature: f, or 100%
  A description.

  Scenario: good
    Given all is well
  Scenario: bad: 50%
    Given a table:
      | name |
      | x    |
    When it fails with 'rain, wind'
  Scenario: flaky
    When 'p' fails 1 time
";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

#[test]
fn github_has_annotations_and_a_summary() {
    let suite = Suite::new(FEATURE);
    let mut command = suite.command(&["run", "-j", "1", "--retry", "1"]);
    command
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", suite.path("").parent().unwrap())
        .env("GITHUB_STEP_SUMMARY", suite.path("summary.md"));
    let folder = suite.path("").file_name().unwrap().to_string_lossy().into_owned();
    let error = format!(
        "\n::error file={folder}/features/a.feature,line=11,title=bad%3A 50%25::rain, wind%0A%0AWhen it fails with 'rain, wind'%0A"
    );
    let warning =
        format!("\n::warning file={folder}/features/a.feature,line=12,title=flaky::passed on ");
    Ran::of(command.output().unwrap()).assert(1, &[&error, &warning]);
    let summary = suite.read("summary.md");
    for part in [
        "### ❌ 3 scenarios in ",
        "| 1 | 1 | 1 | 0 | 0 | 0 |",
        "<summary>❌ bad: 50% <code>features/a.feature:7</code></summary>",
        "```text\nrain, wind\n",
    ] {
        assert!(summary.contains(part), "{part:?} is missing in {summary}");
    }
}

#[test]
fn github_can_be_requested_and_leaves_standard_output_to_a_report() {
    let suite = Suite::new(FEATURE);
    suite.run(&["run", "--report", "github=summary.md"]).assert(1, &["\n::error file="]);
    assert!(suite.read("summary.md").contains("3 scenarios"));
    let mut command = suite.command(&["run", "--report", "json=-"]);
    let ran = Ran::of(command.env("GITHUB_ACTIONS", "true").output().unwrap());
    assert!(json(&ran.out).is_array());
}

#[test]
fn gitlab_failures_are_sections() {
    let suite = Suite::new(FEATURE);
    let mut command = suite.command(&["run"]);
    let ran = Ran::of(command.env("GITLAB_CI", "true").output().unwrap());
    let section = ran.out.split("\x1b[0Ksection_start:").nth(1).unwrap();
    let (head, rest) = section.split_once("\r\x1b[0K").unwrap();
    assert!(head.ends_with(":failure_1") || head.ends_with(":failure_2"), "{head:?}");
    assert!(rest.lines().next().unwrap().contains(" s ✗ "), "the title is the result: {rest:?}");
    assert_eq!(ran.out.matches("section_start:").count(), ran.out.matches("section_end:").count());
}

#[test]
fn cucumber_json_has_the_members_that_its_readers_need() {
    let suite = Suite::new(FEATURE);
    suite.run(&["run", "-j", "1", "--report", "json=out.json"]).assert(1, &[]);
    let report = json(&suite.read("out.json"));
    let feature = &report[0];
    assert_eq!(feature["uri"], "features/a.feature");
    assert_eq!((&feature["name"], &feature["line"]), (&"f, or 100%".into(), &2.into()));
    assert_eq!(feature["tags"][0]["name"], "@all");
    let elements = feature["elements"].as_array().unwrap();
    let names: Vec<_> = elements.iter().map(|element| &element["name"]).collect();
    assert_eq!(names, ["good", "bad: 50%", "flaky"]);
    let [table, failed] = [0, 1].map(|step| &elements[1]["steps"][step]);
    assert_eq!(table["rows"][1]["cells"][0], "x");
    assert_eq!(
        (&table["keyword"], &table["result"]["status"]),
        (&"Given ".into(), &"passed".into())
    );
    assert!(table["result"]["duration"].is_u64());
    assert_eq!(failed["result"]["status"], "failed");
    assert_eq!(failed["result"]["error_message"], "rain, wind");
    assert!(failed["match"]["location"].as_str().unwrap().contains("steps.rs:"));
}

#[test]
fn trace_has_a_process_for_each_role_and_arrows() {
    let suite = Suite::new("");
    suite.write(
        "features/01-a.feature",
        "Feature: f\n  Scenario: s\n    When the 'reader' process burns\n    Then the 'writer' process burns\n",
    );
    suite.run(&["harmony", "--report", "trace=t.json", "features/01-a.feature"]);
    let trace = json(&suite.read("t.json"));
    let events = trace["traceEvents"].as_array().unwrap();
    let of = |kind: &str| events.iter().filter(|event| event["ph"] == kind).collect::<Vec<_>>();
    let processes = names(events, "process_name");
    assert_eq!(processes[0].1, "runner");
    assert!(processes[1].1.contains("reader"), "{processes:?}");
    let (starts, ends) = (of("s"), of("f"));
    assert_eq!(starts.len(), 2, "a request and a response: {events:?}");
    for (start, end) in starts.iter().zip(&ends) {
        assert_eq!(start["id"], end["id"]);
        assert_ne!(start["pid"], end["pid"]);
        assert!(start["ts"].as_f64() <= end["ts"].as_f64(), "{start} {end}");
    }
    let step = of("X").into_iter().find(|event| event["cat"] == "step").unwrap();
    assert_eq!(step["name"], "When the 'reader' process burns");
}

#[test]
fn trace_has_a_thread_for_steps_and_one_for_the_process_itself() {
    let suite = Suite::new("");
    suite.write(
        "features/b.feature",
        "Feature: f\n  Scenario: s\n    When the 'reader' process burns\n",
    );
    suite.run(&["harmony", "--report", "trace=t.json", "features/b.feature"]);
    let trace = json(&suite.read("t.json"));
    let events = trace["traceEvents"].as_array().unwrap();
    let threads = names(events, "thread_name");
    let name_of = |event: &Value| {
        let id = (event["pid"].clone(), event["tid"].clone());
        threads.iter().find(|(thread, _)| *thread == id).unwrap().1.as_str()
    };
    let others = events.iter().filter(|event| event["ph"] != "M");
    for event in others {
        let expected = if event["cat"] == "process" { "thread 1: process" } else { "thread 1" };
        assert_eq!(name_of(event), expected, "{event}");
        assert_ne!(event["tid"], 0, "the idle thread of the system: {event}");
    }
}

/// Returns the pid, the tid and the name of each process or thread of a trace.
fn names(events: &[Value], of: &str) -> Vec<((Value, Value), String)> {
    let named = events.iter().filter(|event| event["name"] == of);
    let name = |event: &Value| {
        let name = event["args"]["name"].as_str().unwrap().to_owned();
        ((event["pid"].clone(), event["tid"].clone()), name)
    };
    named.map(name).collect()
}

#[test]
fn trace_opens_in_a_viewer() {
    let suite = Suite::new(FEATURE);
    suite.write(
        "features/b.feature",
        "Feature: f\n  Scenario: s\n    When the 'reader' process burns\n",
    );
    suite.run(&["harmony", "--report", "trace=t.json", "features/b.feature"]);
    let Some(modules) = npm::installed("speedscope", &["speedscope@1.25.0"]) else { return };
    // As the command of the viewer does it.
    let script = "
        const [trace, profile] = process.argv.slice(1);
        const text = require('fs').readFileSync(trace).toString('base64');
        require('fs').writeFileSync(profile, `speedscope.loadFileFromBase64('t.json', '${text}')`);";
    let [trace, profile] = ["t.json", "profile.js"].map(|path| suite.path(path));
    let node = Command::new("node").args(["-e", script]).arg(trace).arg(&profile).status();
    assert!(node.unwrap().success());
    let page = modules.join("node_modules/speedscope/dist/release/index.html");
    let address = format!("#localProfilePath={}", profile.display());
    let Some(page) = dump_dom(&page, &address) else { return };
    for lane in ["runner (pid 1), thread 1 (tid 1)", "reader (rust) (pid 2), thread 1 (tid 1)"] {
        assert!(page.contains(lane), "{lane} is missing in {page}");
    }
}

#[test]
fn trace_of_a_local_run_has_steps_with_their_outcome() {
    let suite = Suite::new(FEATURE);
    suite.run(&["run", "--report", "trace=t.json"]).assert(1, &[]);
    let trace = json(&suite.read("t.json"));
    let events = trace["traceEvents"].as_array().unwrap();
    let failed = events.iter().find(|event| event["args"]["outcome"] == "rain, wind");
    assert!(failed.is_some_and(|event| event["ph"] == "X"), "{events:?}");
}

#[test]
fn history_lists_flaky_scenarios() {
    let suite = Suite::new(FEATURE);
    let run = ["run", "--retry", "1", "--report", "history=past"];
    suite.run(&run);
    suite.write("p", "");
    suite
        .write("features/a.feature", &FEATURE.replace("it fails with 'rain, wind'", "all is well"));
    suite.run(&run);
    assert_eq!(suite.read("past/runs.jsonl").lines().count(), 2);
    let ran = suite.run(&["report", "flaky", "past"]);
    ran.assert(0, &["    flaky     runs   failed", "  scenario\n"]);
    // A scenario that has become slower is listed as well, as on a busy machine.
    let is_flaky = |line: &&str| !line.trim_start().starts_with("0 %");
    let lines: Vec<_> = ran.out.lines().skip(1).filter(is_flaky).collect();
    assert_eq!(lines.len(), 2, "{}", ran.out);
    let bad = lines.iter().find(|line| line.ends_with("features/a.feature: bad: 50%")).unwrap();
    assert!(bad.trim_start().starts_with("50 %        2        1        0        1"), "{bad}");
    suite.run(&["report", "flaky", "--last", "1", "past"]).assert(0, &[]);
    suite.run(&["report", "flaky", "nowhere"]).refused(2, &["cannot read nowhere/runs.jsonl: "]);
    suite.write("past/runs.jsonl", "{}\n");
    suite.run(&["report", "flaky", "past"]).refused(2, &["past/runs.jsonl:1: not a run"]);
}

#[cfg(feature = "html-report")]
#[test]
fn html_can_leave_out_what_passed() {
    let suite = Suite::new(FEATURE);
    suite.write(
        "features/b.feature",
        "Feature: all good\n  Scenario: well\n    Given all is well\n",
    );
    let reports = ["--report", "html=all.html", "--report", "html=bad.html,failures-only"];
    suite.run(&[&["run", "--retry", "1"], &reports[..]].concat());
    let count = |file: &str, message: &str| {
        suite.read(file).matches(&format!("{{\"{message}\":{{")).count()
    };
    assert_eq!((count("all.html", "pickle"), count("all.html", "source")), (4, 2));
    assert_eq!(
        count("bad.html", "pickle"),
        2,
        "what failed, and what passed on its second attempt"
    );
    assert_eq!(count("bad.html", "source"), 1, "only features with such a scenario");
    assert_eq!(count("bad.html", "testCaseStarted"), 4, "every attempt");
    let Some(page) = dump_dom(&suite.path("bad.html"), "") else { return };
    for (part, is_shown) in [("bad: 50%", true), ("flaky", true), ("all good", false)] {
        assert_eq!(page.contains(&format!(">{part}<")), is_shown, "{part} in {page}");
    }
}
