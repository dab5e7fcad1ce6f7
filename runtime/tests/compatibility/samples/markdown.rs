//! Definitions for the sample `markdown`.

use harmony_bdd::model::LogLevel;
use harmony_bdd::{DataTable, DocString, StepContext, given, then, when};

#[given("some TypeScript code:")]
fn typescript(code: &DocString) {
    assert_eq!(code.media_type.as_deref(), Some("typescript"));
}

#[given("some classic Gherkin:")]
fn classic(gherkin: &DocString) {
    assert_eq!(gherkin.media_type.as_deref(), Some("gherkin"));
}

#[when(expr = "we use a data table and attach something and then {word}")]
fn attach(context: &StepContext, word: String, table: &DataTable) {
    assert_eq!(table.rows.len(), 4);
    context.log(LogLevel::Info, format!("We are logging some plain text ({word})"));
    assert!(word != "fail", "You asked me to fail");
}

#[then("this might or might not run")]
fn nothing() {}
