//! Mistakes in step code and the error for each: one error, at the right place.
//!
//! The expected messages are those of the toolchain that builds the project.

use std::fs;
use std::path::Path;

#[test]
fn mistakes_give_the_expected_errors() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}

#[test]
fn each_mistake_gives_one_error_with_help() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the cases") {
        let path = entry.expect("a case").path();
        if path.extension().is_none_or(|e| e != "stderr") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a message");
        let errors = text.lines().filter(|line| line.starts_with("error")).count();
        assert_eq!(errors, 1, "{}", path.display());
        assert!(text.contains("help: ") || text.contains("note: "), "{}", path.display());
        count += 1;
    }
    assert!(count >= 18, "only {count} mistakes");
}
