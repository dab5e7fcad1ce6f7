//! The content of documents: positions, keywords, descriptions, comments, tags.

use harmony_bdd::gherkin::ast::{KeywordType, Position, Tag};

use super::{document, feature};

fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

fn tags(tags: &[Tag]) -> Vec<(&str, u32, u32)> {
    tags.iter().map(|tag| (&*tag.name, tag.position.line, tag.position.column)).collect()
}

#[test]
fn document_can_lack_a_feature() {
    for text in ["", "\n", "   ", "\n\t\n  \n", "\u{FEFF}"] {
        let document = document(text);
        assert_eq!((document.feature, document.comments.len()), (None, 0), "{text:?}");
    }
    let document = document("\n  # alone \n");
    assert_eq!(document.feature, None);
    assert_eq!(document.comments[0].text, "  # alone ");
    assert_eq!(document.comments[0].position, at(2, 1));
}

#[test]
fn nodes_have_position_and_keyword() {
    let feature = feature(
        "Ability: Rings\n  Background: Room\n    * there is room\n\n  Scenario Template: Wrap\n    \
         When it wraps\n    But slowly\n\n    Scenarios: sizes\n      | n |\n      | 1 |\n\n  Rule: \
         Order\n    Example: First\n      Then it comes first\n",
    );
    assert_eq!((feature.keyword, &*feature.name, feature.position), ("Ability", "Rings", at(1, 1)));
    let background = feature.background.unwrap();
    assert_eq!((background.keyword, &*background.name), ("Background", "Room"));
    assert_eq!(background.steps[0].keyword, "* ");
    assert_eq!(background.steps[0].keyword_type, KeywordType::Unknown);
    let outline = &feature.scenarios[0];
    assert_eq!((outline.keyword, outline.position), ("Scenario Template", at(5, 3)));
    assert_eq!(outline.steps[0].keyword_type, KeywordType::Action);
    assert_eq!((outline.steps[1].keyword, outline.steps[1].position), ("But ", at(7, 5)));
    assert_eq!(outline.steps[1].keyword_type, KeywordType::Conjunction);
    let examples = &outline.examples[0];
    assert_eq!((examples.keyword, &*examples.name), ("Scenarios", "sizes"));
    assert_eq!(examples.header.as_ref().unwrap().cells[0].position, at(10, 9));
    assert_eq!(examples.rows[0].position, at(11, 7));
    let rule = &feature.rules[0];
    assert_eq!((rule.keyword, &*rule.name, rule.position), ("Rule", "Order", at(13, 3)));
    assert_eq!(rule.scenarios[0].keyword, "Example");
    assert_eq!(rule.scenarios[0].steps[0].keyword_type, KeywordType::Outcome);
}

#[test]
fn columns_count_characters() {
    let feature = feature(
        "\
Feature: é
 \u{A0}\u{3000}Scenario: s
    Given t
      | 🙂🙂 | b |
",
    );
    assert_eq!(feature.scenarios[0].position, at(2, 4));
    let table = feature.scenarios[0].steps[0].data_table.as_ref().unwrap();
    assert_eq!(table.rows[0].cells[1].position, at(4, 14));
}

#[test]
fn byte_order_mark_has_no_column() {
    let feature = feature("\u{FEFF}Feature: marked\n");
    assert_eq!((&*feature.name, feature.position), ("marked", at(1, 1)));
}

#[test]
fn crlf_parses_like_lf() {
    let text = "\
@t
Feature: f
  text

  more
  # note
  Scenario: s
    Given a
      \"\"\"
      one

      two
      \"\"\"
    And b
      | x |
";
    let mut crlf = document(&text.replace('\n', "\r\n"));
    let lf = document(text);
    crlf.source = lf.source.clone();
    assert_eq!(crlf, lf);
}

#[test]
fn names_and_texts_are_trimmed() {
    let feature = feature(
        "\
Feature:\t two  words \u{A0}
  Scenario:
    Given   a  b \t
    When\x20
",
    );
    assert_eq!(&*feature.name, "two  words");
    assert_eq!(feature.scenarios[0].name, "");
    assert_eq!(feature.scenarios[0].steps[0].text, "a  b");
    assert_eq!(feature.scenarios[0].steps[1].text, "");
}

#[test]
fn description_keeps_its_layout() {
    let document = document(
        "\
Feature: f

  one

   two
  # aside
  three

  Rule: r
  of the rule
  Background:
  of the background
    Given a
  Scenario: s
  # first a comment

  then text
    Given b
    Examples:
    of the examples
",
    );
    let feature = document.feature.as_ref().unwrap();
    assert_eq!(feature.description, "  one\n\n   two\n  three");
    let rule = &feature.rules[0];
    assert_eq!(rule.description, "  of the rule");
    assert_eq!(rule.background.as_ref().unwrap().description, "  of the background");
    assert_eq!(rule.scenarios[0].description, "\n  then text");
    assert_eq!(rule.scenarios[0].examples[0].description, "    of the examples");
    let comments: Vec<_> = document.comments.iter().map(|c| (c.position.line, &*c.text)).collect();
    assert_eq!(comments, [(6, "  # aside"), (15, "  # first a comment")]);
}

#[test]
fn table_below_a_title_is_description() {
    let feature = feature(
        "\
Feature: f
  Given no step here
  Scenario: s
    \"\"\"
    | a |
",
    );
    assert_eq!(feature.description, "  Given no step here");
    assert_eq!(feature.scenarios[0].description, "    \"\"\"\n    | a |");
    assert!(feature.scenarios[0].steps.is_empty());
}

#[test]
fn comments_are_allowed_between_all_lines() {
    let document = document(
        "\
# 1
@a
# 2
@b
# 3
Feature: f
# 4
  @c
  # 5

  Scenario: s
    Given a
    # 6
      | x |
      # 7
      | y |
    # 8
    When b
    # 9
    @d
    # 10
    Examples:
    # 11
      | z |
      # 12
      | 1 |
# 13",
    );
    assert_eq!(document.comments.len(), 13);
    let feature = document.feature.unwrap();
    assert_eq!(tags(&feature.tags), [("@a", 2, 1), ("@b", 4, 1)]);
    let scenario = &feature.scenarios[0];
    assert_eq!(scenario.steps[0].data_table.as_ref().unwrap().rows.len(), 2);
    assert_eq!(tags(&scenario.examples[0].tags), [("@d", 20, 5)]);
    assert_eq!(scenario.examples[0].rows.len(), 1);
}

#[test]
fn tags_need_no_spaces_between() {
    let feature = feature(
        "\
@one  @two\t@three #comment with @four
@five@six
@seven#eight @nine #
Feature: f
",
    );
    assert_eq!(
        tags(&feature.tags),
        [
            ("@one", 1, 1),
            ("@two", 1, 7),
            ("@three", 1, 12),
            ("@five", 2, 1),
            ("@six", 2, 6),
            ("@seven#eight", 3, 1),
            ("@nine", 3, 14),
        ]
    );
}

#[test]
fn lone_at_sign_is_not_a_tag() {
    let feature = feature("@\n@ @a@\nFeature: f\n");
    assert_eq!(tags(&feature.tags), [("@a", 2, 3)]);
}

#[test]
fn tags_belong_to_the_title_below() {
    let feature = feature(
        "\
Feature: f
  @s1

  # note
  @s2
  Scenario: s
    Given a
    @e
    Examples:
    @t
  Scenario: t
  @r
  Rule: r
    @u
    Scenario: u
      Given b
  @q
  Rule: q
",
    );
    assert_eq!(tags(&feature.scenarios[0].tags), [("@s1", 2, 3), ("@s2", 5, 3)]);
    assert_eq!(tags(&feature.scenarios[0].examples[0].tags), [("@e", 8, 5)]);
    assert_eq!(tags(&feature.scenarios[1].tags), [("@t", 10, 5)]);
    assert_eq!(tags(&feature.rules[0].tags), [("@r", 12, 3)]);
    assert_eq!(tags(&feature.rules[0].scenarios[0].tags), [("@u", 14, 5)]);
    assert_eq!(tags(&feature.rules[1].tags), [("@q", 17, 3)]);
}

#[test]
fn rules_can_be_empty() {
    let feature = feature(
        "\
Feature: f
  Rule: empty
  Rule: with background only
    Background:
      Given a
",
    );
    assert_eq!(feature.rules.len(), 2);
    assert!(feature.rules[0].background.is_none() && feature.rules[0].scenarios.is_empty());
    assert_eq!(feature.rules[1].background.as_ref().unwrap().steps.len(), 1);
}
