//! Captures, converted and passed to the function.

use harmony_bdd::model::Outcome;
use harmony_bdd::{given, then, when};

use super::test_scenario::{TestScenario, failure};

#[derive(Default)]
struct Seen(Vec<String>);

#[given("a (plain) text with {id} and a/b in it?")]
fn plain(seen: &mut Seen) {
    seen.0.push("plain".to_owned());
}

#[given(expr = "the {string} process has {int} reader(s)/writer(s) in {word}")]
fn expression(seen: &mut Seen, process: String, count: u8, location: &str) {
    seen.0.push(format!("{process}|{count}|{location}"));
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
fn literal_is_matched_verbatim() {
    let mut scenario = TestScenario::new();
    scenario.passes(&["a (plain) text with {id} and a/b in it?", "we saw 'plain'"]);
}

#[test]
fn expression_passes_converted_values_without_quotes() {
    let mut scenario = TestScenario::new();
    scenario.passes(&[
        r#"the "reader \"one\"" process has 1 reader in shm"#,
        "the '' process has 255 writers in tmp",
        r#"we saw "reader \"one\"|1|shm;|255|tmp""#,
    ]);
}

#[test]
fn named_groups_bind_by_name() {
    let mut scenario = TestScenario::new();
    scenario.passes(&[
        "swap a with b",
        "swap a with b loudly",
        r#"we saw 'a-b-None;a-b-Some(" loudly")'"#,
    ]);
}

#[test]
fn each_attribute_is_a_definition() {
    let mut scenario = TestScenario::new();
    scenario.passes(&["1 of 2", "2 out of 3", "we saw '1/2;2/3'"]);
}

#[test]
fn returned_error_is_the_failure() {
    assert_eq!(failure(TestScenario::new().step("3 of 2")), "3 is more than 2");
}

#[test]
fn panic_is_reported_with_its_location() {
    let message = failure(TestScenario::new().step("we saw 'nothing'"));
    assert!(message.contains("left: \"\""), "{message}");
    assert!(message.contains("captures.rs:"), "{message}");
}

#[test]
fn conversion_error_names_capture_and_parameter() {
    let message = failure(TestScenario::new().step("the 'a' process has 300 readers in shm"));
    assert!(message.contains("\"300\""), "{message}");
    assert!(message.contains("`count: u8`"), "{message}");
}

#[test]
fn the_whole_text_must_match() {
    for text in ["1 of 2 ", " 1 of 2", "1 of 2\n", "swap a with b quietly", "we saw 'a' b"] {
        let outcome = TestScenario::new().step(text);
        assert!(matches!(outcome, Outcome::Undefined { .. }), "{text:?}: {outcome:?}");
    }
}

#[test]
fn step_function_can_be_called_directly() {
    let mut seen = Seen::default();
    expression(&mut seen, "p".to_owned(), 3, "q");
    assert_eq!(seen.0, ["p|3|q"]);
}
