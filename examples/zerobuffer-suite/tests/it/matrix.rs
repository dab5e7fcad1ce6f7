//! Everything the Python library's serve can play, with it and us in either role.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command_line::{root, stdout};
use crate::harmony_run::{finish, harmony, suite};
use crate::python_environment::python;

/// Scenarios whose steps the Python serve has, and that it fails by its own fault.
const FAULTS_OF_PYTHON: [(&str, &str, &str); 1] =
    [("13.3 ", "python_rust", "its client counts responses that it never receives")];

#[test]
fn whatever_python_can_play_passes_with_a_rust_process() {
    let Some(python) = python("the matrix of rust and python") else { return };
    let scenarios = playable(&python);
    let numbers: BTreeSet<&str> =
        scenarios.iter().filter_map(|(name, _)| name.split_whitespace().next()).collect();
    let mut wanted = vec!["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];
    if root().join("features/13-DuplexChannel.feature").exists() {
        wanted.extend(["13.1", "13.2", "13.4"]);
    }
    for number in &wanted {
        assert!(numbers.contains(number), "{number} is missing among {numbers:?}");
    }

    let folder = tempfile::tempdir().unwrap();
    let runs: Vec<_> = ["rust_python", "python_rust"]
        .into_iter()
        .map(|combination| {
            let selectors: BTreeSet<&str> = scenarios
                .iter()
                .filter(|(name, _)| !is_fault_of_python(name, combination))
                .map(|(_, selector)| selector.as_str())
                .collect();
            let file = folder.path().join(format!("{combination}.json"));
            let child = harmony(&[combination, "--jobs", "6", "--matrix"])
                .arg(&file)
                .args(selectors)
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
        for number in wanted.iter().filter(|n| !is_fault_of_python(&format!("{n} "), combination)) {
            let prefix = format!("{number} ");
            let row =
                rows.iter().find(|row| row["scenario"].as_str().unwrap().starts_with(&prefix));
            assert!(row.is_some(), "{number} was not played in {combination}:\n{text}");
        }
        for row in rows {
            let outcome = &row["combinations"][combination]["outcome"];
            assert_eq!(*outcome, "passed", "{} in {combination}:\n{text}", row["scenario"]);
        }
        assert_eq!(output.status.code(), Some(0), "{combination}:\n{text}");
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

/// Name and selector of every scenario that the Python serve says it has all the steps of.
fn playable(python: &Path) -> Vec<(String, String)> {
    let output = suite(&["check", "--platforms", "python", "--format", "json"])
        .env("ZEROBUFFER_PYTHON", python)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "Python lacks most of features/: {output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told[0]["error"], Value::Null, "{told:#}");
    let scenarios = told[0]["scenarios"].as_array().unwrap().iter();
    let playable = scenarios.filter(|scenario| scenario["playable"] == true).map(|scenario| {
        // A selector has the line and not the column.
        let place = scenario["place"].as_str().unwrap();
        let (selector, _) = place.rsplit_once(':').unwrap();
        (scenario["scenario"].as_str().unwrap().to_owned(), selector.to_owned())
    });
    playable.collect()
}

fn is_fault_of_python(name: &str, combination: &str) -> bool {
    FAULTS_OF_PYTHON.iter().any(|(number, in_, _)| name.starts_with(number) && *in_ == combination)
}
