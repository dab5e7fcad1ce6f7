//! `Outcome`, `DataTable` and so on may be state of the user's.

use harmony_bdd as bdd;

#[derive(Default)]
pub struct Outcome;
#[derive(Default)]
pub struct DataTable;
#[derive(Default)]
pub struct DocString;
#[derive(Default)]
pub struct StepContext;

#[bdd::given("state to read")]
fn read(_: &Outcome, _: &mut DataTable, _: &DocString, _: &StepContext) {}

#[bdd::given("state to change")]
fn change(_: &mut Outcome, _: &DataTable, _: &mut DocString, _: &mut StepContext) {}

#[bdd::before_scenario]
fn before(_: &Outcome, _: &DataTable) {}

#[bdd::after_scenario]
fn after(_: &Outcome, _: &bdd::Outcome) {}

pub struct Made;

#[bdd::fixture]
fn made(_: &Outcome) -> Made {
    Made
}
