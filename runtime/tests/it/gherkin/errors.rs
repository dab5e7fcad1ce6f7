//! What is refused, where, and what is said about it.

use harmony_bdd::gherkin::{Expected, ParseErrorKind};

use super::errors;

fn places(text: &str) -> Vec<(u32, u32)> {
    errors(text).errors().iter().map(|error| (error.place().line, error.place().column)).collect()
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
fn an_error_shows_place_message_line_and_help() {
    let shown = errors(&after_a_step("Gven b")).to_string();
    assert_eq!(
        shown,
        "test.feature:4:5: found `Gven b`, expected a table row, a doc string, a step, a tag, \
         examples, a scenario, a rule or the end of the file\n  |\n4 |     Gven b\n  |     ^^^^^^\n  \
         = help: did you mean `Given`?"
    );
}

#[test]
fn an_uneven_row_is_shown_with_the_first_row() {
    let text = after_a_step("  | a | b |\n      | c |\n\n    When x");
    let errors = errors(&text);
    assert_eq!(
        errors.to_string(),
        "test.feature:5:7: this row has 1 cell, but the first row of its table has 2\n  |\n4 |       \
         | a | b |\n  |       --------- 2 cells\n5 |       | c |\n  |       ^^^^^ 1 cell\n  = help: add \
         what is missing: a `|` belongs before and after every cell, and `\\|` is a `|` inside a cell"
    );
}

#[test]
fn an_open_doc_string_is_shown_where_it_opens() {
    let errors = errors(&after_a_step("\"\"\"json\n  text"));
    assert_eq!(
        errors.to_string(),
        "test.feature:6:1: the file ends inside a doc string\n  |\n4 |     \"\"\"json\n  |     \
         ------- opened here\n  = help: the doc string opened on line 4 needs a line of \"\"\" to close it"
    );
}

#[test]
fn marks_stand_below_what_they_mark_also_behind_tabs_and_wide_letters() {
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
    assert_eq!(places(text), [(1, 1), (5, 5), (8, 5), (7, 7)]);
}

#[test]
fn reading_ends_after_eleven_mistakes() {
    let errors = errors(&"wrong\n".repeat(50));
    assert_eq!((errors.errors().len(), errors.is_cut_short()), (11, true));
    assert!(errors.to_string().ends_with("test.feature: stopped after 11 errors"));
}

#[test]
fn what_is_no_gherkin_is_refused_line_by_line() {
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
fn a_slip_in_a_keyword_is_named() {
    for (line, help) in [
        ("Gievn b", "did you mean `Given`?"),
        ("then b", "did you mean `Then`?"),
        ("Whenn", "did you mean `When`?"),
        ("When", "put the text of the step behind `When`"),
        ("Scenaro: t", "did you mean `Scenario:`?"),
        ("scenario outline: t", "did you mean `Scenario Outline:`?"),
        ("Scenario Outline t", "a colon is missing: write `Scenario Outline:`"),
        ("Exampels:", "did you mean `Examples:`?"),
        ("Scenario : t", "did you mean `Scenario:`?"),
    ] {
        assert_eq!(hint(&after_a_step(line)), help, "{line}");
    }
    assert_eq!(hint("Featrue: f\n"), "did you mean `Feature:`?");
}

#[test]
fn a_line_that_is_right_elsewhere_is_told_where() {
    for (text, help) in [
        (after_a_step("Background: b"), "above its first scenario"),
        (after_a_step("Feature: g"), "a file holds one feature"),
        (after_a_step("free text"), "free text stands directly below a title line"),
        (after_a_step("Examples:\n  | a |\n  Given b"), "steps stand above the examples"),
        (after_a_step("Examples:\n  | a |\n  ```"), "no doc string"),
        ("Scenario: s\n".to_owned(), "put one above `Scenario:`"),
        ("Given a\n".to_owned(), "a step stands in a scenario or background"),
        ("Feature: f\n  @t\n  Background:\n".to_owned(), "a background takes no tags"),
        ("Feature: f\n  Background:\n    Given a\n  Examples:\n".to_owned(), "scenario outline"),
        ("Fonctionnalité: f\n".to_owned(), "`# language: fr`"),
    ] {
        let hint = hint(&text);
        assert!(hint.contains(help), "{text}\n{hint}");
    }
}

#[test]
fn a_step_carries_no_argument_twice() {
    assert_eq!(
        places(&after_a_step("```\n```\n```\none\n```")),
        [(6, 1), (7, 1), (8, 1)],
        "a second doc string"
    );
    assert!(hint(&after_a_step("```\n```\n```")).contains("has a doc string already"));
    let three = after_a_step("| a |\n```\n```\n| b |");
    assert_eq!(places(&three), [(7, 1)]);
    assert!(hint(&three).contains("has its table and its doc string already"));
}

#[test]
fn only_the_first_uneven_row_of_a_table_is_reported() {
    assert_eq!(places(&after_a_step("| a |\n||\n|\n| a | b |")), [(6, 1)]);
    let examples = "\
Feature: f
  Scenario: s
    Examples:
      | a |
      | b | c |
  Scenario: t
";
    assert_eq!(places(examples), [(5, 7)]);
}

#[test]
fn a_table_is_checked_where_it_ends_also_when_tags_end_it() {
    assert_eq!(places(&after_a_step("| a |\n    ||||\n    @t")), [(5, 5), (7, 1)]);
}

#[test]
fn a_blank_in_a_tag_is_refused_at_the_tag() {
    let errors = errors("Feature: f\n  @a @b c@d\n  Scenario: s\n");
    let error = &errors.errors()[0];
    assert_eq!((error.place().line, error.place().column), (2, 6));
    assert_eq!(error.message(), "the tag `@b c` has a blank in it");
    assert_eq!(error.hint(), Some("write `@b-c`, or `@b @c` for two tags"));
    assert_eq!(errors.errors().len(), 1);
}

#[test]
fn a_bad_tag_line_below_good_ones_is_reported_once_for_the_tag() {
    let found = places("Feature: f\n  @a\n  @b c\n  Scenario: s\n");
    assert_eq!(found[0], (3, 3));
    assert_eq!(found.iter().filter(|place| **place == (3, 3)).count(), 2);
}

#[test]
fn tags_at_the_end_belong_to_nothing() {
    let errors = errors(&after_a_step("@t"));
    let error = &errors.errors()[0];
    assert!(matches!(error.kind(), ParseErrorKind::UnexpectedEnd { open_doc_string: None, .. }));
    assert_eq!(error.place().to_string(), "test.feature:5:1");
    assert!(error.hint().unwrap().contains("below it"), "{error}");
}

#[test]
fn an_unknown_language_is_told_near_ones() {
    let unknown = "# language: fra\nFeature: f\n";
    assert_eq!(places(unknown), [(1, 1)]);
    assert!(hint("# language: FR\nFeature: f\n").contains("`fr` (French)"));
    assert!(hint("# language: german\nFeature: f\n").contains("`de` (German)"));
    assert!(hint("# language: pt-PT\nFeature: f\n").contains("`pt` (Portuguese)"));
    assert!(hint("# language: qqqqqq\nFeature: f\n").contains("English"));
}

#[test]
fn a_language_line_needs_a_feature_below_it() {
    assert_eq!(places("# language: en\n"), [(2, 1)]);
    assert!(hint("# language: en\n").contains("below the language line"));
}

#[test]
fn a_long_line_is_shown_around_its_mark() {
    let text = format!("Feature: f\n  @{} @b c\n  Scenario: s\n", "a".repeat(5000));
    let shown = errors(&text).to_string();
    assert!(shown.contains("@b c\n") && shown.contains("^^^^"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let shown = errors(&after_a_step("\u{1B}[31mred")).to_string();
    assert!(!shown.contains('\u{1B}'), "{shown:?}");
}
