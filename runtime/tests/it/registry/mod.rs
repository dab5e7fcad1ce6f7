//! The registry as a whole: order, whole texts, thousands of definitions.

mod equivalence;

use harmony_bdd::engine::{
    Callable, CaptureGroup, Function, Match, Pattern, PatternKind, Registry, StaticSourceLocation,
    StepArgumentKind, StepDefinition, StepOptions,
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
    let groups = vec![
        CaptureGroup { name: "", quoted: false, parameter: "" };
        literals.len().saturating_sub(1)
    ];
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
        at: StaticSourceLocation { file: "steps.rs", line },
        options: StepOptions::default(),
        scope: None,
        argument: StepArgumentKind::Nothing,
        body: Callable::Sync(&Function { inputs: (), function: pass }),
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
        Match::Unique(found) => found.definition.at.line,
        other => panic!("{text:?}: {other:?}"),
    }
}

#[test]
fn definitions_are_found_in_any_order_of_registration() {
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
fn number_does_not_match_a_prefix_of_it() {
    let registry = Registry::from_definitions(many());
    assert_eq!(line_of(&registry, "the x has number 41"), 41);
    assert_eq!(line_of(&registry, "the x has number 401"), 401);
    let undefined = registry.find("the x has number 4010").expect("valid patterns");
    assert!(matches!(undefined, Match::Undefined(_)), "{undefined:?}");
}

#[test]
fn pattern_without_literals_is_always_tried() {
    let registry = Registry::from_definitions([
        definition(1, PatternKind::Regex, "(.*)", &["", ""]),
        definition(2, PatternKind::Regex, "[ab]c", &[]),
        definition(3, PatternKind::Literal, "ac", &[]),
    ]);
    assert_eq!(line_of(&registry, "anything"), 1);
    match registry.find("ac").expect("valid patterns") {
        Match::Ambiguous(all) => {
            assert_eq!(all.iter().map(|c| c.location.line).collect::<Vec<_>>(), [1, 2, 3]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn invalid_regex_is_reported_with_its_location() {
    let registry =
        Registry::from_definitions([definition(7, PatternKind::Regex, "a (b", &["a ", ""])]);
    let error = registry.find("a b").expect_err("not a regex").to_string();
    assert!(error.starts_with("steps.rs:7: the pattern \"a (b\""), "{error}");
}

#[test]
fn comment_at_the_end_of_a_verbose_regex_is_ignored() {
    let registry = Registry::from_definitions([definition(
        1,
        PatternKind::Regex,
        "(?x) the\\ number\\ (\\d+) # digits (only",
        &[],
    )]);
    assert_eq!(line_of(&registry, "the number 12"), 1);
    assert!(matches!(registry.find("the number 12\n"), Ok(Match::Undefined(_))));
}

#[test]
fn invalid_regex_concerns_only_the_texts_that_it_could_match() {
    let registry = Registry::from_definitions([
        definition(1, PatternKind::Regex, "a (b", &[]),
        definition(2, PatternKind::Literal, "all is well", &[]),
    ]);
    assert_eq!(line_of(&registry, "all is well"), 2);
    assert!(registry.find("a b").is_err());
}

#[test]
fn regex_as_large_as_several_parameter_types_is_compiled() {
    let large = r"\w{150}|".repeat(2) + "x";
    let regex = regex::Regex::new(&large);
    assert!(matches!(regex, Err(regex::Error::CompiledTooBig(_))), "{regex:?}");
    let registry = Registry::from_definitions([definition(1, PatternKind::Regex, &large, &[])]);
    assert_eq!(line_of(&registry, "x"), 1);
}

#[test]
fn word_next_to_a_capture_is_not_an_index_key() {
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
            assert_eq!(all.iter().map(|c| c.location.line).collect::<Vec<_>>(), [2, 3]);
        }
        other => panic!("{other:?}"),
    }
}
