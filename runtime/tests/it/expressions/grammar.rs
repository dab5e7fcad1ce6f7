//! Cases of the grammar: matching texts with their arguments, and errors with their positions.

use super::argument::{of_expression, of_regex};
use super::expression::{BUILT_IN, NodeKind, Parameter, TokenKind, compile, parse, tokenize};

#[track_caller]
fn matches(expression: &str, text: &str, arguments: &[&str]) {
    let found = of_expression(expression, text).unwrap_or_else(|p| panic!("{p}"));
    let wanted: Vec<Option<String>> = arguments.iter().map(|a| Some((*a).to_owned())).collect();
    assert_eq!(found, Some(wanted), "{expression:?} with {text:?}");
}

#[track_caller]
fn refuses(expression: &str, text: &str) {
    let found = of_expression(expression, text).unwrap_or_else(|p| panic!("{p}"));
    assert_eq!(found, None, "{expression:?} with {text:?}");
}

#[track_caller]
fn is_wrong(expression: &str, carets: &str, part: &str) {
    let problem = of_expression(expression, "").expect_err(expression);
    assert_eq!(problem.carets(), carets, "{expression:?}: {problem}");
    assert!(problem.message.contains(part), "{expression:?}: {problem}");
}

#[test]
fn built_in_parameters_accept_their_values() {
    matches("{int} of {byte}", "-7 of 12", &["-7", "12"]);
    matches("{short} {long} {biginteger}", "1 -2 3", &["1", "-2", "3"]);
    matches("at {float}", "at -.5", &["-.5"]);
    matches("at {double}", "at 12.25E-3", &["12.25E-3"]);
    matches("at {bigdecimal}", "at +12", &["+12"]);
    matches("{word}{word}", "ab", &["a", "b"]);
    matches("say {string}", r#"say "it's""#, &["it's"]);
    matches("say {string}", r#"say 'it\'s'"#, &["it's"]);
    matches("say {string}!", r#"say "a \"b\" c"!"#, &[r#"a "b" c"#]);
    matches("all of {}", "all of this, 'or' that", &["this, 'or' that"]);
    matches("{}", "", &[""]);
}

#[test]
fn built_in_parameters_reject_other_values() {
    refuses("{int}", "1.0");
    refuses("{int}", "+1");
    refuses("{float}", "1.");
    refuses("{float}", ".");
    refuses("{word}", "two words");
    refuses("say {string}", "say plain");
    refuses("say {string}", "say \"a'");
}

#[test]
fn numbers_have_ascii_digits_only() {
    for digits in ["٣", "３", "1٣", "-٣", "৩"] {
        refuses("{int}", digits);
        refuses("{float}", digits);
        refuses("{byte}", digits);
    }
    refuses("{float}", "1.٣");
    refuses("{double}", "1E٣");
    refuses("{bigdecimal}", ".٣");
}

#[test]
fn words_end_at_the_blanks_of_the_official_implementation() {
    for blank in ["\u{FEFF}", "\u{A0}", "\u{3000}", "\t", "\u{2028}"] {
        refuses("{word}", &format!("a{blank}b"));
    }
    matches("{word}", "a\u{85}b", &["a\u{85}b"]);
    matches("{word}", "a\u{200B}b", &["a\u{200B}b"]);
}

#[test]
fn only_a_space_separates_alternatives() {
    for text in ["a", "b\tc", "d"] {
        matches("a/b\tc/d", text, &[]);
    }
    refuses("a/b\tc/d", "a\tc");
    is_wrong("a\\\tb", "  ^", "cannot be escaped");
}

#[test]
fn optional_text_may_be_missing() {
    for text in ["I have 1 cucumber", "I have 2 cucumbers"] {
        assert!(of_expression("I have {int} cucumber(s)", text).unwrap().is_some(), "{text}");
    }
    refuses("I have {int} cucumber(s)", "I have 2 cucumber(s)");
    matches("a cat/dog", "a dog", &[]);
    matches("mouse/mice(!)", "mice!", &[]);
    matches("{int}st/nd/rd day", "3rd day", &["3"]);
    refuses("a cat/dog", "a cat/dog");
}

#[test]
fn backslash_escapes_special_characters() {
    matches(r"50\/50 \(or so)", "50/50 (or so)", &[]);
    matches(r"\{int} {int}", "{int} 5", &["5"]);
    matches(r"a\\b", r"a\b", &[]);
    matches(r"a\ b/c", "a b", &[]);
    matches(r"a\ b/c", "c", &[]);
}

#[test]
fn regex_characters_are_literal() {
    matches("a.b*c+ [d] ^e$ |?", "a.b*c+ [d] ^e$ |?", &[]);
    refuses("a.b", "axb");
}

#[test]
fn errors_point_at_the_characters() {
    is_wrong("a {int step", "  ^", "has no `}`");
    is_wrong("a (big step", "  ^", "has no `)`");
    is_wrong("a () step", "  ^^", "empty");
    is_wrong("a ({int}) step", "   ^^^^^", "parameter");
    is_wrong("a (b (c)) step", "     ^^^", "optional");
    is_wrong("a/ b", "  ^", "empty");
    is_wrong("(a)/b", "^^^", "optional text alone");
    is_wrong("a (b/c) d", "    ^", "alternatives");
    is_wrong("a {b/c}", "    ^", "name");
    is_wrong(r"a \b", "   ^", "cannot be escaped");
    is_wrong(r"ab\", "  ^", "nothing follows");
    is_wrong("ä {colour}", "  ^^^^^^^^", "parameter type");
}

#[test]
fn tokens_keep_their_positions() {
    let kinds: Vec<TokenKind> = tokenize("a b/c(s) {x}").unwrap().iter().map(|t| t.kind).collect();
    use TokenKind as K;
    assert_eq!(
        kinds,
        [
            K::StartOfLine,
            K::Text,
            K::WhiteSpace,
            K::Text,
            K::Alternation,
            K::Text,
            K::BeginOptional,
            K::Text,
            K::EndOptional,
            K::WhiteSpace,
            K::BeginParameter,
            K::Text,
            K::EndParameter,
            K::EndOfLine
        ]
    );
    let tree = parse("a b/c(s) {x}").unwrap();
    let nodes: Vec<_> = tree.nodes.iter().map(|n| (n.kind, n.start, n.end)).collect();
    use NodeKind as N;
    assert_eq!(
        nodes,
        [
            (N::Text, 0, 1),
            (N::Text, 1, 2),
            (N::Alternation, 2, 8),
            (N::Text, 8, 9),
            (N::Parameter, 9, 12)
        ]
    );
}

#[test]
fn unknown_parameter_is_custom() {
    for name in BUILT_IN {
        let parameters = compile(&format!("{{{name}}}")).unwrap().parameters;
        assert!(!parameters[0].custom, "{name}");
    }
    let parameters = compile("a {light colour}").unwrap().parameters;
    let color =
        Parameter { name: "light colour".to_owned(), quoted: false, custom: true, span: 2..16 };
    assert_eq!(parameters, [color]);
}

#[test]
fn literal_texts_of_a_pattern_are_known() {
    let literals = |e: &str| compile(e).unwrap().literals;
    assert_eq!(literals("the {string} has {int} byte(s)"), ["the ", " has ", " byte", ""]);
    assert_eq!(literals("{int}"), ["", ""]);
    assert_eq!(literals("all text"), ["all text"]);
}

#[test]
fn optional_regex_group_has_no_value() {
    let found = of_regex(r"^a( b)?( c)?$", 2, "a c").unwrap();
    assert_eq!(found, [None, Some(" c".to_owned())]);
    assert_eq!(of_regex(r"^a( b)?$", 1, "a c"), None);
}
