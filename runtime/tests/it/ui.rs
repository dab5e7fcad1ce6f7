//! Mistakes in step code and the error for each: one error, at the right place.
//!
//! The expected messages are those of the toolchain that builds the project. All cases are the programs of one
//! package, which one cargo call compiles with the dependencies that are there already.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use serde_json::Value;

use crate::packages::{PackageFolder, cargo, shared_dependencies};

/// The folder of the cases, below that of the manifest.
const CASES: &str = "tests/ui";

#[test]
fn mistakes_give_the_expected_errors() {
    let cases = cases("rs");
    let mut errors = compile(&cases);
    let mut different = Vec::new();
    for case in &cases {
        let text = errors.remove(case).unwrap_or_default();
        let same = catch_unwind(|| expect_file![case.with_extension("stderr")].assert_eq(&text));
        if same.is_err() {
            different.push(case.file_stem().unwrap());
        }
    }
    assert!(different.is_empty(), "other errors than expected: {different:?}");
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn each_mistake_gives_one_error_with_help() {
    let messages = cases("stderr");
    for path in &messages {
        let text = fs::read_to_string(path).expect("a message");
        let errors = text.lines().filter(|line| line.starts_with("error")).count();
        assert_eq!(errors, 1, "{}", path.display());
        assert!(text.contains("help: ") || text.contains("note: "), "{}", path.display());
    }
    assert!(messages.len() >= 18, "only {} mistakes", messages.len());
}

/// Returns the files of the folder with this extension, in order.
fn cases(extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(CASES);
    let entries = fs::read_dir(folder).expect("the cases");
    let paths = entries.map(|entry| entry.expect("a case").path());
    let mut cases: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    cases.sort();
    cases
}

/// Compiles the cases and returns the errors and warnings of each.
fn compile(cases: &[PathBuf]) -> BTreeMap<PathBuf, String> {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = PackageFolder::new("mistakes");
    let mut manifest = format!(
        "[package]\nname = \"mistakes\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nharmony-bdd = {{ path = {runtime:?} }}\n{}",
        shared_dependencies().concat()
    );
    for case in cases {
        let name = case.file_stem().unwrap();
        write!(manifest, "\n[[bin]]\nname = {name:?}\npath = {case:?}\n").unwrap();
    }
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    // The versions that are there already: nothing is fetched.
    fs::copy(runtime.join("../Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    // The feature of the cases about scenarios.
    let feature = "tests/bound/basket.feature";
    fs::copy(runtime.join(feature), folder.path().join("basket.feature")).unwrap();

    // `build` and not `check`, which would check all dependencies first.
    let output = cargo(folder.path())
        .args(["build", "--offline", "--quiet", "--bins", "--keep-going", "--message-format=json"])
        .output()
        .unwrap();
    let mut errors = BTreeMap::<_, String>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["reason"] != "compiler-message" {
            continue;
        }
        let text = line["message"]["rendered"].as_str().unwrap();
        // The count of the errors, and how to explain them.
        if text.starts_with("error: aborting due to") || line["message"]["level"] == "failure-note"
        {
            continue;
        }
        let case = PathBuf::from(line["target"]["src_path"].as_str().unwrap());
        let errors = errors.entry(case).or_default();
        if !errors.is_empty() {
            errors.push('\n');
        }
        errors.push_str(&normalized(text));
    }
    assert!(!errors.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    errors
}

/// Returns a message with paths below the manifest, and without the numbers of lines outside of the cases.
fn normalized(message: &str) -> String {
    let below = |line: &str| line.replace(concat!(env!("CARGO_MANIFEST_DIR"), "/"), "");
    let mut lines: Vec<_> = message.trim_end().lines().map(below).collect();
    // The column of the numbers is as wide as the largest one.
    let width = lines.iter().find_map(|line| line.find("--> ")).unwrap_or(0);
    let mut in_case = true;
    let mut needed = 1;
    for line in &mut lines {
        if let Some((arrow, path)) = line.split_once("--> ") {
            in_case = path.starts_with(CASES);
            if !in_case {
                *line = format!("{arrow}--> {}", path.split(':').next().unwrap());
            }
        } else if let Some((number, code)) = line.split_once(" |") {
            if in_case {
                needed = needed.max(number.trim().len());
            } else if number.trim().parse::<u32>().is_ok() {
                *line = format!("{:width$} |{code}", "");
            }
        }
    }
    let surplus = " ".repeat(width.saturating_sub(needed));
    let is_code = |rest: &str| {
        rest.starts_with(['|', '='])
            || rest.starts_with("-->")
            || rest.starts_with(|c: char| c.is_ascii_digit())
    };
    for line in &mut lines {
        if is_code(line.trim_start())
            && let Some(rest) = line.strip_prefix(&surplus)
        {
            *line = rest.to_owned();
        }
    }
    lines.join("\n") + "\n"
}
