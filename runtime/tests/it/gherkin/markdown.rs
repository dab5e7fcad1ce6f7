//! Gherkin in Markdown, compared with the official parser.

use std::fs;
use std::process::Command;

use harmony_bdd::gherkin::{self, ParseErrorKind};
use serde_json::Value;

use super::official_json;
use crate::npm;

const PARSER: &str = "@cucumber/gherkin@42.0.1";
const MESSAGES: &str = "@cucumber/messages@34.2.1";

/// Prints the messages of the official parser for each file, one JSON array per line.
const SCRIPT: &str = "\
import { generateMessages } from '@cucumber/gherkin'
import { IdGenerator, SourceMediaType } from '@cucumber/messages'
import fs from 'node:fs'
const type = SourceMediaType.TEXT_X_CUCUMBER_GHERKIN_MARKDOWN
const wanted = { includeGherkinDocument: true, includePickles: true, newId: IdGenerator.uuid() }
for (const file of process.argv.slice(2)) {
  const text = fs.readFileSync(file, 'utf8')
  console.log(JSON.stringify(generateMessages(text, file, type, wanted)))
}
";

/// Documents that cover the syntax. The official parser counts UTF-16 units in the columns of tags.
const DOCUMENTS: &[&str] = &[
    "# Feature: Basket\n\n## Scenario: Apples\n\n* Given a basket\n- When I put in 2 apples\n+Then it is full\n",
    // The first line names the feature if it is not a heading with the keyword.
    "Baskets of customers\n\n## Scenario: Apples\n  *   Given a basket\n",
    "`@suite` `@slow` and prose\n# Feature: Basket\n`@one`\nProse\n`@two`\n### Scenario: Apples\n* Given `@basket`\n",
    // A description contains neither prose nor items without a keyword.
    "# Feature: Basket\nProse.\n* an item\n\n# Background: before\nMore\n* Given a basket\n\nAnd more.\n## Scenario: s\n* But x\n",
    // A table belongs to a step if it is indented by two to five characters.
    "# Feature: f\n## Scenario: s\n* Given rows\n\n  | a | b |\n  | --- | :-: |\n  | 1 \\| 2 | 雪 |\n* When others\n| a |\n| - |\n      | b |\n\t\t| c |\n",
    "# Feature: f\n| a |\n| - |\n| b |\nText\n* Given x\n\n## Scenario: s\n* Given y\n",
    "# Feature: f\n## Rule: r\n### Background:\n* Given a\n### Scenario Outline: <n>\n* When <n>\n#### Examples: some\n`@tag`\n#### Examples: more\nProse\n  | n |\n  | - |\n  | 1 |\n",
    // A code block is a doc string; a longer delimiter encloses a shorter one.
    "# Feature: f\n## Scenario: s\n* Given text\n  ```json\n  {}\n    a\n b\n  ```\n* And Markdown\n  ````\n  ```\n  \\`\\`\\`\n  ````\n",
    "# Feature: 🥒\n## Scenario: 🥒🥒\n雪 `@雪` `@`b`@c d`\n## Example: x\n* Given 🥒 | x\n####### Scenario: seven\n##  Scenario: two spaces\n# Feature: again\n",
    "# Feature: f\r\n\r\n## Scenario: s\r\n\r\n* Given a\r\n",
];

#[test]
fn documents_match_official_output() {
    let Some(modules) = npm::installed("gherkin-parser", &[PARSER, MESSAGES]) else { return };
    let folder = tempfile::tempdir_in(modules).unwrap();
    fs::write(folder.path().join("parse.mjs"), SCRIPT).unwrap();
    let names: Vec<_> = (0..DOCUMENTS.len()).map(|index| format!("{index}.feature.md")).collect();
    for (name, text) in names.iter().zip(DOCUMENTS) {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut node = Command::new("node");
    let output = node.arg("parse.mjs").args(&names).current_dir(folder.path()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), DOCUMENTS.len());
    for ((line, name), text) in lines.lines().zip(&names).zip(DOCUMENTS) {
        let theirs: Vec<Value> = serde_json::from_str(line).unwrap();
        let theirs: Vec<Value> = theirs.iter().map(official_json::without_ids).collect();
        assert_eq!(messages(name, text), theirs, "{text}");
    }
}

fn messages(name: &str, text: &str) -> Vec<Value> {
    let document = gherkin::parse(name, text).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    let mut json = official_json::document(&document);
    // The official parser writes no keyword for a feature that has none.
    if json["feature"]["keyword"] == "" {
        json["feature"].as_object_mut().unwrap().remove("keyword");
    }
    let mut messages = vec![serde_json::json!({"gherkinDocument": json})];
    let scenarios = gherkin::scenarios(&document);
    let pickle = |scenario| serde_json::json!({"pickle": official_json::pickle(scenario)});
    messages.extend(scenarios.iter().map(pickle));
    messages
}

#[test]
fn blank_lines_precede_the_feature() {
    let document = gherkin::parse("a.feature.md", "\n\n# Feature: f\n## Scenario: s\n").unwrap();
    assert_eq!(&*document.feature.unwrap().name, "f");
}

#[test]
fn code_block_of_a_description_does_not_hide_the_doc_strings() {
    let text = "# Feature: f\n```sh\nls\n```\n## Scenario: s\n* Given x\n  ```json\n  {}\n  ```\n";
    let document = gherkin::parse("a.feature.md", text).unwrap();
    let feature = document.feature.unwrap();
    let doc_string = feature.scenarios[0].steps[0].doc_string.as_ref().unwrap();
    assert_eq!(doc_string.content, "{}");
    assert_eq!(feature.description, "```sh\nls\n```");
}

#[test]
fn rows_of_different_lengths_are_an_error() {
    let text = "# Feature: f\n## Scenario: s\n* Given a table\n  | a | b |\n  | c |\n";
    let errors = gherkin::parse("a.feature.md", text).unwrap_err();
    let error = &errors.errors()[0];
    assert!(matches!(error.kind(), ParseErrorKind::UnevenRow { cells: 1, .. }), "{errors}");
    assert_eq!((error.location().line, error.location().column), (5, 3));
}

#[test]
fn hint_ignores_the_marker() {
    let text = "# Feature: f\n## Scenario: s\n* Given a\n## Background: late\n* Given x\n";
    let errors = gherkin::parse("a.feature.md", text).unwrap_err().to_string();
    assert!(errors.contains("one background, above its first scenario"), "{errors}");
}

#[test]
fn formatting_changes_nothing() {
    let text = "# Feature: f\n## Scenario: s\n*   Given x\n   |a|\n   |-|\n   |bcd|\n";
    assert_eq!(gherkin::format("a.feature.md", text).unwrap(), text);
}
