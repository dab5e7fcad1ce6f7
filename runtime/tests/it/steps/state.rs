//! Scenario state, tables and doc strings, by what the signature says.

use harmony_bdd::model::{Outcome, Place, StepArgument, StepKeyword};
use harmony_bdd::{DataTable, DocString, StepContext, given};

use super::play::{Play, failure};

#[derive(Default)]
struct Counter(u32);

#[derive(Default)]
struct Log(Vec<String>);

#[given("state counts")]
fn counts(counter: &mut Counter, log: &mut Log, context: &StepContext) {
    counter.0 += 1;
    log.0.push(format!("{} {}", context.text(), counter.0));
}

#[given("state has counted twice")]
fn counted(log: &Log, counter: &Counter) {
    assert_eq!(counter.0, 2);
    assert_eq!(log.0, ["state counts 1", "state counts 2"]);
}

#[given("state changes and panics")]
fn changes_and_panics(counter: &mut Counter) {
    counter.0 += 1;
    panic!("on purpose");
}

#[given("a table of two columns")]
fn table(table: &DataTable) {
    assert_eq!(table.rows, [["a", "b"]]);
}

#[given("perhaps a doc string")]
fn perhaps(log: &mut Log, text: Option<&DocString>) {
    log.0.push(text.map(|t| t.content.clone()).unwrap_or_default());
}

#[given("no more than a line")]
fn nothing() {}

fn place() -> Place {
    Place::new("a.feature", 3, 7)
}

fn cells() -> StepArgument {
    let rows = vec![vec!["a".to_owned(), "b".to_owned()]];
    StepArgument::DataTable(DataTable { rows, place: place() })
}

fn text() -> StepArgument {
    StepArgument::DocString(DocString { media_type: None, content: "x".to_owned(), place: place() })
}

#[test]
fn state_lives_for_one_session() {
    let mut play = Play::new();
    play.passes(&["state counts", "state counts", "state has counted twice"]);
    let message = failure(Play::new().step("state has counted twice"));
    assert!(message.contains("left: 0"), "{message}");
}

#[test]
fn state_survives_a_panic() {
    let mut play = Play::new();
    play.passes(&["state counts"]);
    assert!(failure(play.step("state changes and panics")).contains("on purpose"));
    play.passes(&["state counts"]);
}

#[test]
fn tables_and_doc_strings_arrive() {
    let mut play = Play::new();
    assert_eq!(play.step_with("a table of two columns", cells()), Outcome::Passed);
    assert_eq!(play.step_with("perhaps a doc string", text()), Outcome::Passed);
    assert_eq!(play.step("perhaps a doc string"), Outcome::Passed);
}

#[test]
fn what_a_step_carries_is_never_dropped() {
    let mut play = Play::new();
    let message = failure(play.step_with("no more than a line", cells()));
    assert!(message.contains("carries a data table"), "{message}");
    assert!(message.contains("`nothing`"), "{message}");
    let message = failure(play.step_with("a table of two columns", text()));
    assert!(message.contains("carries a doc string"), "{message}");
    let message = failure(play.step("a table of two columns"));
    assert!(message.contains("wants a data table"), "{message}");
}

#[test]
fn the_keyword_takes_no_part_in_matching() {
    let call = harmony_bdd::engine::StepCall {
        keyword: Some(StepKeyword::Then),
        text: "no more than a line".to_owned(),
        ..Default::default()
    };
    assert_eq!(Play::new().call(call).outcome, Outcome::Passed);
}
