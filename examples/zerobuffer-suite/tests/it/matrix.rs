//! Everything the Python library's serve can play, with it and us in either role.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command_line::stdout;
use crate::harmony_run::{finish, harmony, suite};
use crate::python_environment::python;

/// Scenarios that fail with the Python serve by its own fault.
const FAULTS_OF_PYTHON: [(&str, &str, &str); 2] = [
    ("13.3 ", "python_rust", "its client counts responses that it never receives"),
    // It lacks the next step, too.
    ("4.8 - A write waits ", "rust_python", "its step gives up instead of waiting for space"),
];

/// What a scenario may come to that the Python serve cannot play, or nobody on this machine.
const EXCUSED: [&str; 2] = ["peer cannot", "skipped"];

#[test]
fn whatever_python_can_play_passes_with_a_rust_process() {
    let Some(python) = python("the matrix of rust and python") else { return };
    let playable = playable(&python);
    let numbers: BTreeSet<&str> =
        playable.iter().filter_map(|name| name.split_whitespace().next()).collect();
    for number in ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "13.1", "13.2", "13.4"] {
        assert!(numbers.contains(number), "{number} is missing among {numbers:?}");
    }

    let folder = tempfile::tempdir().unwrap();
    let runs: Vec<_> = ["rust_python", "python_rust"]
        .into_iter()
        .map(|combination| {
            let file = folder.path().join(format!("{combination}.json"));
            let child = harmony(&[combination, "--jobs", "6", "--quiet", "--matrix"])
                .arg(&file)
                .arg("features")
                .env("ZEROBUFFER_PYTHON", &python)
                .spawn()
                .unwrap();
            (combination, child, file)
        })
        .collect();
    for (combination, child, file) in runs {
        let output = finish(child);
        let text = stdout(&output);
        let matrix: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let rows = matrix.as_array().unwrap();
        let played: BTreeSet<&str> =
            rows.iter().map(|row| row["scenario"].as_str().unwrap()).collect();
        for name in &playable {
            assert!(played.contains(name.as_str()), "{name} was not played in {combination}");
        }
        for row in rows {
            let name = row["scenario"].as_str().unwrap();
            // Scenarios of one role have one platform.
            let cells = row["combinations"].as_object().unwrap();
            let cell = cells.values().next().unwrap();
            let outcome = cell["outcome"].as_str().unwrap();
            let is_fine = outcome == "passed"
                || is_fault_of_python(name, combination)
                || (EXCUSED.contains(&outcome) && !playable.contains(name));
            assert!(is_fine, "{name} in {combination}: {cell}\n{text}");
            assert!(outcome == "passed" || cell["reason"].is_string(), "{name}: {cell}");
        }
    }
}

#[test]
fn what_the_peer_lacks_is_told_apart_from_what_failed() {
    let Some(python) = python("what a Python peer cannot play") else { return };
    let run = |arguments: &[&str]| {
        let mut command = harmony(arguments);
        finish(command.env("ZEROBUFFER_PYTHON", &python).spawn().unwrap())
    };
    let both = ["--platforms", "rust,python", "1.1", "2.4"];
    let output = run(&both);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let cells = |number: &str| -> Vec<String> {
        let line = text.lines().find(|line| line.starts_with(number) && line.contains("  "));
        let line = line.unwrap_or_else(|| panic!("no row {number}:\n{text}"));
        line.split("  ")
            .map(str::trim)
            .filter(|w| !w.is_empty())
            .skip(1)
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(cells("1.1 "), ["passed"; 4], "{text}");
    assert!(cells("2.4 ").iter().all(|cell| cell == "passed" || cell == "peer cannot"), "{text}");
    assert!(text.contains("2.4 ") && text.contains("python_python: peer cannot: step"), "{text}");
    let output = run(&[&both[..], &["--accept-peer-limits"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

/// The scenarios that the Python serve says it has all the steps of.
fn playable(python: &Path) -> BTreeSet<String> {
    let output = suite(&["check", "--platforms", "python", "--format", "json", "features"])
        .env("ZEROBUFFER_PYTHON", python)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "Python lacks most of features/: {output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told[0]["error"], Value::Null, "{told:#}");
    let scenarios = told[0]["scenarios"].as_array().unwrap().iter();
    let playable = scenarios.filter(|scenario| scenario["playable"] == true);
    playable.map(|scenario| scenario["scenario"].as_str().unwrap().to_owned()).collect()
}

fn is_fault_of_python(name: &str, combination: &str) -> bool {
    FAULTS_OF_PYTHON.iter().any(|(start, in_, _)| name.starts_with(start) && *in_ == combination)
}
