//! What a run records of its processes: log files and the events in the trace.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::processes::suite_of_peers;
use super::suite::Suite;

const FEATURE: &str = "\
Feature: f
  Scenario: It says something
    Given the 'reader' process says 'one word'
    And the 'reader' process falls
  Scenario: It dies
    Given the 'writer' process reads
    When the 'writer' process is paused
    And the 'writer' process is resumed
    And the 'writer' process is killed
    And a new 'writer' process reads
";

/// Returns the path of each file below a folder, relative to it, sorted.
fn files_below(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        match entry.path().is_dir() {
            true => {
                let below = files_below(&entry.path());
                files.extend(below.iter().map(|file| format!("{name}/{file}")));
            }
            false => files.push(name),
        }
    }
    files.sort();
    files
}

/// Returns the kind and the text of each line of a log file.
fn events(suite: &Suite, path: &str) -> Vec<(String, String)> {
    let text = suite.read(path);
    let event = |line: &str| {
        let mut words = line.splitn(2, |c: char| c.is_whitespace());
        assert!(words.next().unwrap().parse::<f64>().is_ok(), "{line}");
        let rest = words.next().unwrap().trim_start();
        let (kind, text) = rest.split_once(' ').unwrap_or((rest, ""));
        (kind.to_owned(), text.trim_start().to_owned())
    };
    text.lines().map(|line| event(line.trim_start())).collect()
}

#[test]
fn each_process_has_a_log_file() {
    let suite = suite_of_peers(FEATURE);
    suite.run(&["harmony", "-p", "a,b", "--logs", "logs"]).assert(1, &["4 scenarios"]);
    let mut expected = Vec::new();
    for platform in ["a", "b"] {
        let (says, dies) = ("2-It-says-something", "5-It-dies");
        expected.push(format!("features-a/{says}/reader={platform}/reader.log"));
        expected.push(format!("features-a/{dies}/writer={platform}/writer.log"));
        expected.push(format!("features-a/{dies}/writer={platform}/writer.2.log"));
    }
    expected.sort();
    assert_eq!(files_below(&suite.path("logs")), expected);

    let reader = events(&suite, "logs/features-a/2-It-says-something/reader=a/reader.log");
    let has = |kind: &str, text: &str| {
        assert!(
            reader.iter().any(|(k, t)| k == kind && t.contains(text)),
            "{kind} {text}: {reader:?}"
        );
    };
    assert_eq!(reader[0].0, "started");
    assert!(reader[0].1.starts_with("pid ") && reader[0].1.ends_with(" serve.py"), "{reader:?}");
    has("ready", "");
    has("->", "executeStep the 'reader' process says 'one word'");
    has("stderr", "the 'reader' process says 'one word'");
    has("<-", "success: false");
    has("exited", "exit code 0");
    let logs = reader.iter().filter(|(_, text)| text.starts_with("log ")).count();
    assert_eq!(logs, 200, "no log record is left out");
}

#[test]
fn log_files_that_cannot_be_written_are_an_error() {
    let suite = suite_of_peers(FEATURE);
    suite.write("taken", "");
    let ran = suite.run(&["harmony", "-p", "a", "--logs", "taken"]);
    ran.refused(2, &["error: cannot write the log file taken: "]);
    suite.write("logs/features-a", "a file where a folder is needed");
    let ran = suite.run(&["harmony", "-p", "a", "--logs", "logs", "dies"]);
    ran.refused(2, &["cannot write the log file logs/features-a/"]);
    assert!(ran.out.contains("1 scenario (1 passed)"), "the run was reported: {ran:?}");
}

#[test]
fn trace_has_the_events_of_processes() {
    let suite = suite_of_peers(FEATURE);
    suite.run(&["harmony", "-p", "a", "--trace", "trace"]).assert(1, &["2 scenarios"]);
    let text = suite.read("trace");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events = |process: &str, pid: &Value| -> Vec<String> {
        let own = lines.iter().filter(|l| l["process"] == process && l["pid"] == *pid);
        own.filter_map(|line| {
            Some(format!("{}: {}", line["event"].as_str()?, line["detail"].as_str()?))
        })
        .collect()
    };
    let mut pids: Vec<&Value> =
        lines.iter().filter(|l| l["process"] == "writer").map(|l| &l["pid"]).collect();
    pids.dedup();
    assert_eq!(pids.len(), 2, "{text}");
    let killed = events("writer", pids[0]);
    assert!(killed[0].starts_with("started: /") && killed[0].ends_with(" serve.py"), "{killed:?}");
    assert_eq!(
        killed[1..],
        ["ready: ", "paused: ", "resumed: ", "killed: ", "exited: signal SIGKILL"]
    );
    let reader = lines.iter().find(|line| line["process"] == "reader").unwrap();
    let reader = events("reader", &reader["pid"]);
    assert!(
        reader.contains(&"stderr: the 'reader' process says 'one word'".to_owned()),
        "{reader:?}"
    );
    assert!(reader.contains(&"exited: exit code 0".to_owned()), "{reader:?}");
}

#[test]
fn start_of_a_process_is_a_separate_span_and_not_a_part_of_a_step() {
    for first in ["Given all are ready", "Given the 'reader' process reads"] {
        let suite = suite_of_peers(&format!(
            "Feature: f\n  Scenario: s\n    {first}\n    And the 'writer' process writes\n    \
             And the 'reader' process is paused\n    And the 'reader' process is resumed\n"
        ));
        suite.run(&["harmony", "-p", "a", "--report", "trace=t.json"]).assert(0, &[]);
        let trace: Value = serde_json::from_str(&suite.read("t.json")).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        let end = |event: &Value| event["ts"].as_f64().unwrap() + event["dur"].as_f64().unwrap();
        let named = |name: &str| events.iter().filter(|e| e["name"] == name).collect::<Vec<_>>();
        let starts = named("starting");
        assert_eq!(starts.len(), 2, "{events:?}");
        assert_eq!((named("paused").len(), named("exited").len()), (1, 2));
        let steps: Vec<&Value> = events.iter().filter(|e| e["cat"] == "step").collect();
        for start in starts {
            // Those of the runner, and those of the process itself.
            let is_own = |step: &&&Value| step["pid"] == start["pid"];
            let own = steps.iter().filter(is_own).map(|step| step["ts"].as_f64().unwrap());
            assert!(own.clone().count() > 0);
            assert!(own.into_iter().all(|at| at >= end(start)), "{events:?}");
        }
        if first.contains("all are") {
            let started = steps[0]["ts"].as_f64().unwrap();
            assert!(named("starting").iter().all(|start| started >= end(start)), "{events:?}");
        }
    }
}
