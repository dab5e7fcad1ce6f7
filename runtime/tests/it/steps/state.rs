//! Scenario state, tables and doc strings as parameters.

use harmony_bdd::model::{Location, Outcome, StepArgument, StepKeyword};
use harmony_bdd::{DataTable, DocString, StepContext, given};

use super::test_scenario::{TestScenario, failure};

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

fn location() -> Location {
    Location::new("a.feature", 3, 7)
}

fn cells() -> StepArgument {
    let rows = vec![vec!["a".to_owned(), "b".to_owned()]];
    StepArgument::DataTable(DataTable { rows, location: location() })
}

fn text() -> StepArgument {
    StepArgument::DocString(DocString {
        media_type: None,
        content: "x".to_owned(),
        location: location(),
    })
}

#[test]
fn state_lives_for_one_session() {
    let mut scenario = TestScenario::new();
    scenario.passes(&["state counts", "state counts", "state has counted twice"]);
    let message = failure(TestScenario::new().step("state has counted twice"));
    assert!(message.contains("left: 0"), "{message}");
}

#[test]
fn state_survives_a_panic() {
    let mut scenario = TestScenario::new();
    scenario.passes(&["state counts"]);
    assert!(failure(scenario.step("state changes and panics")).contains("on purpose"));
    scenario.passes(&["state counts"]);
}

#[test]
fn table_or_doc_string_is_passed_to_the_function() {
    let mut scenario = TestScenario::new();
    assert_eq!(scenario.step_with("a table of two columns", cells()), Outcome::Passed);
    assert_eq!(scenario.step_with("perhaps a doc string", text()), Outcome::Passed);
    assert_eq!(scenario.step("perhaps a doc string"), Outcome::Passed);
}

#[test]
fn unexpected_or_missing_argument_fails_the_step() {
    let mut scenario = TestScenario::new();
    let message = failure(scenario.step_with("no more than a line", cells()));
    assert!(message.contains("has a data table"), "{message}");
    assert!(message.contains("`nothing`"), "{message}");
    let message = failure(scenario.step_with("a table of two columns", text()));
    assert!(message.contains("has a doc string"), "{message}");
    let message = failure(scenario.step("a table of two columns"));
    assert!(message.contains("needs a data table"), "{message}");
}

#[test]
fn keyword_is_not_matched() {
    let call = harmony_bdd::engine::StepCall {
        keyword: Some(StepKeyword::Then),
        text: "no more than a line".to_owned(),
        ..Default::default()
    };
    assert_eq!(TestScenario::new().call(call).outcome, Outcome::Passed);
}
