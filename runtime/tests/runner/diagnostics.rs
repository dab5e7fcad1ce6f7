//! Snapshots of the diagnostics that a user reads.
//!
//! `UPDATE_EXPECT=1 cargo test -p harmony-bdd --test runner diagnostics` updates the files; review the
//! difference before committing it.

use expect_test::{ExpectFile, expect_file};
use regex::Regex;

use super::suite::Suite;

/// Runs a feature that fails, and compares the whole output.
#[track_caller]
fn assert_diagnostics(feature: &str, code: i32, expected: &ExpectFile) {
    let ran = Suite::new(feature).run(&["run", "--color", "never", "-j", "1"]);
    assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
    let printed = format!("{}{}", ran.out, ran.err);
    // Times and program names differ between runs; lines of source code change with every edit.
    let time = Regex::new(r"\d+(\.\d+)? (µs|ms|s)\b").unwrap();
    let line = Regex::new(r"(\w+\.rs):\d+(:\d+)?").unwrap();
    let program = Regex::new(r"\S*/deps/\w+-[0-9a-f]+").unwrap();
    let printed = time.replace_all(&printed, "<time>");
    let printed = line.replace_all(&printed, "$1:<line>");
    let printed = program.replace_all(&printed, "<suite>");
    expected.assert_eq(&printed);
}

#[test]
fn undefined_step() {
    let feature = "\
Feature: Undefined
  Scenario: A slip of the pen
    Given all is wel
  Scenario: The right text in another spelling
    Given all  is well
  Scenario: Nothing like it
    When 3 swans cross \"the lake\":
      | swan | age |
      | Anna | 3   |
";
    assert_diagnostics(feature, 1, &expect_file!["diagnostics/undefined.txt"]);
}

#[test]
fn ambiguous_step() {
    let feature = "Feature: Ambiguous\n  Scenario: Two\n    Given twice über\n";
    assert_diagnostics(feature, 1, &expect_file!["diagnostics/ambiguous.txt"]);
}

#[test]
fn failed_conversion() {
    let feature = "\
Feature: Conversion
  Scenario Outline: Too <many>
    When it takes <many> of 256

    Examples:
      | many |
      | 300  |
";
    assert_diagnostics(feature, 1, &expect_file!["diagnostics/conversion.txt"]);
}

#[test]
fn failed_step() {
    let feature = "\
Feature: Failure
  Scenario: An error with causes
    Given all is well
    When it fails for a reason behind a reason
    Then it is pending
  Scenario: A panic after words
    When it prints 'out' and logs 'careful'
    When the roof burns
  Scenario: Pending
    Then it is pending
";
    assert_diagnostics(feature, 1, &expect_file!["diagnostics/failure.txt"]);
}

#[test]
fn unreadable_feature() {
    let feature = "\
Feature: Broken
  Scenario: One
    Given all is well
    Wenn it is German
  Examples
    | a | b |
    | 1 |
  @tag
  Scenario: Two
";
    assert_diagnostics(feature, 2, &expect_file!["diagnostics/unreadable.txt"]);
}
