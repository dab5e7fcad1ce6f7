//! Results of steps that cannot run: undefined, ambiguous, a capture that does not fit.

use std::sync::Arc;
use std::time::Duration;

use harmony_bdd::engine::{Registry, Session, StepCall};
use harmony_bdd::model::{
    Candidate, DataTable, DocString, Location, Outcome, StepArgument, StepKeyword,
};

/// The definitions of these tests, without those that other tests register.
mod definitions {
    use harmony_bdd::{given, then, when};

    #[given(expr = "the {string} process creates buffer {string}")]
    fn creates_buffer(_process: String, _name: String) {}

    #[when(regex = r"^the '(?<process>[^']+)' process writes (?<count>\d+) frames$")]
    fn writes_frames(process: String, count: u8) {
        drop((process, count));
    }

    #[then("the Buffer is empty")]
    fn buffer_is_empty() {}

    #[then(expr = "amb {int}")]
    fn ambiguous_number(_number: i64) {}

    #[then(r"^amb ([0-9])?(.*)$")]
    fn ambiguous_rest(_first: Option<u8>, _rest: String) {}
}

fn execute(call: StepCall) -> Outcome {
    let all = Registry::collect().expect("this binary has steps");
    let ours = all.definitions().filter(|d| d.module == definitions_module());
    let registry = Arc::new(Registry::from_definitions(ours));
    let mut session = Session::new(registry, None).expect("an async runtime");
    session.execute(session.resolve(call, Duration::from_secs(30))).outcome
}

fn definitions_module() -> &'static str {
    concat!(module_path!(), "::definitions")
}

fn step(text: &str) -> StepCall {
    StepCall { text: text.to_owned(), ..StepCall::default() }
}

fn near(text: &str) -> Vec<(String, Option<String>)> {
    match execute(step(text)) {
        Outcome::Undefined { suggestions: near, .. } => {
            near.into_iter().map(|c| (c.function, c.hint)).collect()
        }
        other => panic!("expected undefined, got {other:?}"),
    }
}

fn snippet(keyword: StepKeyword, text: &str, argument: Option<StepArgument>) -> String {
    match execute(StepCall { keyword: Some(keyword), argument, ..step(text) }) {
        Outcome::Undefined { snippet, .. } => snippet,
        other => panic!("expected undefined, got {other:?}"),
    }
}

#[test]
fn undefined_step_suggests_the_nearest_definitions() {
    assert_eq!(near("the 'w' process create bufer 'x'")[0].0, "creates_buffer");
    assert_eq!(near("the 'w' process writes some frames")[0].0, "writes_frames");
    assert_eq!(near("something else entirely, far away"), []);
}

#[test]
fn other_spelling_of_a_step_is_recognised() {
    let hint = |text: &str| {
        let (function, hint) = near(text).remove(0);
        (function, hint.unwrap_or_default())
    };
    let (function, hint_text) = hint("the  'w' process creates buffer 'x' ");
    assert_eq!(function, "creates_buffer");
    assert!(hint_text.contains("single spaces"), "{hint_text}");
    let (function, hint_text) = hint("the \"w\" process writes 3 frames");
    assert_eq!(function, "writes_frames");
    assert!(hint_text.contains("single quotes"), "{hint_text}");
    let (function, hint_text) = hint("the buffer is empty");
    assert_eq!(function, "buffer_is_empty");
    assert!(hint_text.contains("upper and lower case"), "{hint_text}");
    let (_, hint_text) = hint("the Buffer is empty!");
    assert!(hint_text.contains("punctuation"), "{hint_text}");
}

#[test]
fn ambiguous_step_lists_candidates_with_captures() {
    let candidates = match execute(step("amb 7")) {
        Outcome::Ambiguous { candidates } => candidates,
        other => panic!("expected ambiguous, got {other:?}"),
    };
    let described: Vec<_> = candidates
        .iter()
        .map(|c| {
            (c.function.as_str(), c.captures.clone(), c.location.file.ends_with("messages.rs"))
        })
        .collect();
    let seven = Some("7".to_owned());
    assert_eq!(
        described,
        [
            ("ambiguous_number", vec![seven.clone()], true),
            ("ambiguous_rest", vec![seven, Some(String::new())], true),
        ]
    );
    assert!(candidates[0].location.line < candidates[1].location.line);
    let text = Outcome::Ambiguous { candidates }.to_string();
    assert!(text.starts_with("2 definitions match this text\n"), "{text}");
    assert!(text.contains("captures \"7\", \"\""), "{text}");
}

#[test]
fn conversion_error_is_structured() {
    let text = "the 'w' process writes 300 frames";
    let conversion_error = match execute(step(text)) {
        Outcome::Failed(failure) => failure.conversion_error.expect("a conversion error"),
        other => panic!("expected a failure, got {other:?}"),
    };
    assert_eq!((conversion_error.number, conversion_error.text.as_str()), (2, "300"));
    assert_eq!(&text[conversion_error.range.clone().expect("a range")], "300");
    assert_eq!(
        (conversion_error.parameter.as_str(), conversion_error.expected_type.as_str()),
        ("count", "u8")
    );
    assert_eq!(conversion_error.definition.function, "writes_frames");
    assert_eq!(conversion_error.reason, "number too large to fit in target type");
}

/// Every snippet below is included as code too, so that each is known to compile.
#[expect(unused_variables, reason = "a pasted snippet has no body yet")]
mod pasted {
    use harmony_bdd::{given, then, when};

    include!("messages/snippets.rs");
}

#[test]
fn snippets_match_their_step() {
    let location = Location::new("a.feature", 1, 1);
    let table = StepArgument::DataTable(DataTable { rows: Vec::new(), location: location.clone() });
    let doc_string =
        StepArgument::DocString(DocString { media_type: None, content: String::new(), location });
    let snippets = [
        snippet(StepKeyword::Given, "a snippet of plain text", None),
        snippet(StepKeyword::When, "snippet 'a' costs 3 (or 4.5) and/or \"b\"", None),
        snippet(StepKeyword::Then, "snippet: it's 3rd, 100 % über \\ \"quoted", Some(table)),
        snippet(StepKeyword::Then, "snippet ends with $", Some(doc_string)),
        snippet(StepKeyword::Given, "fn", None),
    ];
    assert_eq!(snippets.join("\n"), include_str!("messages/snippets.rs"));
}

#[test]
fn pasted_snippets_are_pending() {
    let mut scenario = crate::steps::test_scenario::TestScenario::new();
    for text in [
        "a snippet of plain text",
        "snippet 'a' costs 3 (or 4.5) and/or \"b\"",
        "snippet ends with $",
    ] {
        let outcome = scenario.step(text);
        let pending = Outcome::pending("not written yet");
        if text.ends_with('$') {
            // Its function needs the doc string of the step.
            assert!(matches!(outcome, Outcome::Failed(_)), "{text}: {outcome:?}");
        } else {
            assert_eq!(outcome, pending, "{text}");
        }
    }
}

#[test]
fn candidate_is_printed_in_one_line() {
    let Outcome::Undefined { suggestions: near, .. } = execute(step("the buffer is empty")) else {
        panic!("expected undefined");
    };
    let candidate: &Candidate = &near[0];
    let line = candidate.location.line;
    let file = &candidate.location.file;
    assert_eq!(
        candidate.to_string(),
        format!(
            "\"the Buffer is empty\" (buffer_is_empty, {file}:{line}): only upper and lower case differ"
        )
    );
}
