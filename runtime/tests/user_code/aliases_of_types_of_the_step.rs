//! An alias of `DataTable` and so on is what it stands for, and no state.

use harmony_bdd::{DataTable, DocString, Outcome, StepContext, after_step, given};

type Table = DataTable;
type Text = DocString;
type Context = StepContext;
type Result = Outcome;

#[given("a table")]
fn table(table: &Table, context: &Context) {
    let _ = (&table.rows, context.text());
}

#[given("a text")]
fn text(_text: &Text) {}

#[given("perhaps a text")]
fn perhaps_text(_text: Option<&Text>) {}

#[given("perhaps a table")]
fn perhaps_table(_table: Option<&Table>) {}

#[after_step]
fn after(_outcome: &Result, _context: &Context) {}
