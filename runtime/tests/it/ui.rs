//! Mistakes in step code and what the compiler says to them: one error each, at the right place.
//!
//! The expected messages are those of the toolchain the project is built with.

use std::fs;
use std::path::Path;

#[test]
fn each_mistake_gives_its_message() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}

#[test]
fn each_mistake_gives_one_error_that_says_what_to_do() {
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
