//! `fmt`: the files it changes, and its exit codes.

use std::io::Write;
use std::process::Stdio;

use super::suite::{Ran, Suite};

const UNTIDY: &str = "Feature: f\n Scenario: s\n  Given all is well\n";
const WRONG: &str = "Feature: f\n Scenario: s\n  Given x\n  Gven y\n";
const TIDY: &str = "Feature: f\n\n  Scenario: s\n    Given all is well\n";

#[test]
fn files_are_formatted_in_place() {
    let suite = Suite::new(UNTIDY);
    suite.write("features/deep/b.feature", TIDY);
    let ran = suite.run(&["fmt"]);
    ran.assert(0, &["formatted features/a.feature", "2 feature files: 1 formatted, 0 with errors"]);
    assert_eq!(suite.read("features/a.feature"), TIDY);
    suite.run(&["fmt"]).assert(0, &["2 feature files: 0 formatted, 0 with errors"]);
}

#[test]
fn check_changes_nothing_and_names_the_first_line() {
    let suite = Suite::new(UNTIDY);
    suite.run(&["fmt", "--check", "features/a.feature"]).assert(
        1,
        &["features/a.feature:2: not formatted", "- \" Scenario: s\"", "1 not formatted"],
    );
    assert_eq!(suite.read("features/a.feature"), UNTIDY);
}

#[test]
fn file_with_errors_does_not_stop_the_others() {
    let suite = Suite::new(UNTIDY);
    suite.write("features/0.feature", WRONG);
    let ran = suite.run(&["fmt"]);
    ran.assert(2, &["features/0.feature:4:3", "formatted features/a.feature", "1 with errors"]);
    assert_eq!(suite.read("features/0.feature"), WRONG);
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    let suite = Suite::new("");
    let mut command = suite.command(&["fmt", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(UNTIDY.as_bytes()).unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), TIDY));
}
