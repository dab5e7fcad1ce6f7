//! A template matches exactly the texts of its regex.

use std::sync::OnceLock;

use harmony_bdd::engine::{
    Callable, Function, Match, Pattern, Registry, StepArgumentKind, StepDefinition, StepOptions,
};
use proptest::prelude::*;

/// Patterns with every element of a template, in the attributes that make them.
mod patterns {
    use harmony_bdd::given;

    #[given(regex = r"^digits (\d+)(\d)-(\d{2,3})$")]
    fn digits(_a: &str, _b: &str, _c: &str) {}

    #[given(regex = r"words (\w+) and (\w*)(\W)?")]
    fn words(_a: &str, _b: &str, _c: Option<&str>) {}

    #[given(regex = r"blanks(\s+)(\S+)(\s*)$")]
    fn blanks(_a: &str, _b: &str, _c: &str) {}

    #[given(regex = r"^all (.+)-(.*)$")]
    fn all(_a: &str, _b: &str) {}

    #[given(regex = r"^sets ([a-cx]+)([^a']*)(?:s)?'(ab|a|b|)'$")]
    fn sets(_a: &str, _b: &str, _c: &str) {}

    #[given(expr = "numbers {int}{int} {float}{word}")]
    fn numbers(_a: &str, _b: &str, _c: &str, _d: &str) {}

    #[given(expr = "texts {string}{string} {}x(s)/ab/a(b)c")]
    fn texts(_a: &str, _b: &str, _c: &str) {}
}

struct Pair {
    by_template: Registry,
    by_regex: Registry,
    literals: &'static [&'static str],
}

/// Every definition of this binary that has a template, with and without it.
fn pairs() -> &'static [Pair] {
    static PAIRS: OnceLock<Vec<Pair>> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let all = Registry::collect().expect("this binary has steps");
        let pairs: Vec<Pair> = all
            .definitions()
            .filter(|d| !d.pattern.template.is_empty())
            .map(|definition| Pair {
                by_template: Registry::from_definitions([definition]),
                by_regex: Registry::from_definitions([&*without_template(definition)]),
                literals: definition.pattern.literals().leak(),
            })
            .collect();
        assert!(pairs.len() > 20, "only {} definitions have a template", pairs.len());
        pairs
    })
}

fn not_run() {
    unreachable!("nothing runs here");
}

fn without_template(definition: &'static StepDefinition) -> &'static mut StepDefinition {
    let Pattern { kind, source, regex, groups, .. } = definition.pattern;
    let literals = definition.pattern.literals().leak();
    Box::leak(Box::new(StepDefinition {
        keyword: definition.keyword,
        pattern: Pattern { kind, source, regex, groups, literals, template: &[] },
        function: definition.function,
        module: definition.module,
        at: definition.at,
        options: StepOptions::default(),
        scope: None,
        argument: StepArgumentKind::Nothing,
        body: Callable::Sync(&Function { inputs: (), function: not_run }),
    }))
}

/// The captures of a match.
fn captures(registry: &Registry, text: &str) -> Option<Vec<Option<std::ops::Range<usize>>>> {
    match registry.find(text).expect("a valid pattern") {
        Match::Unique(found) => Some(found.captures),
        Match::Undefined(_) => None,
        Match::Ambiguous(_) => panic!("one definition cannot be ambiguous"),
    }
}

/// Texts between the literals of a pattern.
fn filling() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{1,4}",
        "-?[0-9]*\\.?[0-9]{0,2}(E[-+]?[0-9]{0,2})?",
        "[abcsx'\" -]{0,6}",
        "\"[a'\\\\\" ]{0,4}\"",
        "'[a\"\\\\' ]{0,4}'",
        "[\\w\\s\\d.!\n٣é\u{85}\u{FEFF}]{0,5}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn template_and_regex_agree(
        which in any::<prop::sample::Index>(),
        fillings in prop::collection::vec(filling(), 8),
    ) {
        let pair = which.get(pairs());
        let mut text = String::new();
        for (index, literal) in pair.literals.iter().enumerate() {
            if index > 0 {
                text.push_str(&fillings[index % fillings.len()]);
            }
            text.push_str(literal);
        }
        prop_assert_eq!(
            captures(&pair.by_template, &text),
            captures(&pair.by_regex, &text),
            "{:?}",
            text
        );
    }
}

#[test]
fn template_beyond_its_budget_falls_back_to_the_regex() {
    let all = Registry::collect().expect("this binary has steps");
    let words = all.definitions().find(|d| d.function == "numbers").expect("the pattern");
    let registry = Registry::from_definitions([words]);
    let digits = "1".repeat(400);
    let found = captures(&registry, &format!("numbers {digits}{digits} 1.5")).is_some();
    let matched = captures(&registry, &format!("numbers {digits}{digits} 1.5x")).is_some();
    assert_eq!((found, matched), (true, true));
    let refused = captures(&registry, &format!("numbers {digits}{digits} -"));
    assert_eq!(refused, None);
}
