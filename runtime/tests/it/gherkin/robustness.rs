//! No input makes the parser panic, and all locations are valid.

use harmony_bdd::gherkin::{self, ast::GherkinDocument};
use harmony_bdd::model::Location;
use proptest::prelude::*;

const VALID: &str = "\
# language: en
@a @b
Feature: f
  text

  Background:
    Given <x>
      | a | b |
      | \\| | \\n |
  @c
  Scenario Outline: s
    * y
      \"\"\"json
      {}

      \"\"\"
    @d
    Examples: e
      | x |
      | 1 |
  Rule: r
    Example: t
      Then z
        ```
        ```
        | q |
";

/// Parts of lines, with and without a meaning in the grammar.
const PIECES: &[&str] = &[
    "Feature:",
    "Rule:",
    "Background:",
    "Scenario:",
    "Scenario Outline:",
    "Examples:",
    "Given ",
    "When ",
    "Then ",
    "And ",
    "* ",
    "@",
    "@a",
    "#",
    "# language: fr",
    "#language:zz",
    "Fonctionnalité:",
    "|",
    "| a ",
    "\\",
    "\\n",
    "\"\"\"",
    "```",
    "<x>",
    "<",
    ":",
    " ",
    "\t",
    "\r",
    "\u{FEFF}",
    "\u{A0}",
    "\u{85}",
    "é",
    "日本",
    "🙂",
    "\0",
    "x",
];

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(PIECES), 0..6).prop_map(|p| p.concat()),
        1 => "\\PC{0,30}",
        2 => prop::sample::select(VALID.lines().collect::<Vec<_>>()).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_lines(lines in prop::collection::vec(line(), 0..40), end in "(\n|\r\n)") {
        check(&lines.join(&end));
    }

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn a_valid_document_with_characters_removed_or_put_in(
        edits in prop::collection::vec((0..VALID.chars().count(), prop::sample::select(PIECES), any::<bool>()), 1..6)
    ) {
        let mut chars: Vec<String> = VALID.chars().map(String::from).collect();
        for (index, piece, is_removed) in edits {
            if is_removed {
                chars[index].clear();
            } else {
                chars[index].push_str(piece);
            }
        }
        check(&chars.concat());
    }
}

#[test]
fn every_prefix_of_a_valid_document() {
    for (end, _) in VALID.char_indices() {
        check(&VALID[..end]);
    }
    assert!(gherkin::parse("x", VALID).is_ok());
}

fn check(text: &str) {
    match gherkin::parse("x.feature", text) {
        Ok(document) => check_document(&document),
        Err(errors) => {
            assert!((1..=11).contains(&errors.errors().len()), "{text:?}");
            for error in errors.errors() {
                assert_within(error.location(), text);
                let shown = error.to_string();
                assert!(shown.starts_with(&format!("{}: ", error.location())), "{shown}");
            }
        }
    }
}

fn check_document(document: &GherkinDocument) {
    for comment in &document.comments {
        let line = document.source.split('\n').nth(comment.position.line as usize - 1).unwrap();
        assert_eq!(line.trim_end_matches('\r'), comment.text.trim_end_matches('\r'));
    }
    for scenario in gherkin::scenarios(document) {
        assert_is_at(&scenario.location, document, "");
        for tag in &scenario.tags {
            assert_is_at(&tag.location, document, &tag.name);
        }
        for step in &scenario.steps {
            assert_is_at(&step.location, document, step.keyword_text);
        }
        if let Some(example) = &scenario.example_row {
            assert_is_at(example, document, "|");
        }
    }
}

/// Asserts that the location is in the text or, for its end, on the line after the last.
fn assert_within(location: &Location, text: &str) {
    let text = text.trim_start_matches('\u{FEFF}');
    let lines: Vec<&str> = text.split('\n').collect();
    let columns = lines.get(location.line as usize - 1).map_or(0, |line| line.chars().count());
    assert!(location.line as usize <= lines.len() + 1, "{location} in {text:?}");
    assert!(
        location.column as usize <= columns + 1 && location.column > 0,
        "{location} in {text:?}"
    );
}

/// Asserts that `what` is at the location.
fn assert_is_at(location: &Location, document: &GherkinDocument, what: &str) {
    let line = document.source.split('\n').nth(location.line as usize - 1).unwrap();
    let found: String = line.chars().skip(location.column as usize - 1).collect();
    assert!(found.starts_with(what) && !found.is_empty(), "{location}: {what:?} in {line:?}");
}
