//! Reading feature files from disk.

use std::fs;
use std::io::ErrorKind;

use harmony_bdd::gherkin::{self, LoadError};

#[test]
fn document_has_the_given_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.feature");
    fs::write(&path, "Feature: f\n  Scenario: s\n").unwrap();
    let document = gherkin::load(&path).unwrap();
    let scenarios = gherkin::scenarios(&document);
    assert_eq!(scenarios[0].location.to_string(), format!("{}:2:3", path.display()));
}

#[test]
fn missing_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.feature");
    let error = gherkin::load(&path).unwrap_err();
    assert!(matches!(&error, LoadError::Io { source, .. } if source.kind() == ErrorKind::NotFound));
    assert_eq!(error.to_string(), format!("{}: no such feature file", path.display()));
}

#[test]
fn directory_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let message = gherkin::load(folder.path()).unwrap_err().to_string();
    let path = folder.path().display();
    assert_eq!(message, format!("{path}: this is a directory, not a feature file"));
}

#[test]
fn path_below_a_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let path = folder.path().join("file/x.feature");
    let message = gherkin::load(&path).unwrap_err().to_string();
    assert!(message.contains("cannot read this feature file"), "{message}");
    assert!(message.starts_with(&path.display().to_string()), "{message}");
}

#[test]
fn invalid_utf8_is_located() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin1.feature");
    fs::write(&path, b"Feature: f\n  Scenario: caf\xE9\n").unwrap();
    let error = gherkin::load(&path).unwrap_err();
    assert!(matches!(error, LoadError::NotUtf8 { offset: 26, line: 2, byte: 0xE9, .. }), "{error}");
    assert_eq!(
        error.to_string(),
        format!("{}:2: not UTF-8: byte 0xE9 at offset 26; save the file as UTF-8", path.display())
    );
}

#[test]
fn parse_error_has_the_given_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.feature");
    fs::write(&path, "Fature: f\n").unwrap();
    let error = gherkin::load(&path).unwrap_err();
    assert!(matches!(error, LoadError::Parse(_)));
    assert!(error.to_string().starts_with(&format!("{}:1:1: found `Fature: f`", path.display())));
}
