//! Formatting of feature files.

use std::fs;
use std::path::{Path, PathBuf};

use harmony_bdd::gherkin::format;

/// Formats a text that must be valid, and checks that a second time changes nothing.
fn formatted(text: &str) -> String {
    let once = format("test.feature", text).unwrap_or_else(|error| panic!("{error}\n\n{text}"));
    let twice = format("test.feature", &once).unwrap_or_else(|error| panic!("{error}\n\n{once}"));
    let changed = once.lines().zip(twice.lines()).find(|(a, b)| a != b);
    assert!(once == twice, "a second time changes {changed:?} of\n{once}");
    once
}

#[test]
fn lines_are_indented_and_blocks_separated() {
    let text = "\
#language: en


  @suite   @slow #not fast
Feature:Basket
Things   of a customer.
    - indented

  More.
Background:
\tGiven   a basket
 Rule: Limits
# about the outline
@edge


@outline
Scenario Outline: <n>
When I put in <n>


  Then it is full
   # a later step
#Then it fails
Examples:
|n|
|1|
# last
|100|

# the end
";
    let wanted = "\
#language: en

@suite @slow #not fast
Feature: Basket
  Things   of a customer.
      - indented

    More.

  Background:
    Given a basket

  Rule: Limits

    # about the outline
    @edge
    @outline
    Scenario Outline: <n>
      When I put in <n>

      Then it is full

      # a later step
      #Then it fails
      Examples:
        | n   |
        | 1   |
        # last
        | 100 |

        # the end
";
    assert_eq!(formatted(text), wanted);
}

#[test]
fn content_of_doc_strings_stays_to_the_byte() {
    let text = "\
Feature: f
  Scenario: s
    Given a text
      \"\"\"  json
      {
   outside
        | no |  table|

          # no comment\u{20}\u{20}
      \\\"\\\"\\\"
      \"\"\"
    Given another
```
 x
```
";
    let wanted = "\
Feature: f

  Scenario: s
    Given a text
      \"\"\"  json
      {
      outside
        | no |  table|

          # no comment\u{20}\u{20}
      \\\"\\\"\\\"
      \"\"\"
    Given another
      ```
       x
      ```
";
    assert_eq!(formatted(text), wanted);
}

#[test]
fn tables_are_aligned_by_display_width() {
    let text = "Feature: f\n  Scenario: s\n    Given a table\n\n    |name|1|\n\n   |日本|a\\|b| \n";
    let table = "      | name | 1    |\n      | 日本 | a\\|b |\n";
    assert!(formatted(text).ends_with(table), "{}", formatted(text));
}

#[test]
fn line_endings_stay_as_they_are() {
    assert_eq!(formatted("Feature: f\r\n Scenario: s\r\n"), "Feature: f\r\n\r\n  Scenario: s\r\n");
}

#[test]
fn file_with_errors_is_not_formatted() {
    let error =
        format("a.feature", "Feature: f\n  Scenario: s\n    Gven x\n    Given y\n  |a|\n|b|c|\n");
    assert!(error.unwrap_err().to_string().contains("a.feature:6"));
}

/// Formatting checks by itself that the scenarios and comments stay the same.
#[test]
fn official_files_and_features_of_this_project_are_formatted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut count = 0;
    let mut folders: Vec<PathBuf> = [
        "features",
        "examples",
        "runtime/tests/fixtures/gherkin-testdata/good",
        "runtime/tests/compatibility",
    ]
    .map(|folder| root.join(folder))
    .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "feature")
                && let Ok(text) = fs::read_to_string(&path)
                && harmony_bdd::gherkin::parse("test.feature", &text).is_ok()
            {
                formatted(&text);
                count += 1;
            }
        }
    }
    assert!(count >= 70, "only {count} files");
}
