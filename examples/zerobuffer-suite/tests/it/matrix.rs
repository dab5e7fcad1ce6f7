//! Every scenario that the Python serve process supports, with Python and Rust in either role.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use harmony_bdd::gherkin;
use harmony_bdd::harmony::routing::{Mode, plan};
use serde_json::Value;

use crate::command_line::{root, stdout};
use crate::harmony_run::{finish, harmony, suite};
use crate::python_environment::python;

/// Scenarios that fail because of errors in the Python serve process.
const FAULTS_OF_PYTHON: [(&str, &str, &str); 3] = [
    ("13.3 ", "python_rust", "its client counts responses that it never receives"),
    // It also lacks the next step.
    ("4.8 - A write waits ", "rust_python", "its step times out instead of waiting for space"),
    ("15.5 ", "rust_python", "its server ends with its first client"),
];

/// Accepted outcomes of scenarios that the Python serve process, or this machine, does not support. Python refuses
/// arguments of some steps that it has.
const EXCUSED: [&str; 2] = ["unsupported", "skipped"];

/// The platforms of the first and of the second role by name.
const COMBINATIONS: [[&str; 2]; 2] = [["rust", "python"], ["python", "rust"]];

/// Only scenarios of which Python supports its own part are run: a process of Python for each of the others would
/// start, and report at some step what `check` reports of all scenarios at once.
#[test]
fn scenarios_supported_by_python_pass_with_rust() {
    let Some(python) = python("the matrix of rust and python") else { return };
    let scenarios = scenarios(&python);
    let supported: Vec<&Part> =
        scenarios.iter().filter(|scenario| scenario.missing.is_empty()).collect();
    let numbers: BTreeSet<&str> = supported.iter().map(|scenario| scenario.number()).collect();
    for number in ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "13.1", "13.2", "13.4"] {
        assert!(numbers.contains(number), "{number} is missing among {numbers:?}");
    }

    let folder = tempfile::tempdir().unwrap();
    let runs: Vec<_> = COMBINATIONS
        .into_iter()
        .map(|platforms| {
            let combination = platforms.join("_");
            let wanted: Vec<&Part> = scenarios
                .iter()
                .filter(|scenario| {
                    scenario.is_supported(platforms)
                        || is_fault_of_python(&scenario.name, &combination)
                })
                .collect();
            let names: BTreeSet<&str> = wanted.iter().map(|scenario| &*scenario.name).collect();
            let missed = supported.iter().filter(|scenario| !names.contains(&*scenario.name));
            assert_eq!(missed.count(), 0, "Python supports either role of them: {names:#?}");
            assert!(names.len() > supported.len(), "and one role of others: {names:#?}");
            let file = folder.path().join(format!("{combination}.json"));
            let child = harmony(&[&combination, "--jobs", "6", "--quiet", "--matrix"])
                .arg(&file)
                .args(wanted.iter().map(|scenario| &scenario.place))
                .env("ZEROBUFFER_PYTHON", &python)
                .spawn()
                .unwrap();
            (combination, names, child, file)
        })
        .collect();
    for (combination, mut not_run, child, file) in runs {
        let output = finish(child);
        let text = stdout(&output);
        let matrix: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        for row in matrix.as_array().unwrap() {
            let name = row["scenario"].as_str().unwrap();
            // The rows of an outline have one place.
            if !not_run.remove(name) {
                continue;
            }
            let cells = row["combinations"].as_object().unwrap();
            let cell = cells.values().next().unwrap();
            let outcome = cell["outcome"].as_str().unwrap();
            let is_supported = supported.iter().any(|scenario| scenario.name == name);
            let is_fine = outcome == "passed"
                || is_fault_of_python(name, &combination)
                || (EXCUSED.contains(&outcome) && !is_supported);
            assert!(is_fine, "{name} in {combination}: {cell}\n{text}");
            assert!(outcome == "passed" || cell["reason"].is_string(), "{name}: {cell}");
        }
        assert!(not_run.is_empty(), "not run in {combination}: {not_run:#?}\n{text}");
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

/// A scenario, and the part of it that the Python serve process lacks.
struct Part {
    name: String,
    /// File and line.
    place: String,
    /// By name.
    roles: Vec<String>,
    /// The roles with a step that Python lacks; `all` is in every role.
    missing: BTreeSet<String>,
}

impl Part {
    fn number(&self) -> &str {
        self.name.split_whitespace().next().unwrap()
    }

    /// Returns whether a process of Python takes part, and has every step of its role.
    fn is_supported(&self, platforms: [&str; 2]) -> bool {
        let mut of_python =
            self.roles.iter().zip(platforms).filter(|(_, platform)| *platform == "python");
        of_python.clone().next().is_some()
            && !self.missing.contains("all")
            && of_python.all(|(role, _)| !self.missing.contains(role))
    }
}

/// Returns the scenarios of `features/`, with what `check` reports of the Python serve process.
fn scenarios(python: &Path) -> Vec<Part> {
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
    let scenarios: Vec<Part> =
        report[0]["scenarios"].as_array().unwrap().iter().map(part).collect();
    assert!(scenarios.iter().any(|scenario| scenario.roles.len() == 2), "{report:#}");
    scenarios
}

fn part(checked: &Value) -> Part {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let name = text(&checked["scenario"]);
    let missing: BTreeSet<String> =
        checked["missing"].as_array().unwrap().iter().map(|step| text(&step["role"])).collect();
    assert_eq!(checked["playable"], missing.is_empty(), "{checked}");
    let place = text(&checked["place"]);
    let (place, _column) = place.rsplit_once(':').unwrap();
    let (file, _line) = place.rsplit_once(':').unwrap();
    let document = gherkin::load(&root().join(file)).unwrap();
    let scenarios = gherkin::scenarios(&document);
    let scenario = scenarios.iter().find(|scenario| scenario.name == name).unwrap();
    let mut roles = plan(scenario, Mode::Strict).roles;
    roles.sort();
    Part { name, place: place.to_owned(), roles, missing }
}

fn is_fault_of_python(name: &str, combination: &str) -> bool {
    FAULTS_OF_PYTHON.iter().any(|(start, in_, _)| name.starts_with(start) && *in_ == combination)
}
