//! Feature files in Markdown: selection, check, format, names of tests and reports.

use serde_json::Value;

use super::suite::Suite;

const TEXT: &str = "\
# Feature: Days

Prose of the first day.

## Scenario: Sunny

* Given all is well

## Scenario: Rainy

* When the roof burns
";

/// A suite with one plain and one Markdown file.
fn suite() -> Suite {
    let suite = Suite::new("Feature: f\n  Scenario: plain\n    Given all is well\n");
    suite.write("features/days.feature.md", TEXT);
    suite.write("features/README.md", "# Feature: no\n## Scenario: not a feature file\n");
    suite
}

#[test]
fn folder_includes_markdown() {
    let ran = suite().run(&["run"]);
    ran.assert(1, &["3 scenarios (2 passed, 1 failed)", "features/days.feature.md:11:3"]);
}

#[test]
fn scenarios_are_selected_by_line_and_file_name() {
    let suite = suite();
    let by_line = suite.run(&["run", "features/days.feature.md:7"]);
    assert_eq!(by_line.scenarios(), ["Sunny"], "{by_line:?}");
    let by_name = suite.run(&["run", "days", "--dry-run"]);
    by_name.assert(0, &["2 scenarios"]);
    suite.run(&["run", "feature", "--dry-run"]).refused(2, &["feature"]);
}

#[test]
fn tests_are_named_after_the_file() {
    let suite = suite();
    suite.test(&["--list"]).assert(0, &["days::Sunny: test", "a::plain: test"]);
    let ran = suite.test(&["--exact", "days::Sunny"]);
    ran.assert(0, &["1 passed"]);
}

#[test]
fn check_reports_a_mistyped_item() {
    let suite = suite();
    suite.write("features/days.feature.md", &TEXT.replace("* Given all", "* Gven all"));
    let ran = suite.run(&["check", "features/days.feature.md"]);
    ran.assert(1, &["features/days.feature.md:7:3", "did you mean `Given`?"]);
}

#[test]
fn fmt_leaves_markdown_alone() {
    let suite = suite();
    let untidy = TEXT.replace("* Given", "*    Given");
    suite.write("features/days.feature.md", &untidy);
    suite.run(&["fmt"]).assert(0, &["1 feature file: 1 formatted", "1 Markdown file not touched"]);
    assert_eq!(suite.read("features/days.feature.md"), untidy);
}

#[test]
fn messages_name_the_syntax() {
    let suite = suite();
    suite.run(&["run", "features/days.feature.md", "--report", "messages=m.ndjson"]);
    let messages = suite.read("m.ndjson");
    let mut messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let source = messages.find(|message| message.get("source").is_some()).unwrap();
    assert_eq!(source["source"]["mediaType"], "text/x.cucumber.gherkin+markdown");
}
