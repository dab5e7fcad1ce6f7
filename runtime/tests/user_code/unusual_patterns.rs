//! Patterns that look like mistakes and match.

use harmony_bdd::{before_scenario, given, param};

#[given("GET /users/{id} is called")]
fn braces() {}

#[given(expr = "it costs 5$")]
fn dollar() {}

#[given("a regex (\\d+) by its end$")]
fn end_anchor(_number: u32) {}

#[given(regex = r"^(?:^either|or$)$")]
fn redundant_anchors() {}

#[given(regex = r"(^|x)a($|y)")]
fn anchors_in_groups(_start: &str, _end: &str) {}

#[given(regex = r"perhaps ?")]
fn optional_blank() {}

#[given(regex = r"a line\n(.*)")]
fn line_break(_rest: &str) {}

#[given(regex = r"(?x) verbose \s (\d+|x) # a comment")]
fn comment(_text: &str) {}

#[param(name = "verbose", regex = "(?x) a+ # a comment")]
fn verbose(_text: &str) -> u32 {
    1
}

#[given(expr = "{verbose} times")]
fn verbose_parameter(_count: u32) {}

#[given(regex = r"\w{50} (\d{1,20}|[a-z]{100}) .{200}")]
fn large(_text: &str) {}

#[before_scenario(tags(@a and b or not (c-d and @issue:12) or "@e/ü" or v1.2 or 12))]
fn tags() {}

#[test]
fn patterns_match_their_texts() {
    use harmony_bdd::engine::{Match, Registry};

    let registry = Registry::collect().unwrap();
    for (text, function) in [
        ("GET /users/{id} is called", "braces"),
        ("it costs 5$", "dollar"),
        ("a regex 5 by its end", "end_anchor"),
        ("either", "redundant_anchors"),
        ("xay", "anchors_in_groups"),
        ("perhaps", "optional_blank"),
        ("a line\nbelow", "line_break"),
        ("verbose 5", "comment"),
        ("aaa times", "verbose_parameter"),
    ] {
        match registry.find(text).unwrap() {
            Match::Unique(found) => assert_eq!(found.definition.function, function, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}
