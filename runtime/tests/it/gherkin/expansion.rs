//! Expansion of documents to scenarios.

use harmony_bdd::model::{Scenario, Step, StepArgument, StepKeyword};

use super::scenarios;

fn names(scenarios: &[Scenario]) -> Vec<&str> {
    scenarios.iter().map(|scenario| &*scenario.name).collect()
}

fn texts(scenario: &Scenario) -> Vec<&str> {
    scenario.steps.iter().map(|step| &*step.text).collect()
}

fn tags(scenario: &Scenario) -> Vec<&str> {
    scenario.tags.iter().map(|tag| &*tag.name).collect()
}

#[test]
fn background_steps_come_first() {
    let scenarios = scenarios(
        "\
Feature: f
  Background:
    Given outer
  Scenario: s
    When own
  Rule: r
    Background:
      Given inner
    Scenario: t
      When own
  Rule: q
    Scenario: u
      When own
",
    );
    assert_eq!(texts(&scenarios[0]), ["outer", "own"]);
    assert_eq!(texts(&scenarios[1]), ["outer", "inner", "own"]);
    assert_eq!(texts(&scenarios[2]), ["outer", "own"]);
    let from_background: Vec<bool> =
        scenarios[1].steps.iter().map(|step| step.from_background).collect();
    assert_eq!(from_background, [true, true, false]);
    assert_eq!(scenarios[0].rule, None);
    assert_eq!(scenarios[1].rule.as_deref(), Some("r"));
    assert_eq!(&*scenarios[2].feature, "f");
}

#[test]
fn empty_scenario_gets_no_background() {
    let scenarios = scenarios("Feature: f\n  Background:\n    Given a\n  Scenario: s\n");
    assert_eq!(names(&scenarios), ["s"]);
    assert!(scenarios[0].steps.is_empty());
}

#[test]
fn each_example_row_is_a_scenario() {
    let scenarios = scenarios(
        "\
Feature: f
  Scenario Outline: <a> then <b>
    Given <a>
    Examples: one
      | a | b |
      | 1 | 2 |
      | 3 | 4 |
    Examples: two
      | b | a |
      | 5 | 6 |
",
    );
    assert_eq!(names(&scenarios), ["1 then 2", "3 then 4", "6 then 5"]);
    let examples: Vec<String> =
        scenarios.iter().map(|s| s.example_row.as_ref().unwrap().to_string()).collect();
    assert_eq!(examples, ["test.feature:6:7", "test.feature:7:7", "test.feature:10:7"]);
    assert!(scenarios.iter().all(|s| s.location.to_string() == "test.feature:2:3"));
}

#[test]
fn outline_without_rows_has_no_scenarios() {
    let text =
        |examples: &str| format!("Feature: f\n  Scenario Outline: o\n    Given a\n{examples}");
    assert_eq!(names(&scenarios(&text(""))), ["o"]);
    assert_eq!(names(&scenarios(&text("    Examples:\n"))), [""; 0]);
    assert_eq!(names(&scenarios(&text("    Examples:\n      | a |\n"))), [""; 0]);
}

#[test]
fn examples_make_a_scenario_an_outline() {
    let scenarios = scenarios(
        "\
Feature: f
  Example: <x>
    Examples:
      | x |
      | 1 |
",
    );
    assert_eq!(names(&scenarios), ["1"]);
}

#[test]
fn placeholders_are_replaced_outside_backgrounds() {
    let scenarios = scenarios(
        "\
Feature: <x>
  Background:
    Given <x>
  Scenario Outline: s
    Given <x> <y> < x> <<x>>
      | <x> | a<x>b |
    And doc
      ```<x>
      <x>
      ```
    Examples:
      | x |
      | $1\\\\ |
",
    );
    let scenario = &scenarios[0];
    assert_eq!(&*scenario.feature, "<x>");
    assert_eq!(texts(scenario), ["<x>", "$1\\ <y> < x> <$1\\>", "doc"]);
    let Some(StepArgument::DataTable(table)) = &scenario.steps[1].argument else {
        panic!("no table: {:?}", scenario.steps[1]);
    };
    assert_eq!(table.rows, [["$1\\", "a$1\\b"]]);
    let Some(StepArgument::DocString(doc)) = &scenario.steps[2].argument else {
        panic!("no doc string: {:?}", scenario.steps[2]);
    };
    assert_eq!((doc.media_type.as_deref(), doc.content.as_str()), (Some("$1\\"), "$1\\"));
}

#[test]
fn value_can_name_a_later_column() {
    let scenarios = scenarios(
        "\
Feature: f
  Scenario: <a>
    Examples:
      | a   | b   |
      | <b> | <a> |
",
    );
    assert_eq!(names(&scenarios), ["<a>"]);
}

#[test]
fn recursive_values_are_bounded() {
    let columns = 0..24;
    let header: String = columns.clone().map(|n| format!("| c{n} ")).collect();
    let values: String = columns.map(|n| format!("| <c{0}><c{0}> ", n + 1)).collect();
    let scenarios = scenarios(&format!(
        "Feature: f\n  Scenario: <c0>\n    Examples:\n      {header}|\n      {values}|\n"
    ));
    let name = &scenarios[0].name;
    assert!(name.starts_with("<c") && name.len() <= 4 << 20, "{} bytes", name.len());
}

#[test]
fn tags_are_inherited() {
    let scenarios = scenarios(
        "\
@f
Feature: f
  @r
  Rule: r
    @s
    Scenario Outline: s
      @e1
      Examples:
        | x |
        | 1 |
      @e2 @f
      Examples:
        | x |
        | 2 |
",
    );
    assert_eq!(tags(&scenarios[0]), ["@f", "@r", "@s", "@e1"]);
    assert_eq!(tags(&scenarios[1]), ["@f", "@r", "@s", "@e2", "@f"]);
    assert_eq!(scenarios[0].tags[3].location.to_string(), "test.feature:7:7");
}

#[test]
fn and_but_inherit_keyword() {
    let keywords = |text: &str| -> Vec<Option<StepKeyword>> {
        scenarios(text)[0].steps.iter().map(|step: &Step| step.keyword).collect()
    };
    let (given, when, then) =
        (Some(StepKeyword::Given), Some(StepKeyword::When), Some(StepKeyword::Then));
    assert_eq!(
        keywords(
            "\
Feature: f
  Scenario: s
    Given a
    And b
    When c
    But d
    Then e
"
        ),
        [given, given, when, when, then]
    );
    assert_eq!(
        keywords(
            "\
Feature: f
  Background:
    When a
  Scenario: s
    And b
    Then c
"
        ),
        [when, when, then]
    );
    assert_eq!(keywords("Feature: f\n  Scenario: s\n    And a\n    Given b\n"), [None, given]);
    assert_eq!(
        keywords("Feature: f\n  Scenario: s\n    Given a\n    * b\n    And c\n"),
        [given, None, None]
    );
}

#[test]
fn step_keeps_its_keyword_text() {
    let scenarios = scenarios("# language: ja\n機能: f\n  シナリオ: s\n    前提開く\n    * 読む\n");
    let spelled: Vec<_> =
        scenarios[0].steps.iter().map(|step| (step.keyword_text, &*step.text)).collect();
    assert_eq!(spelled, [("前提", "開く"), ("*", "読む")]);
    assert_eq!(scenarios[0].language, "ja");
}

#[test]
fn second_argument_follows_file_order() {
    let scenarios = scenarios(
        "\
Feature: f
  Scenario: s
    Given a
      | t |
      ```
      d
      ```
    Given b
      ```
      d
      ```
      | t |
    Given c
      | t |
",
    );
    let kinds: Vec<(Option<bool>, Option<bool>)> = scenarios[0]
        .steps
        .iter()
        .map(|step| {
            let is_table = |a: &StepArgument| matches!(a, StepArgument::DataTable(_));
            (step.argument.as_ref().map(is_table), step.extra_argument.as_deref().map(is_table))
        })
        .collect();
    assert_eq!(kinds, [(Some(true), Some(false)), (Some(false), Some(true)), (Some(true), None)]);
}
