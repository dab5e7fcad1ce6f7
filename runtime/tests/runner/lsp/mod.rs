//! The language server, by a scripted editor over standard input and output.

mod client;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use client::{Client, SOURCE, apply, edited, marked, write_source};
use serde_json::{Value, json};

use crate::suite::Suite;

const PATH: &str = "features/a.feature";

/// Characters of one, two and three bytes, and of two UTF-16 units.
const TEXT: &str = "\
Feature: 🥒 雪
  Background:
    Given part 雪🥒 is well

  Scenario: s
    When it prints '🥒é' and logs \"雪\"
    And 🥒🥒 never happens
    Then part b is well

  Scenario Outline: o
    When it takes <n> of 256
    And it prints '<text>🥒' and logs '<n>'
    Examples:
      | n | text |
      | 1 | 雪   |
      | 2 | b    |
";

fn suite(text: &str) -> Suite {
    let suite = Suite::new(text);
    write_source(&suite);
    suite
}

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|found| found["code"].as_str().unwrap()).collect()
}

#[test]
fn diagnostics_follow_the_buffer() {
    let suite = suite("Feature: f\n  Scenario: s\n    Given all is well\n");
    let mut client = Client::start(&suite);
    client.open(PATH, TEXT);
    let found = client.diagnostics(PATH, |found| codes(found).contains(&"undefined"));
    let undefined = found.iter().find(|found| found["code"] == "undefined").unwrap();
    assert_eq!(marked(TEXT, &undefined["range"]), "And 🥒🥒 never happens");
    assert_eq!(undefined["range"]["end"]["character"], 26);
    assert_eq!(undefined["severity"], 1);

    let broken = TEXT.replace("      | 1 | 雪   |", "      | 1 |");
    client.change(PATH, &broken);
    let found = client.diagnostics(PATH, |found| codes(found) == ["syntax"]);
    assert_eq!(marked(&broken, &found[0]["range"]), "| 1 |");
    let message = found[0]["message"].as_str().unwrap();
    assert!(message.contains("first row of its table has 2"), "{message}");

    client.change(PATH, "Feature: f\n  Scenario: s\n    Given all is well\n");
    client.diagnostics(PATH, |found| found.is_empty());
    assert_eq!(client.exit(), Some(0));
}

#[test]
fn every_step_with_an_undefined_text_is_marked() {
    let text = "Feature: f\n  Scenario: a\n    Given nothing is here\n  Scenario: b\n    Given nothing is here\n";
    let suite = suite(text);
    let mut client = Client::start(&suite);
    let found = client.diagnostics(PATH, |found| codes(found) == ["undefined", "undefined"]);
    let lines: Vec<_> = found.iter().map(|found| &found["range"]["start"]["line"]).collect();
    assert_eq!(lines, [2, 4]);
}

#[test]
fn unused_definition_is_marked_in_its_source() {
    let suite = suite(TEXT);
    let mut client = Client::start(&suite);
    let found = client.diagnostics(SOURCE, |found| !found.is_empty());
    let source = include_str!("../steps.rs");
    let unused = found.iter().map(|found| marked(source, &found["range"]));
    let unused: Vec<_> = unused.collect();
    assert!(unused.contains(&"#[given(\"all is well\")]".to_owned()), "{unused:?}");
    assert!(!unused.contains(&"#[given(expr = \"part {word} is well\")]".to_owned()), "{unused:?}");
}

#[test]
fn definition_and_references_cross_the_languages() {
    let suite = suite(TEXT);
    let mut client = Client::start(&suite);
    let source = include_str!("../steps.rs");
    // The file has changed since the build: the function is found by its name.
    client.open(SOURCE, &format!("// another line\n{source}"));
    let found = client.at("textDocument/definition", PATH, (2, 20));
    assert_eq!(found[0]["uri"], client.uri(SOURCE));
    let changed = format!("// another line\n{source}");
    assert_eq!(marked(&changed, &found[0]["range"]), "is_well");

    let function = &found[0]["range"]["start"];
    let at = |key: &str| u32::try_from(function[key].as_u64().unwrap()).unwrap();
    let from_source = client.at("textDocument/references", SOURCE, (at("line"), at("character")));
    let from_step = client.at("textDocument/references", PATH, (7, 12));
    assert_eq!(from_source, from_step);
    let texts: Vec<_> =
        from_step.as_array().unwrap().iter().map(|found| marked(TEXT, &found["range"])).collect();
    assert_eq!(texts, ["part 雪🥒 is well", "part b is well"]);
}

#[test]
fn hover_shows_docs_signature_and_values() {
    let suite = suite(TEXT);
    let mut client = Client::start(&suite);
    let hover = client.at("textDocument/hover", PATH, (5, 14));
    let text = hover["contents"]["value"].as_str().unwrap();
    let signature = "fn prints(context: &StepContext, text: String, log: String)";
    assert!(text.starts_with(&format!("```rust\n{signature}\n```")), "{text}");
    assert!(text.contains("- `text` = `'🥒é'`\n- `log` = `\"雪\"`"), "{text}");
    assert_eq!(marked(TEXT, &hover["range"]), "it prints '🥒é' and logs \"雪\"");
    let hover = client.at("textDocument/hover", PATH, (0, 3));
    assert_eq!(hover, Value::Null);
}

#[test]
fn completion_offers_snippets_for_the_keyword() {
    let suite = suite(TEXT);
    let mut client = Client::start(&suite);
    // The step is incomplete, so that the file has another meaning than on disk.
    let text = TEXT.replace("    Then part b is well", "    And 🥒it pri");
    client.open(PATH, &text);
    let items = client.at("textDocument/completion", PATH, (7, 15));
    let items = items.as_array().unwrap();
    let item = items.iter().find(|item| item["label"] == "it prints {string} and logs {string}");
    let item = item.unwrap();
    let edit = &item["textEdit"];
    assert_eq!(edit["newText"], "it prints \"${1:string}\" and logs \"${2:string}\"");
    assert_eq!(marked(&text, &edit["range"]), "🥒it pri");
    assert_eq!(item["insertTextFormat"], 2);
    let first = items.iter().min_by_key(|item| item["sortText"].as_str().unwrap()).unwrap();
    assert!(first["detail"].as_str().unwrap().starts_with("When "), "{first}");
    let keywords = client.at("textDocument/completion", PATH, (3, 0));
    let labels: Vec<_> = keywords.as_array().unwrap().iter().map(|item| &item["label"]).collect();
    assert!(
        labels.contains(&&json!("Scenario:")) && labels.contains(&&json!("Given")),
        "{labels:?}"
    );
}

#[test]
fn rename_changes_attribute_and_steps() {
    let suite = suite(TEXT);
    let mut client = Client::start(&suite);
    let prepared = client.at("textDocument/prepareRename", PATH, (5, 12));
    assert_eq!(prepared["placeholder"], "it prints {string} and logs {string}");
    let mut params = client.position(PATH, (5, 12));
    params["newName"] = json!("the \"log\" of {string} or/and {string} 🥒");
    let edit = client.request("textDocument/rename", params).unwrap();
    let features = edited(&client, &edit, PATH, TEXT);
    let expected = TEXT
        .replace("it prints '🥒é' and logs \"雪\"", "the \"log\" of '🥒é' and \"雪\" 🥒")
        .replace("it prints '<text>🥒' and logs '<n>'", "the \"log\" of '<text>🥒' and '<n>' 🥒");
    assert_eq!(features, expected);
    let source = edited(&client, &edit, SOURCE, include_str!("../steps.rs"));
    let attribute = r#"#[when(expr = "the \"log\" of {string} or/and {string} 🥒")]"#;
    assert!(source.contains(attribute), "{edit}");
}

#[test]
fn rename_refuses_what_would_change_the_meaning() {
    let suite = suite(TEXT);
    let mut client = Client::start(&suite);
    let mut refused = |name: &str| {
        let mut params = client.position(PATH, (7, 12));
        params["newName"] = json!(name);
        client.request("textDocument/rename", params).unwrap_err()
    };
    assert!(refused("part {int} is well").contains("same parameters"));
    assert!(refused("part {word is well").contains("not closed"));
    client.open(PATH, "Feature: f\n  Scenario: s\n    Given all is well\n");
    let mut params = client.position(PATH, (2, 12));
    params["newName"] = json!("the roof burns");
    let taken = client.request("textDocument/rename", params).unwrap_err();
    assert!(taken.contains("`panics`") && taken.contains("matches"), "{taken}");
}

#[test]
fn quick_fix_creates_the_step() {
    let suite = suite(TEXT);
    let mut client = Client::start(&suite);
    let found = client.diagnostics(PATH, |found| codes(found).contains(&"undefined"));
    let undefined = found.iter().find(|found| found["code"] == "undefined").unwrap();
    let params = json!({
        "textDocument": {"uri": client.uri(PATH)},
        "range": undefined["range"],
        "context": {"diagnostics": [undefined]},
    });
    let actions = client.request("textDocument/codeAction", params).unwrap();
    assert_eq!(actions[0]["title"], format!("Create this step in {SOURCE}"));
    let source = include_str!("../steps.rs");
    let new = edited(&client, &actions[0]["edit"], SOURCE, source);
    let added = new.strip_prefix(source.trim_end()).unwrap();
    let expected =
        "\n\n#[when(\"🥒🥒 never happens\")]\nfn never_happens() -> harmony_bdd::Outcome {\n";
    assert!(added.starts_with(expected), "{added}");
}

#[test]
fn file_is_outlined_and_formatted() {
    let suite = suite(TEXT);
    let mut client = Client::start(&suite);
    let params = json!({"textDocument": {"uri": client.uri(PATH)}});
    let symbols = client.request("textDocument/documentSymbol", params).unwrap();
    assert_eq!(symbols[0]["name"], "🥒 雪");
    let children = symbols[0]["children"].as_array().unwrap();
    let names: Vec<_> = children.iter().map(|child| &child["name"]).collect();
    assert_eq!(names, ["Background", "s", "o"]);
    let untidy = TEXT.replace("    Then", "Then");
    client.open(PATH, &untidy);
    let options = json!({"tabSize": 2, "insertSpaces": true});
    let params = json!({"textDocument": {"uri": client.uri(PATH)}, "options": options});
    let edits = client.request("textDocument/formatting", params).unwrap();
    let formatted = apply(&untidy, edits.as_array().unwrap());
    assert!(formatted.contains("\n    Then part b is well\n"), "{formatted}");
}

#[test]
fn newer_build_takes_over() {
    let suite = suite(TEXT);
    let executable = suite.path("suite");
    fs::copy(std::env::current_exe().unwrap(), &executable).unwrap();
    let mut client = Client::start_command(&suite, suite.command_of(&executable, &["lsp"]));
    client.open(PATH, TEXT);
    client.diagnostics(PATH, |found| codes(found).contains(&"undefined"));
    // The next build: a program that starts the same binary, and leaves a trace.
    let real = std::env::current_exe().unwrap();
    let script = format!(
        "#!/bin/sh\ntouch started\nexec {:?} \"$@\" 3>&1 >/dev/null\n",
        real.display().to_string()
    );
    suite.write("next", &script);
    fs::set_permissions(suite.path("next"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(suite.path("next"), &executable).unwrap();
    let logged = client.logged();
    assert!(logged.starts_with("using the new build of "), "{logged}");
    // The buffers are open in the new process, and its diagnostics arrive.
    client.diagnostics(PATH, |found| codes(found).contains(&"undefined"));
    assert!(suite.path("started").exists());
    let hover = client.at("textDocument/hover", PATH, (7, 12));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("is_well"), "{hover}");
    client.change(PATH, "Feature: f\n  Scenario: s\n    Given all is well\n");
    client.diagnostics(PATH, |found| found.is_empty());
    assert_eq!(client.exit(), Some(0));
}
