//! The official Gherkin test data, in `tests/fixtures/gherkin-testdata`.

use std::fs;
use std::path::{Path, PathBuf};

use harmony_bdd::gherkin::{self, ParseErrorKind};
use serde_json::Value;

use super::official_json;

#[test]
fn good_files_match_official_output() {
    let files = official_files("good");
    let mut wrong = Vec::new();
    for file in &files {
        let document = match gherkin::load(file) {
            Ok(document) => document,
            Err(error) => {
                wrong.push(format!("{error}"));
                continue;
            }
        };
        let ours = official_json::document(&document);
        let theirs = messages(file, "ast", "gherkinDocument");
        if theirs != [ours.clone()] {
            wrong.push(format!("{}: document\nours   {ours}\ntheirs {theirs:?}", file.display()));
        }
        let ours: Vec<Value> =
            gherkin::scenarios(&document).iter().map(official_json::pickle).collect();
        let theirs = messages(file, "pickles", "pickle");
        if theirs != ours {
            wrong.push(format!("{}: pickles\nours   {ours:?}\ntheirs {theirs:?}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), files.len(), wrong.join("\n\n"));
}

#[test]
fn bad_files_match_official_errors() {
    let files = official_files("bad");
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let errors = gherkin::parse("bad.feature", &text).expect_err(&file.display().to_string());
        let ours: Vec<(u64, Option<u64>)> = errors
            .errors()
            .iter()
            .map(|error| {
                // The official parser has no column for the end of the file.
                let is_end = matches!(error.kind(), ParseErrorKind::UnexpectedEnd { .. });
                let location = error.location();
                (u64::from(location.line), (!is_end).then_some(u64::from(location.column)))
            })
            .collect();
        let theirs: Vec<(u64, Option<u64>)> = messages(file, "errors", "parseError")
            .iter()
            .map(|error| &error["source"]["location"])
            .map(|location| (location["line"].as_u64().unwrap(), location["column"].as_u64()))
            .collect();
        assert_eq!(ours, theirs, "{}\n{errors}", file.display());
    }
}

/// Returns the `.feature` files of one folder.
fn official_files(folder: &str) -> Vec<PathBuf> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gherkin-testdata").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "feature"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no feature file in {}", folder.display());
    files
}

/// Returns the official messages of one kind for `feature`, without ids.
fn messages(feature: &Path, kind: &str, key: &str) -> Vec<Value> {
    let path = format!("{}.{kind}.ndjson", feature.display());
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|message| match &message[key] {
            error if key == "parseError" => error.clone(),
            other => official_json::without_ids(other),
        })
        .collect()
}
