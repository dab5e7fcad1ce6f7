//! What a pattern captures reaches the function, converted.

use harmony_bdd::model::Outcome;
use harmony_bdd::{given, then, when};

use super::play::{Play, failure};

#[derive(Default)]
struct Seen(Vec<String>);

#[given("a (plain) text with {int} and a/b in it?")]
fn plain(seen: &mut Seen) {
    seen.0.push("plain".to_owned());
}

#[given(expr = "the {string} process has {int} reader(s)/writer(s) in {word}")]
fn expression(seen: &mut Seen, process: String, count: u8, place: &str) {
    seen.0.push(format!("{process}|{count}|{place}"));
}

#[when(regex = r"^swap (?<left>\w+) with (?<right>\w+)( loudly)?$")]
fn named(seen: &mut Seen, right: String, _left: &str, how: Option<String>) {
    seen.0.push(format!("{_left}-{right}-{how:?}"));
}

#[then(r"^(\d+) of (\d+)$")]
#[then(expr = "{int} out of {int}")]
fn positional(seen: &mut Seen, part: u64, whole: u64) -> Result<(), String> {
    seen.0.push(format!("{part}/{whole}"));
    if part > whole { Err(format!("{part} is more than {whole}")) } else { Ok(()) }
}

#[then(expr = "we saw {string}")]
async fn saw(seen: &Seen, wanted: String) {
    tokio::task::yield_now().await;
    assert_eq!(seen.0.join(";"), wanted);
}

#[test]
fn a_literal_has_nothing_special() {
    let mut play = Play::new();
    play.passes(&["a (plain) text with {int} and a/b in it?", "we saw 'plain'"]);
}

#[test]
fn an_expression_converts_and_strips_quotes() {
    let mut play = Play::new();
    play.passes(&[
        r#"the "reader \"one\"" process has 1 reader in shm"#,
        "the '' process has 255 writers in tmp",
        r#"we saw "reader \"one\"|1|shm;|255|tmp""#,
    ]);
}

#[test]
fn named_groups_bind_by_name_and_the_rest_by_position() {
    let mut play = Play::new();
    play.passes(&[
        "swap a with b",
        "swap a with b loudly",
        r#"we saw 'a-b-None;a-b-Some(" loudly")'"#,
    ]);
}

#[test]
fn several_attributes_are_several_definitions() {
    let mut play = Play::new();
    play.passes(&["1 of 2", "2 out of 3", "we saw '1/2;2/3'"]);
}

#[test]
fn an_error_is_the_failure() {
    assert_eq!(failure(Play::new().step("3 of 2")), "3 is more than 2");
}

#[test]
fn a_panic_keeps_message_and_place() {
    let message = failure(Play::new().step("we saw 'nothing'"));
    assert!(message.contains("left: \"\""), "{message}");
    assert!(message.contains("captures.rs:"), "{message}");
}

#[test]
fn a_capture_that_does_not_fit_says_which_and_why() {
    let message = failure(Play::new().step("the 'a' process has 300 readers in shm"));
    assert!(message.contains("\"300\""), "{message}");
    assert!(message.contains("`count: u8`"), "{message}");
}

#[test]
fn the_whole_text_must_match() {
    for text in ["1 of 2 ", " 1 of 2", "1 of 2\n", "swap a with b quietly", "we saw 'a' b"] {
        let outcome = Play::new().step(text);
        assert!(matches!(outcome, Outcome::Undefined { .. }), "{text:?}: {outcome:?}");
    }
}

#[test]
fn a_step_function_is_still_a_function() {
    let mut seen = Seen::default();
    expression(&mut seen, "p".to_owned(), 3, "q");
    assert_eq!(seen.0, ["p|3|q"]);
}
