//! The commands `harmony` and `check --platforms`, with processes of this suite only.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::command_line::{root, stdout};
use crate::harmony_run::{buffers_of, finish, harmony, processes_of, suite};

/// Only a hang exceeds it.
const HANG_TIMEOUT: Duration = Duration::from_secs(60);

/// Much more than a second, for a machine under load, and less than the deadline of any step.
const STOPPED_WITHIN: Duration = Duration::from_secs(15);

#[test]
fn script_runs_across_processes_if_platforms_are_named() {
    let output = Command::new(root().join("test.sh"))
        .args(["rust_rust", "1.1"])
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .unwrap();
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{output:?}");
    assert!(text.contains("1.1 "), "{text}");
    assert!(text.contains("[reader=rust, writer=rust]"), "{text}");
    assert!(text.contains("1 scenario (1 passed)"), "{text}");
}

#[test]
fn trace_contains_every_message_of_every_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.jsonl");
    let mut command = harmony(&["rust_rust", "1.1", "1.2", "--trace"]);
    let output = finish(command.arg(&file).spawn().unwrap());
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let processes: BTreeSet<(&str, &str, u64)> = lines
        .iter()
        .map(|line| {
            let text = |member: &str| line[member].as_str().unwrap();
            (text("scenario"), text("process"), line["pid"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(processes.len(), 4, "two scenarios with two processes each:\n{text}");
    for (scenario, process, pid) in processes {
        let own = |direction: &str| {
            let own = lines.iter().filter(|line| line["pid"] == pid && line["dir"] == direction);
            own.map(|line| line["body"].clone()).collect::<Vec<_>>()
        };
        let (sent, received) = (own("->"), own("<-"));
        let methods: Vec<_> = sent.iter().filter_map(|body| body["method"].as_str()).collect();
        assert!(
            methods.starts_with(&["health", "initialize"]),
            "{scenario} {process}: {methods:?}"
        );
        assert!(methods.contains(&"executeStep"), "{scenario} {process}: {methods:?}");
        for question in sent.iter().filter(|body| body["method"] == "executeStep") {
            let answer = received.iter().find(|body| body["id"] == question["id"]);
            assert!(answer.is_some_and(|a| a["result"].is_object()), "no answer to {question}");
        }
    }
}

#[test]
fn matrix_is_written_as_text_or_json() {
    let folder = tempfile::tempdir().unwrap();
    let (json, text) = (folder.path().join("m.json"), folder.path().join("m.txt"));
    let mut command = harmony(&["rust_rust", "1.1"]);
    command.arg("--matrix").arg(&json).arg("--matrix").arg(&text);
    let output = finish(command.spawn().unwrap());
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let rows: Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(rows[0]["combinations"]["rust_rust"]["outcome"], "passed");
    let text = fs::read_to_string(text).unwrap();
    assert!(text.contains("rust_rust: 1 passed"), "{text}");
    assert!(!stdout(&output).contains("rust_rust: "), "nothing to compare: {}", stdout(&output));
    let nowhere = folder.path().join("no/m.txt");
    let output = finish(harmony(&["1.1", "--matrix"]).arg(nowhere).spawn().unwrap());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write matrix "), "{output:?}");
}

#[test]
fn check_of_platforms_reports_supported_scenarios() {
    let check = |arguments: &[&str]| {
        suite(&[&["check", "--platforms", "rust"], arguments].concat()).output().unwrap()
    };
    let output = check(&["1"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("definitions, supports 9 of 9 scenarios"), "{text}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("77-Moon.feature");
    let feature = "Feature: f\n  Scenario: 77.1 rises\n    When the 'moon' process rises\n";
    fs::write(&path, feature).unwrap();
    let path = path.to_string_lossy();
    let output = check(&[&*path]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("does not support 77.1 rises"), "{text}");
    assert!(text.contains("lacks (moon): the 'moon' process rises"), "{text}");

    let output = suite(&["check", "--platforms", "cobol", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no platform `cobol`"), "{output:?}");
}

#[test]
fn ctrl_c_during_a_wait_of_the_runner_cleans_up() {
    assert_ends_at_a_signal("And wait for '600' seconds");
}

#[test]
fn ctrl_c_during_a_step_of_a_process_cleans_up() {
    assert_ends_at_a_signal("And the 'reader' process waits '600' second before reading");
}

/// Interrupts a run whose last step takes ten minutes, once its reader has a buffer and a child with its
/// own buffers. Prints how long the end took.
fn assert_ends_at_a_signal(last: &str) {
    let folder = tempfile::tempdir().unwrap();
    let report = |name: &str| folder.path().join(name);
    let path = folder.path().join("88-Patience.feature");
    let feature = format!(
        "Feature: f\n  Scenario: 88.1 lasts\n    \
         Given the 'reader' process creates buffer 'lasting' with metadata size '64' and payload size '4096'\n    \
         And create maximum allowed shared memory segments\n    \
         When the 'writer' process connects to buffer 'lasting'\n    {last}\n"
    );
    fs::write(&path, feature).unwrap();
    let mut command = harmony(&["rust_rust"]);
    for (kind, name) in [("junit", "j.xml"), ("messages", "m.ndjson"), ("timeline", "t.html")] {
        command.arg("--report").arg(format!("{kind}={}", report(name).display()));
    }
    command.arg("--matrix").arg(report("matrix.json")).arg("--trace").arg(report("trace.jsonl"));
    let mut child = command.arg(&path).spawn().unwrap();
    let pid = child.id();
    // The process of the last step has received it; the child of the reader is the third process.
    await_that(&mut child, || {
        let filled = buffers_of(pid).iter().any(|name| name.contains("filler-"));
        filled && processes_of(pid).len() == 3 && is_in_its_last_step(&report("trace.jsonl"), last)
    });
    kill(Pid::from_raw(i32::try_from(pid).unwrap()), Signal::SIGINT).unwrap();
    let asked = Instant::now();
    let mut ended = false;
    while !ended && asked.elapsed() < STOPPED_WITHIN {
        ended = child.try_wait().unwrap().is_some();
        thread::sleep(Duration::from_millis(5));
    }
    if !ended {
        child.kill().unwrap();
    }
    let took = asked.elapsed();
    let output = finish(child);
    assert!(ended, "still running {STOPPED_WITHIN:?} after SIGINT: {}", stdout(&output));
    assert_eq!(output.status.code(), Some(130), "{}", stdout(&output));
    eprintln!("ended {took:?} after SIGINT");

    let matrix: Value = serde_json::from_slice(&fs::read(report("matrix.json")).unwrap()).unwrap();
    let cell = &matrix[0]["combinations"]["rust_rust"];
    assert_eq!(cell["outcome"], "stopped", "{matrix:#}");
    assert_eq!(cell["reason"], "step 4: the run was stopped");
    let junit = fs::read_to_string(report("j.xml")).unwrap();
    assert!(junit.contains("88.1 lasts") && junit.trim_end().ends_with('>'), "{junit}");
    let messages = fs::read_to_string(report("m.ndjson")).unwrap();
    let last: Value = serde_json::from_str(messages.lines().last().unwrap()).unwrap();
    assert!(last["testRunFinished"].is_object(), "{last}");
    let timeline = fs::read_to_string(report("t.html")).unwrap();
    assert!(timeline.contains("reader (rust)") && timeline.trim_end().ends_with("</html>"));
}

/// Returns whether the last step is running, by the trace: it was sent, or, if the runner itself waits, the
/// previous step has its response.
fn is_in_its_last_step(trace: &Path, last: &str) -> bool {
    let text = fs::read_to_string(trace).unwrap_or_default();
    let (_, step) = last.split_once(' ').unwrap();
    let lines = || text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let asked = |step: &str| {
        lines().find(|l| l["body"]["params"][0]["Step"].as_str().is_some_and(|s| s.contains(step)))
    };
    if !step.starts_with("wait for") {
        return asked(step).is_some();
    }
    let Some(before) = asked("connects to buffer") else { return false };
    lines().any(|l| {
        l["dir"] == "<-" && l["pid"] == before["pid"] && l["body"]["id"] == before["body"]["id"]
    })
}

/// Waits until `condition` is true, while the run continues.
fn await_that(child: &mut Child, condition: impl Fn() -> bool) {
    let until = Instant::now() + HANG_TIMEOUT;
    while !condition() {
        let ended = child.try_wait().unwrap();
        if ended.is_some() || Instant::now() > until {
            // The test fails; the run must not continue.
            let _ = child.kill();
            panic!("the run never got there: {ended:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
}
