//! The registry as a whole: order, whole texts, thousands of definitions.

mod equivalence;

use harmony_bdd::engine::{
    ArgumentNeed, Body, Function, Group, Match, Options, Pattern, PatternKind, Registry,
    SourcePlace, StepDefinition,
};
use harmony_bdd::model::StepKeyword;

fn pass() {}

/// A leaked definition: outside tests definitions are statics.
fn definition(
    line: u32,
    kind: PatternKind,
    source: &str,
    literals: &[&str],
) -> &'static StepDefinition {
    let source: &'static str = source.to_owned().leak();
    let literals: Vec<&'static str> = literals.iter().map(|l| &*(*l).to_owned().leak()).collect();
    let groups = vec![Group { name: "", quoted: false }; literals.len().saturating_sub(1)];
    Box::leak(Box::new(StepDefinition {
        keyword: StepKeyword::Given,
        pattern: Pattern {
            kind,
            source,
            regex: vec![source].leak(),
            groups: groups.leak(),
            literals: literals.leak(),
            template: &[],
        },
        function: "pass",
        module: module_path!(),
        at: SourcePlace { file: "steps.rs", line },
        options: Options::default(),
        argument: ArgumentNeed::Nothing,
        body: Body::Sync(&Function { inputs: (), function: pass }),
    }))
}

fn many() -> Vec<&'static StepDefinition> {
    (0..500)
        .map(|i| match i % 4 {
            0 => definition(i, PatternKind::Literal, &format!("plain step {i}"), &[]),
            1 => {
                let literals = ["the ", &format!(" has number {i}")];
                definition(i, PatternKind::Regex, &format!("the (.+) has number {i}"), &literals)
            }
            2 => {
                let literals = [&format!("step {i} of "), ""];
                definition(i, PatternKind::Regex, &format!(r"step {i} of (\d+)"), &literals)
            }
            _ => {
                let literals = ["", &format!(" in {i} "), ""];
                definition(i, PatternKind::Regex, &format!(r"(\w+) in {i} (\w+)"), &literals)
            }
        })
        .collect()
}

fn line_of(registry: &Registry, text: &str) -> u32 {
    match registry.find(text).expect("valid patterns") {
        Match::One(found) => found.definition.at.line,
        other => panic!("{text:?}: {other:?}"),
    }
}

#[test]
fn every_definition_is_found_whatever_the_order() {
    let forwards = many();
    let backwards: Vec<_> = forwards.iter().rev().copied().collect();
    let registries = [Registry::from_definitions(forwards), Registry::from_definitions(backwards)];
    for registry in &registries {
        for i in 0..500 {
            let text = match i % 4 {
                0 => format!("plain step {i}"),
                1 => format!("the buffer has number {i}"),
                2 => format!("step {i} of 99"),
                _ => format!("one in {i} two"),
            };
            assert_eq!(line_of(registry, &text), i, "{text}");
        }
        let lines: Vec<u32> = registry.definitions().map(|d| d.at.line).collect();
        assert!(lines.is_sorted(), "{lines:?}");
    }
}

#[test]
fn a_longer_number_is_not_a_shorter_one() {
    let registry = Registry::from_definitions(many());
    assert_eq!(line_of(&registry, "the x has number 41"), 41);
    assert_eq!(line_of(&registry, "the x has number 401"), 401);
    let undefined = registry.find("the x has number 4010").expect("valid patterns");
    assert!(matches!(undefined, Match::Undefined(_)), "{undefined:?}");
}

#[test]
fn a_pattern_without_any_literal_is_always_tried() {
    let registry = Registry::from_definitions([
        definition(1, PatternKind::Regex, "(.*)", &["", ""]),
        definition(2, PatternKind::Regex, "[ab]c", &[]),
        definition(3, PatternKind::Literal, "ac", &[]),
    ]);
    assert_eq!(line_of(&registry, "anything"), 1);
    match registry.find("ac").expect("valid patterns") {
        Match::Ambiguous(all) => {
            assert_eq!(all.iter().map(|c| c.place.line).collect::<Vec<_>>(), [1, 2, 3]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_pattern_that_is_no_regex_says_where() {
    let registry =
        Registry::from_definitions([definition(7, PatternKind::Regex, "a (b", &["a ", ""])]);
    let error = registry.find("a b").expect_err("not a regex").to_string();
    assert!(error.starts_with("steps.rs:7: the pattern \"a (b\""), "{error}");
}

#[test]
fn words_that_touch_a_capture_are_no_key() {
    let registry = Registry::from_definitions([
        definition(1, PatternKind::Regex, r"(\d+)st of (\w+)s", &["", "st of ", "s"]),
        definition(2, PatternKind::Regex, r"ab(\w*)", &["ab", ""]),
        definition(3, PatternKind::Regex, r"abc(\w*)", &["abc", ""]),
        definition(4, PatternKind::Regex, r"b(\w*)", &["b", ""]),
        definition(5, PatternKind::Regex, r"(\w+)を作成する", &["", "を作成する"]),
    ]);
    assert_eq!(line_of(&registry, "1st of buffers"), 1);
    assert_eq!(line_of(&registry, "abx"), 2);
    assert_eq!(line_of(&registry, "ab"), 2);
    assert_eq!(line_of(&registry, "bcd"), 4);
    assert_eq!(line_of(&registry, "バッファを作成する"), 5);
    match registry.find("abcd").expect("valid patterns") {
        Match::Ambiguous(all) => {
            assert_eq!(all.iter().map(|c| c.place.line).collect::<Vec<_>>(), [2, 3]);
        }
        other => panic!("{other:?}"),
    }
}
