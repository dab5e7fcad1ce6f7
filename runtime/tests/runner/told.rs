//! What a user reads when something is wrong, word for word.
//!
//! `UPDATE_EXPECT=1 cargo test -p harmony-bdd --test runner told` writes the files anew; read the
//! difference before it is committed.

use expect_test::{ExpectFile, expect_file};
use regex::Regex;

use super::suite::Suite;

/// Runs a feature that does not pass, and compares all that is printed.
#[track_caller]
fn told(feature: &str, code: i32, expected: &ExpectFile) {
    let ran = Suite::new(feature).run(&["run", "--color", "never", "-j", "1"]);
    assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
    let printed = format!("{}{}", ran.out, ran.err);
    // What differs from run to run, and the lines of this crate's own source.
    let time = Regex::new(r"\d+(\.\d+)? (µs|ms|s)\b").unwrap();
    let line = Regex::new(r"(\w+\.rs):\d+(:\d+)?").unwrap();
    let program = Regex::new(r"\S*/deps/\w+-[0-9a-f]+").unwrap();
    let printed = time.replace_all(&printed, "<time>");
    let printed = line.replace_all(&printed, "$1:<line>");
    let printed = program.replace_all(&printed, "<suite>");
    expected.assert_eq(&printed);
}

#[test]
fn a_step_that_nothing_defines() {
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
    told(feature, 1, &expect_file!["told/undefined.txt"]);
}

#[test]
fn a_step_that_two_define() {
    let feature = "Feature: Ambiguous\n  Scenario: Two\n    Given twice über\n";
    told(feature, 1, &expect_file!["told/ambiguous.txt"]);
}

#[test]
fn a_capture_that_does_not_fit() {
    let feature = "\
Feature: Conversion
  Scenario Outline: Too <many>
    When it takes <many> of 256

    Examples:
      | many |
      | 300  |
";
    told(feature, 1, &expect_file!["told/conversion.txt"]);
}

#[test]
fn a_step_that_fails() {
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
    told(feature, 1, &expect_file!["told/failure.txt"]);
}

#[test]
fn a_feature_that_cannot_be_read() {
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
    told(feature, 2, &expect_file!["told/unreadable.txt"]);
}
