//! What a step says that did not get to run: undefined, ambiguous, a capture that does not fit.

use std::sync::Arc;
use std::time::Duration;

use harmony_bdd::engine::{Registry, Session, StepCall};
use harmony_bdd::model::{
    Candidate, DataTable, DocString, Outcome, Place, StepArgument, StepKeyword,
};

/// The definitions these tests look among, and nothing that other tests register.
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
        Outcome::Undefined { near, .. } => near.into_iter().map(|c| (c.function, c.hint)).collect(),
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
fn an_undefined_step_names_the_nearest_definitions() {
    assert_eq!(near("the 'w' process create bufer 'x'")[0].0, "creates_buffer");
    assert_eq!(near("the 'w' process writes some frames")[0].0, "writes_frames");
    assert_eq!(near("something else entirely, far away"), []);
}

#[test]
fn the_right_text_under_another_spelling_is_recognised() {
    let hint = |text: &str| {
        let (function, hint) = near(text).remove(0);
        (function, hint.unwrap_or_default())
    };
    let (function, said) = hint("the  'w' process creates buffer 'x' ");
    assert_eq!(function, "creates_buffer");
    assert!(said.contains("one blank"), "{said}");
    let (function, said) = hint("the \"w\" process writes 3 frames");
    assert_eq!(function, "writes_frames");
    assert!(said.contains("single quotes"), "{said}");
    let (function, said) = hint("the buffer is empty");
    assert_eq!(function, "buffer_is_empty");
    assert!(said.contains("upper and lower case"), "{said}");
    let (_, said) = hint("the Buffer is empty!");
    assert!(said.contains("punctuation"), "{said}");
}

#[test]
fn an_ambiguous_step_names_every_candidate_with_its_captures() {
    let candidates = match execute(step("amb 7")) {
        Outcome::Ambiguous { candidates } => candidates,
        other => panic!("expected ambiguous, got {other:?}"),
    };
    let told: Vec<_> = candidates
        .iter()
        .map(|c| (c.function.as_str(), c.captures.clone(), c.place.file.ends_with("messages.rs")))
        .collect();
    let seven = Some("7".to_owned());
    assert_eq!(
        told,
        [
            ("ambiguous_number", vec![seven.clone()], true),
            ("ambiguous_rest", vec![seven, Some(String::new())], true),
        ]
    );
    assert!(candidates[0].place.line < candidates[1].place.line);
    let text = Outcome::Ambiguous { candidates }.to_string();
    assert!(text.starts_with("2 definitions match this text\n"), "{text}");
    assert!(text.contains("captures \"7\", \"\""), "{text}");
}

#[test]
fn a_capture_that_does_not_fit_is_data() {
    let text = "the 'w' process writes 300 frames";
    let misfit = match execute(step(text)) {
        Outcome::Failed(failure) => failure.misfit.expect("a misfit"),
        other => panic!("expected a failure, got {other:?}"),
    };
    assert_eq!((misfit.number, misfit.text.as_str()), (2, "300"));
    assert_eq!(&text[misfit.range.clone().expect("a range")], "300");
    assert_eq!((misfit.parameter.as_str(), misfit.wanted.as_str()), ("count", "u8"));
    assert_eq!(misfit.definition.function, "writes_frames");
    assert_eq!(misfit.reason, "number too large to fit in target type");
}

/// Every snippet below stands here as code too, so that each is known to compile.
#[expect(unused_variables, reason = "a pasted snippet has no body yet")]
mod pasted {
    use harmony_bdd::{given, then, when};

    include!("messages/snippets.rs");
}

#[test]
fn snippets_are_valid_rust_that_matches_the_step() {
    let place = Place::new("a.feature", 1, 1);
    let table = StepArgument::DataTable(DataTable { rows: Vec::new(), place: place.clone() });
    let doc_string =
        StepArgument::DocString(DocString { media_type: None, content: String::new(), place });
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
    let mut play = crate::steps::play::Play::new();
    for text in [
        "a snippet of plain text",
        "snippet 'a' costs 3 (or 4.5) and/or \"b\"",
        "snippet ends with $",
    ] {
        let outcome = play.step(text);
        let pending = Outcome::pending("not written yet");
        if text.ends_with('$') {
            // It wants the doc string it was made for.
            assert!(matches!(outcome, Outcome::Failed(_)), "{text}: {outcome:?}");
        } else {
            assert_eq!(outcome, pending, "{text}");
        }
    }
}

#[test]
fn a_candidate_prints_in_one_line() {
    let Outcome::Undefined { near, .. } = execute(step("the buffer is empty")) else {
        panic!("expected undefined");
    };
    let candidate: &Candidate = &near[0];
    let line = candidate.place.line;
    let file = &candidate.place.file;
    assert_eq!(
        candidate.to_string(),
        format!(
            "\"the Buffer is empty\" (buffer_is_empty, {file}:{line}): only upper and lower case differ"
        )
    );
}
