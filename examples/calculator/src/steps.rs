//! Step functions for the feature file.

use harmony_bdd::{Caught, TableRow, given, param, then, when};

use crate::calculator::{Calculator, NoResult};

/// The parameter type `{operation}`: `MultiplyBy` matches `multiply by`.
#[param(name = "operation", regex = "add|subtract|multiply by|divide by")]
enum Operation {
    Add,
    Subtract,
    MultiplyBy,
    DivideBy,
}

/// A row of a table; the fields are the columns.
#[derive(TableRow)]
struct Entry {
    operation: Operation,
    number: i64,
}

// A scenario has one `Calculator`, created by `Default` when a step first takes it.
#[given("a calculator")]
fn a_calculator(calculator: &Calculator) {
    assert_eq!(calculator.shown(), 0);
}

#[when(expr = "I {operation} {int}")]
fn calculate(
    calculator: &mut Calculator,
    operation: Operation,
    number: i64,
) -> Result<(), NoResult> {
    match operation {
        Operation::Add => calculator.add(number),
        Operation::Subtract => calculator.subtract(number),
        Operation::MultiplyBy => calculator.multiply(number),
        Operation::DivideBy => calculator.divide(number),
    }
}

#[when("I enter")]
fn enter(calculator: &mut Calculator, entries: Vec<Entry>) -> Result<(), NoResult> {
    for Entry { operation, number } in entries {
        calculate(calculator, operation, number)?;
    }
    Ok(())
}

// `catch` keeps an error of that type for a later step. If no step checks it, the scenario fails.
#[when(expr = "I try to {operation} {int}", catch(NoResult))]
fn try_to_calculate(
    calculator: &mut Calculator,
    operation: Operation,
    number: i64,
) -> Result<(), NoResult> {
    calculate(calculator, operation, number)
}

#[then(expr = "it shows {int}")]
fn shows(calculator: &Calculator, number: i64) {
    assert_eq!(calculator.shown(), number);
}

#[then(expr = "it says that {}")]
fn says(caught: &Caught, reason: &str) {
    assert_eq!(caught.text(), Some(reason));
}
