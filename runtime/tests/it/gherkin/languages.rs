//! Feature files in other languages.

use harmony_bdd::gherkin::ast::KeywordType;

use super::{errors, feature};

#[test]
fn language_line_can_follow_comments() {
    for line in ["#language:fr", "# language: fr", "  #\tlanguage :  fr  ", "# a\n\n#language: fr"]
    {
        let feature = feature(&format!("{line}\n\n@t\nFonctionnalité: f\n"));
        assert_eq!((feature.language, feature.keyword), ("fr", "Fonctionnalité"), "{line}");
    }
}

#[test]
fn second_language_line_is_a_comment() {
    let document = super::document("# language: no\n# language: fr\nEgenskap: f\n");
    assert_eq!(document.feature.unwrap().language, "no");
    assert_eq!(document.comments.len(), 1);
}

#[test]
fn keywords_of_other_languages_are_unknown() {
    let errors = errors("# language: fr\nFeature: f\n");
    assert_eq!(errors.errors()[0].location().line, 2);
}

#[test]
fn longest_step_keyword_wins() {
    let chinese = feature(
        "# language: zh-CN\n功能: f\n  场景: s\n    假如一个缓冲区\n    当写入\n    那么可读\n",
    );
    let texts: Vec<&str> = chinese.scenarios[0].steps.iter().map(|step| &*step.text).collect();
    assert_eq!(texts, ["一个缓冲区", "写入", "可读"]);
    let french = feature(
        "\
# language: fr
Fonctionnalité: f
  Scénario: s
    Étant donné qu'il lit
    Et que b
",
    );
    assert_eq!(french.scenarios[0].steps[0].keyword, "Étant donné qu'");
    assert_eq!(french.scenarios[0].steps[0].text, "il lit");
    assert_eq!(french.scenarios[0].steps[1].keyword, "Et que ");
}

#[test]
fn right_to_left_language_is_parsed() {
    let arabic = feature(
        "\
# language: ar
خاصية: ف
  سيناريو: س
    بفرض أ
    متى ب
    اذاً ج
",
    );
    let types: Vec<KeywordType> =
        arabic.scenarios[0].steps.iter().map(|step| step.keyword_type).collect();
    assert_eq!(types, [KeywordType::Context, KeywordType::Action, KeywordType::Outcome]);
    let hebrew = feature("# language: he\nתכונה: ת\n  תרחיש: ס\n    בהינתן א\n");
    assert_eq!(hebrew.scenarios[0].steps[0].position.column, 5);
}

#[test]
fn unusual_keywords_are_parsed() {
    let old = feature(
        "\
# language: en-old
Hwæt: h
  Swa hwær swa: s
    Þurh wudu
    Ða ðe x
",
    );
    assert_eq!((old.keyword, old.scenarios[0].steps[0].keyword), ("Hwæt", "Þurh "));
    assert_eq!(old.scenarios[0].steps[1].keyword, "Ða ðe ");
    let emoji = feature("# language: em\n📚: 🙈\n  📕: 💃\n    😐🎸\n");
    assert_eq!(emoji.scenarios[0].steps[0].text, "🎸");
}
