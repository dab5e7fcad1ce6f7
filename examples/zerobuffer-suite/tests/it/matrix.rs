//! Every scenario that the Python serve process supports, with Python and Rust in either role.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command_line::stdout;
use crate::harmony_run::{finish, harmony, suite};
use crate::python_environment::python;

/// Scenarios that fail because of errors in the Python serve process.
const FAULTS_OF_PYTHON: [(&str, &str, &str); 3] = [
    ("13.3 ", "python_rust", "its client counts responses that it never receives"),
    // It also lacks the next step.
    ("4.8 - A write waits ", "rust_python", "its step times out instead of waiting for space"),
    ("15.5 ", "rust_python", "its server ends with its first client"),
];

/// Accepted outcomes of scenarios that the Python serve process, or this machine, does not support.
const EXCUSED: [&str; 2] = ["unsupported", "skipped"];

#[test]
fn scenarios_supported_by_python_pass_with_rust() {
    let Some(python) = python("the matrix of rust and python") else { return };
    let supported = supported(&python);
    let numbers: BTreeSet<&str> =
        supported.iter().filter_map(|name| name.split_whitespace().next()).collect();
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
        let run_scenarios: BTreeSet<&str> =
            rows.iter().map(|row| row["scenario"].as_str().unwrap()).collect();
        for name in &supported {
            assert!(run_scenarios.contains(name.as_str()), "{name} was not run in {combination}");
        }
        for row in rows {
            let name = row["scenario"].as_str().unwrap();
            // Scenarios of one role have one platform.
            let cells = row["combinations"].as_object().unwrap();
            let cell = cells.values().next().unwrap();
            let outcome = cell["outcome"].as_str().unwrap();
            let is_fine = outcome == "passed"
                || is_fault_of_python(name, combination)
                || (EXCUSED.contains(&outcome) && !supported.contains(name));
            assert!(is_fine, "{name} in {combination}: {cell}\n{text}");
            assert!(outcome == "passed" || cell["reason"].is_string(), "{name}: {cell}");
        }
    }
}

#[test]
fn missing_steps_of_python_are_not_failures() {
    let Some(python) = python("steps that the Python serve process lacks") else { return };
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
    assert!(cells("2.4 ").iter().all(|cell| cell == "passed" || cell == "unsupported"), "{text}");
    assert!(text.contains("unsupported: step ") && text.contains("\npython_python: "), "{text}");
    let output = run(&[&both[..], &["--accept-peer-limits"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

/// Returns the scenarios that the Python serve process supports completely.
fn supported(python: &Path) -> BTreeSet<String> {
    let output = suite(&["check", "--platforms", "python", "--format", "json", "features"])
        .env("ZEROBUFFER_PYTHON", python)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "Python lacks steps of most scenarios in features/: {output:?}"
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report[0]["error"], Value::Null, "{report:#}");
    let scenarios = report[0]["scenarios"].as_array().unwrap().iter();
    let playable = scenarios.filter(|scenario| scenario["playable"] == true);
    playable.map(|scenario| scenario["scenario"].as_str().unwrap().to_owned()).collect()
}

fn is_fault_of_python(name: &str, combination: &str) -> bool {
    FAULTS_OF_PYTHON.iter().any(|(start, in_, _)| name.starts_with(start) && *in_ == combination)
}
