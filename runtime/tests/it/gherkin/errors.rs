//! Parse errors with their locations, messages and hints.

use harmony_bdd::gherkin::{Expected, ParseErrorKind};

use super::errors;

fn locations(text: &str) -> Vec<(u32, u32)> {
    errors(text)
        .errors()
        .iter()
        .map(|error| (error.location().line, error.location().column))
        .collect()
}

/// The hint of the first error.
fn hint(text: &str) -> String {
    errors(text).errors()[0].hint().unwrap_or_default().to_owned()
}

/// A scenario with one step, then `line`.
fn after_a_step(line: &str) -> String {
    format!("Feature: f\n  Scenario: s\n    Given a\n    {line}\n")
}

#[test]
fn error_shows_location_line_and_hint() {
    let shown = errors(&after_a_step("Gven b")).to_string();
    assert_eq!(
        shown,
        "test.feature:4:5: found `Gven b`, expected a table row, a doc string, a step, a tag, \
         examples, a scenario, a rule or the end of the file\n  |\n4 |     Gven b\n  |     ^^^^^^\n  \
         = help: did you mean `Given`?"
    );
}

#[test]
fn uneven_row_is_shown_with_first_row() {
    let text = after_a_step("  | a | b |\n      | c |\n\n    When x");
    let errors = errors(&text);
    assert_eq!(
        errors.to_string(),
        "test.feature:5:7: this row has 1 cell, but the first row of its table has 2\n  |\n4 |       \
         | a | b |\n  |       --------- 2 cells\n5 |       | c |\n  |       ^^^^^ 1 cell\n  = help: add \
         the missing cells: write a `|` before and after every cell, and `\\|` for a `|` inside a cell"
    );
}

#[test]
fn unclosed_doc_string_is_shown_at_its_start() {
    let errors = errors(&after_a_step("\"\"\"json\n  text"));
    assert_eq!(
        errors.to_string(),
        "test.feature:6:1: the file ends inside a doc string\n  |\n4 |     \"\"\"json\n  |     \
         ------- opened here\n  = help: the doc string opened on line 4 needs a line of \"\"\" to close it"
    );
}

#[test]
fn carets_respect_tabs_and_wide_characters() {
    let shown = errors("Feature: f\n\tScenario: s\n\t\tGiven a\n\t\t日本 x\n").to_string();
    assert!(shown.contains("\n4 | \t\t日本 x\n  | \t\t^^^^^^"), "{shown}");
    let shown = errors("@日本 @b c\nFeature: f\n").to_string();
    assert!(shown.contains("\n1 | @日本 @b c\n  |       ^^^^"), "{shown}");
}

#[test]
fn reading_goes_on_behind_a_mistake() {
    let text = "\
oops
Feature: f
  Scenario: s
    Given a
    wrong
      | a | b |
      | c |
    wrong again
    Then b
";
    assert_eq!(locations(text), [(1, 1), (5, 5), (8, 5), (7, 7)]);
}

#[test]
fn reading_ends_after_eleven_mistakes() {
    let errors = errors(&"wrong\n".repeat(50));
    assert_eq!((errors.errors().len(), errors.is_truncated()), (11, true));
    assert!(errors.to_string().ends_with("test.feature: stopped after 11 errors"));
}

#[test]
fn every_invalid_line_is_reported() {
    let errors = errors("fn main() {\n\n}\n");
    let found: Vec<&ParseErrorKind> = errors.errors().iter().map(|error| error.kind()).collect();
    for (kind, line) in found.iter().zip(["fn main() {", "}"]) {
        assert!(
            matches!(kind, ParseErrorKind::UnexpectedLine { found, expected }
                if found == line && expected.contains(&Expected::Feature)),
            "{kind:?}"
        );
    }
    assert_eq!(found.len(), 2);
}

#[test]
fn mistyped_keyword_is_suggested() {
    for (line, help) in [
        ("Gievn b", "did you mean `Given`?"),
        ("then b", "did you mean `Then`?"),
        ("Whenn", "did you mean `When`?"),
        ("When", "write the step text after `When`"),
        ("Scenaro: t", "did you mean `Scenario:`?"),
        ("scenario outline: t", "did you mean `Scenario Outline:`?"),
        ("Scenario Outline t", "missing colon: write `Scenario Outline:`"),
        ("Exampels:", "did you mean `Examples:`?"),
        ("Scenario : t", "did you mean `Scenario:`?"),
    ] {
        assert_eq!(hint(&after_a_step(line)), help, "{line}");
    }
    assert_eq!(hint("Featrue: f\n"), "did you mean `Feature:`?");
}

#[test]
fn misplaced_line_has_a_hint() {
    for (text, help) in [
        (after_a_step("Background: b"), "above its first scenario"),
        (after_a_step("Feature: g"), "a file can have only one feature"),
        (after_a_step("free text"), "a description is only allowed directly below a title line"),
        (after_a_step("Examples:\n  | a |\n  Given b"), "steps belong above the examples"),
        (after_a_step("Examples:\n  | a |\n  ```"), "no doc string"),
        ("Scenario: s\n".to_owned(), "add one above `Scenario:`"),
        ("Given a\n".to_owned(), "a step belongs in a scenario or background"),
        ("Feature: f\n  @t\n  Background:\n".to_owned(), "a background cannot have tags"),
        ("Feature: f\n  Background:\n    Given a\n  Examples:\n".to_owned(), "scenario outline"),
        ("Fonctionnalité: f\n".to_owned(), "`# language: fr`"),
    ] {
        let hint = hint(&text);
        assert!(hint.contains(help), "{text}\n{hint}");
    }
}

#[test]
fn repeated_argument_is_an_error() {
    assert_eq!(
        locations(&after_a_step("```\n```\n```\none\n```")),
        [(6, 1), (7, 1), (8, 1)],
        "a second doc string"
    );
    assert!(hint(&after_a_step("```\n```\n```")).contains("already has a doc string"));
    let three = after_a_step("| a |\n```\n```\n| b |");
    assert_eq!(locations(&three), [(7, 1)]);
    assert!(hint(&three).contains("already has a table and a doc string"));
}

#[test]
fn only_first_uneven_row_is_reported() {
    assert_eq!(locations(&after_a_step("| a |\n||\n|\n| a | b |")), [(6, 1)]);
    let examples = "\
Feature: f
  Scenario: s
    Examples:
      | a |
      | b | c |
  Scenario: t
";
    assert_eq!(locations(examples), [(5, 7)]);
}

#[test]
fn table_before_tags_is_checked() {
    assert_eq!(locations(&after_a_step("| a |\n    ||||\n    @t")), [(5, 5), (7, 1)]);
}

#[test]
fn whitespace_in_tag_is_an_error() {
    let errors = errors("Feature: f\n  @a @b c@d\n  Scenario: s\n");
    let error = &errors.errors()[0];
    assert_eq!((error.location().line, error.location().column), (2, 6));
    assert_eq!(error.message(), "tag `@b c` contains whitespace");
    assert_eq!(error.hint(), Some("write `@b-c`, or `@b @c` for two tags"));
    assert_eq!(errors.errors().len(), 1);
}

#[test]
fn invalid_tag_line_is_reported_once() {
    let found = locations("Feature: f\n  @a\n  @b c\n  Scenario: s\n");
    assert_eq!(found[0], (3, 3));
    assert_eq!(found.iter().filter(|location| **location == (3, 3)).count(), 2);
}

#[test]
fn tags_at_end_of_file_are_an_error() {
    let errors = errors(&after_a_step("@t"));
    let error = &errors.errors()[0];
    assert!(matches!(error.kind(), ParseErrorKind::UnexpectedEnd { open_doc_string: None, .. }));
    assert_eq!(error.location().to_string(), "test.feature:5:1");
    assert!(error.hint().unwrap().contains("below it"), "{error}");
}

#[test]
fn unknown_language_has_suggestions() {
    let unknown = "# language: fra\nFeature: f\n";
    assert_eq!(locations(unknown), [(1, 1)]);
    assert!(hint("# language: FR\nFeature: f\n").contains("`fr` (French)"));
    assert!(hint("# language: german\nFeature: f\n").contains("`de` (German)"));
    assert!(hint("# language: pt-PT\nFeature: f\n").contains("`pt` (Portuguese)"));
    assert!(hint("# language: qqqqqq\nFeature: f\n").contains("English"));
}

#[test]
fn language_line_needs_a_feature() {
    assert_eq!(locations("# language: en\n"), [(2, 1)]);
    assert!(hint("# language: en\n").contains("below the language line"));
}

#[test]
fn long_line_is_shown_around_the_carets() {
    let text = format!("Feature: f\n  @{} @b c\n  Scenario: s\n", "a".repeat(5000));
    let shown = errors(&text).to_string();
    assert!(shown.contains("@b c\n") && shown.contains("^^^^"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
}

#[test]
fn control_characters_are_replaced() {
    let shown = errors(&after_a_step("\u{1B}[31mred")).to_string();
    assert!(!shown.contains('\u{1B}'), "{shown:?}");
}
